"""Sentences that say what each dispute cause sounds like, in several languages: notes are compared with them."""

import hashlib
import json

# Written for this project. One group per dispute cause, and one for general displeasure; the order is the order of
# the stored similarities.
ANCHORS: dict[str, tuple[str, ...]] = {
    "rate": (
        "The client says the hourly rate on the invoice is higher than agreed.",
        "Wrong rate billed, does not match the rate card.",
        "Der Stundensatz entspricht nicht dem Vertrag.",
        "Le tarif facturé ne correspond pas au contrat.",
        "La tarifa facturada no es la acordada.",
    ),
    "hours_not_approved": (
        "Timesheets for this period have not been approved yet.",
        "The client disputes the number of hours billed.",
        "Die Stunden sind noch nicht freigegeben.",
        "Les heures n'ont pas été validées.",
        "Las horas no han sido aprobadas.",
    ),
    "milestone_not_accepted": (
        "The client has not signed off the milestone.",
        "Acceptance certificate is still missing for the deliverable.",
        "Die Abnahme des Meilensteins fehlt noch.",
        "Le jalon n'a pas encore été accepté par le client.",
        "El cliente no ha aceptado la entrega del hito.",
    ),
    "change_order": (
        "Extra work was done before the change order was approved.",
        "Change request is not signed, client will not pay for it.",
        "Der Nachtrag ist noch nicht unterschrieben.",
        "L'avenant n'est pas signé.",
        "La orden de cambio no está firmada.",
    ),
    "scope_quality": (
        "The client is unhappy with the quality of the work.",
        "They say this was out of scope and was delivered with defects.",
        "Der Kunde ist mit der Qualität der Leistung unzufrieden.",
        "Le client n'est pas satisfait de la qualité du travail.",
        "El cliente está descontento con la calidad del trabajo.",
    ),
    "po_reference": (
        "The purchase order number is missing from the invoice.",
        "Invoice rejected, PO expired or exhausted.",
        "Die Bestellnummer fehlt auf der Rechnung.",
        "Le numéro de bon de commande manque sur la facture.",
        "Falta el número de orden de compra en la factura.",
    ),
    "tax_entity": (
        "The VAT number is wrong.",
        "The invoice was addressed to the wrong legal entity.",
        "Falsche Gesellschaft als Rechnungsempfänger.",
        "La facture est adressée à la mauvaise entité juridique.",
        "El número de IVA es incorrecto.",
    ),
    "duplicate": (
        "This looks like a duplicate of an earlier invoice.",
        "We have already paid this, it was billed twice.",
        "Diese Rechnung wurde doppelt gestellt.",
        "Cette facture est un doublon.",
        "Esta factura está duplicada.",
    ),
    "amount_currency": (
        "The total amount on the invoice is wrong.",
        "Invoice was issued in the wrong currency.",
        "Der Rechnungsbetrag oder die Währung stimmt nicht.",
        "Le montant ou la devise de la facture est incorrect.",
        "El importe o la moneda de la factura no es correcto.",
    ),
    "displeasure": (
        "The client is angry and escalates to management.",
        "They threaten to withhold payment.",
        "Der Kunde ist verärgert und will nicht zahlen.",
        "Le client est mécontent et refuse de payer.",
        "El cliente está molesto y amenaza con no pagar.",
    ),
}

ANCHOR_GROUPS: tuple[str, ...] = tuple(ANCHORS)
ANCHORS_DIGEST: str = hashlib.sha256(json.dumps(ANCHORS, sort_keys=True, ensure_ascii=False).encode()).hexdigest()
