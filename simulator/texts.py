"""Phrases of notes by cause and language; written for the simulation, quoted from nobody."""

from ledger.records.billing import Cause

Phrases = dict[str, tuple[str, ...]]

SLOTS: dict[str, tuple[str, ...]] = {
    "<person>": ("Mr Lang", "Ms Okafor", "Sven", "Claire from procurement", "their controller", "the CFO"),
    "<thing>": ("the dashboard", "the migration", "the interface", "the training", "the report", "phase two"),
    "<week>": ("week 12", "last week", "the first half of the month", "the week of the workshop"),
}
OPENERS: Phrases = {
    "en": ("FYI: ", "Call today. ", "Status: ", "Spoke with <person>. ".replace("<person>", "the client"), "Note: "),
    "de": ("Zur Info: ", "Telefonat heute. ", "Stand: "),
    "fr": ("Pour info : ", "Appel ce matin. ", "Point d'avancement : "),
    "es": ("Para información: ", "Llamada de hoy. ", "Estado: "),
}
CLOSERS: Phrases = {
    "en": (" Will follow up.", " Let's keep an eye on it.", " No action from finance so far.", " More on Thursday."),
    "de": (" Ich bleibe dran.", " Bitte im Auge behalten.", " Mehr am Donnerstag."),
    "fr": (" Je fais le suivi.", " À surveiller.", " Suite jeudi."),
    "es": (" Haré seguimiento.", " Hay que vigilarlo.", " Más el jueves."),
}
NEUTRAL: Phrases = {
    "en": (
        "Weekly steering meeting held, <thing> is on plan and the team stays as it is until the next review.",
        "<person> asked for the updated plan for <thing>, sent the same afternoon.",
        "Kick-off for <thing> went well, next meeting is booked for the end of the month.",
        "Two consultants on leave in <week>, capacity has been rearranged with the client's agreement.",
        "Client happy with progress on <thing>, would like a short demo for their board.",
        "Travel for the on-site workshop booked, hotel costs are within the agreed limit.",
        "New billing contact confirmed by <person>, address in the CRM is up to date.",
        "Draft of <thing> shared for comments, feedback expected within ten days.",
        "Team finished testing of <thing> ahead of schedule, handover starts after the holidays.",
    ),
    "de": (
        "Jour fixe durchgeführt, alle Arbeitspakete liegen im Plan und das Team bleibt unverändert.",
        "Der Kunde ist mit dem Fortschritt zufrieden und wünscht eine kurze Vorführung für den Vorstand.",
        "Neuer Ansprechpartner in der Buchhaltung wurde bestätigt, die Adresse ist gepflegt.",
    ),
    "fr": (
        "Comité de pilotage tenu, le projet avance comme prévu et l'équipe reste inchangée.",
        "Le client est satisfait de l'avancement et souhaite une courte démonstration pour la direction.",
    ),
    "es": (
        "Reunión de seguimiento celebrada, el proyecto avanza según lo previsto y el equipo no cambia.",
        "El cliente está contento con el avance y pide una breve demostración para la dirección.",
    ),
}
MISLEADING: Phrases = {
    "en": (
        "There was some confusion about the hourly rate, but <person> checked the contract and it is fine.",
        "Client complained about <thing> at first; it turned out to be a problem of another supplier.",
        "Purchase order was thought to be missing, procurement has found it and confirmed the number.",
        "Acceptance of <thing> took long but the signed protocol is on file, no dispute here.",
        "<person> joked that our invoices are always too high, nobody took it seriously in the meeting.",
    ),
    "de": (
        "Kurze Diskussion über die Stundensätze, laut Vertrag ist aber alles korrekt und der Kunde einverstanden.",
        "Die fehlende Bestellnummer hat sich gefunden, der Einkauf hat sie schriftlich bestätigt.",
    ),
    "fr": ("Un doute sur le tarif horaire a été levé, le contrat confirme nos chiffres et le client est d'accord.",),
    "es": ("Hubo dudas sobre la tarifa, pero el contrato la confirma y el cliente está de acuerdo.",),
}
SIGNALS: dict[Cause, Phrases] = {
    Cause.SCOPE_QUALITY: {
        "en": (
            "<person> is unhappy with <thing>, says the quality is below what was promised in the proposal.",
            "Client refuses to sign off <thing>; several defects are open and they feel we over-promised.",
            "Tense meeting, they question whether <thing> was ever in scope and want it redone at our cost.",
            "Rework on <thing> is eating the hours, the client says they will not pay for our mistakes.",
            "Escalation to the steering committee because <thing> failed acceptance tests again in <week>.",
            "Client keeps asking why so many hours were needed for <thing> and wants a breakdown.",
        ),
        "de": (
            "Der Kunde ist mit der Qualität der Lieferung unzufrieden und verlangt kostenlose Nacharbeit.",
            "Unstimmigkeit über den Leistungsumfang, der Kunde sieht die Zusatzarbeiten nicht als beauftragt an.",
        ),
        "fr": (
            "Le client conteste la qualité du livrable et refuse de payer les heures de correction.",
            "Désaccord sur le périmètre, le client estime que ces travaux étaient déjà inclus.",
        ),
        "es": ("El cliente no está satisfecho con la calidad de la entrega y exige rehacer el trabajo sin coste.",),
    },
    Cause.RATE: {
        "en": (
            "<person> asked why the senior rate went up, says the increase was never agreed in writing.",
            "Rates in the system may not match the signed rate card, please check before billing.",
            "Client expects last year's rates for the team, the new ones are not in their copy of the contract.",
        ),
        "de": ("Der Kunde akzeptiert die neuen Stundensätze nicht, eine Erhöhung sei nie vereinbart worden.",),
        "fr": ("Le client s'étonne du tarif journalier, l'augmentation n'aurait jamais été signée.",),
        "es": ("El cliente pregunta por la subida de tarifas, dice que nunca se acordó por escrito.",),
    },
    Cause.HOURS_NOT_APPROVED: {
        "en": (
            "Timesheets for <week> are still not approved, manager on leave, billing wants to go ahead anyway.",
            "Client wants to see approved timesheets before any hours are billed, several are missing.",
            "Hours of the offshore colleagues have not been signed off by anybody yet.",
        ),
        "de": ("Die Stundenzettel sind noch nicht freigegeben, abgerechnet werden soll trotzdem.",),
        "fr": ("Les feuilles de temps ne sont pas encore validées mais la facture part quand même.",),
    },
    Cause.MILESTONE_NOT_ACCEPTED: {
        "en": (
            "<thing> delivered but <person> has not signed the acceptance protocol, wants another test round.",
            "Billing schedule says go, although the milestone has no acceptance from the client yet.",
            "Acceptance meeting moved again, the signature for <thing> is still open.",
        ),
        "de": ("Der Meilenstein ist geliefert, das Abnahmeprotokoll hat der Kunde aber noch nicht unterschrieben.",),
        "fr": ("Le jalon est livré mais le procès-verbal de recette n'est pas signé par le client.",),
        "es": ("El hito está entregado, pero el cliente aún no ha firmado el acta de aceptación.",),
    },
    Cause.CHANGE_ORDER: {
        "en": (
            "Extra work on <thing> already started, change order is still with their legal department.",
            "<person> said the additional days are fine by phone, but there is no signed change request.",
            "Change order for <thing> not approved yet, the client expects it to be free of charge.",
        ),
        "de": ("Die Zusatzarbeiten laufen bereits, der Änderungsantrag ist noch nicht unterschrieben.",),
        "es": ("Los trabajos adicionales ya empezaron, pero la orden de cambio sigue sin firmar.",),
    },
    Cause.PO_REFERENCE: {
        "en": (
            "Their portal rejects invoices without a valid purchase order, and ours has run out.",
            "New purchase order promised by <person>, number has not arrived so far.",
            "Procurement changed the order number, the old one on our contract is no longer valid.",
        ),
        "de": ("Die Bestellung ist ausgelaufen, eine neue Bestellnummer fehlt noch.",),
        "fr": ("Le bon de commande a expiré, le nouveau numéro n'est pas encore arrivé.",),
    },
    Cause.TAX_ENTITY: {
        "en": (
            "Client asked to be billed by another of our companies this time, unclear whether tax is right.",
            "<person> wonders which tax treatment applies since the work was delivered abroad.",
        ),
    },
    Cause.AMOUNT_CURRENCY: {
        "en": (
            "We are past the agreed budget for <thing>, the client has been told only informally.",
            "Client reminded us that the contract has a cap and that amounts above it need approval.",
        ),
        "de": ("Das vereinbarte Budget ist überschritten, der Kunde weiß davon nur mündlich.",),
    },
}
_AFTER_EN: dict[Cause, tuple[str, ...]] = {
    Cause.RATE: ("Client disputes the rate on the invoice, it is above the signed rate card.",),
    Cause.HOURS_NOT_APPROVED: ("Invoice rejected because hours were billed without approved timesheets.",),
    Cause.MILESTONE_NOT_ACCEPTED: ("Client refuses payment, the milestone was billed before acceptance.",),
    Cause.CHANGE_ORDER: ("Dispute over the change order, client never signed it and returned the invoice.",),
    Cause.SCOPE_QUALITY: (
        "Client withholds payment because of quality problems and open defects in <thing>.",
        "Formal complaint received, the client says that <thing> was out of scope and will not pay.",
    ),
    Cause.PO_REFERENCE: ("Invoice sent back by the portal, purchase order missing or wrong.",),
    Cause.TAX_ENTITY: ("Invoice returned, issued by the wrong company or with the wrong tax code.",),
    Cause.DUPLICATE: ("Client says that this invoice was already received, it looks like a duplicate.",),
    Cause.AMOUNT_CURRENCY: ("Amount or currency on the invoice does not match the contract, client disputes it.",),
    Cause.OTHER: ("Client holds the invoice, wants receipts and an explanation first.",),
}
AFTER: dict[Cause, Phrases] = {
    cause: {
        "en": (
            *phrases,
            "Dispute opened by the client, accounts payable will not release the payment until it is resolved.",
            "<person> sent the invoice back with comments, credit note likely.",
        )
    }
    for cause, phrases in _AFTER_EN.items()
}
