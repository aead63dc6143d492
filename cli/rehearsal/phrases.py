"""What reviewers of the rehearsal write: short, as people do who have forty more of these to do."""

from collections.abc import Mapping, Sequence
from typing import Final

from ledger.records.billing import Cause

RELEASED: Final[Sequence[str | None]] = (
    None,
    None,
    "Checked against the contract, fine.",
    "Amounts agree with the timesheets.",
    "Usual invoice for this client.",
    "Spoke to the project lead, all agreed.",
)
# A control spoke, and the reviewer found that it may go out all the same.
RELEASED_AFTER_ALL: Final[Mapping[Cause, Sequence[str]]] = {
    Cause.RATE: ("Rate agreed by mail for this phase.", "New rate is in the signed extension."),
    Cause.HOURS_NOT_APPROVED: ("Project lead approved the hours today.", "Only two hours open, client knows."),
    Cause.MILESTONE_NOT_ACCEPTED: ("Acceptance mail is on file now.", "Client signed the milestone on the call."),
    Cause.CHANGE_ORDER: ("Change order signed yesterday.", "Client confirmed the change in writing."),
    Cause.SCOPE_QUALITY: ("Agreed with the client as it is.", "Scope is covered by the extension."),
    Cause.PO_REFERENCE: ("New purchase order is valid, client confirmed.", "Purchase order is on the invoice now."),
    Cause.TAX_ENTITY: ("Tax code is right for this site.", "Entity confirmed by the contract manager."),
    Cause.DUPLICATE: ("Not a duplicate, second phase of the same work.", "Same amount by chance, other period."),
    Cause.AMOUNT_CURRENCY: ("Cap was raised by the change order.", "Amount is high but agreed."),
    Cause.OTHER: ("Checked, nothing that the client would mind.", "Papers are complete now."),
}
STOPPED: Final[Mapping[Cause, Sequence[str]]] = {
    Cause.RATE: ("Rate is not the one on the card, back to billing.", "Senior rate for junior hours. Please correct."),
    Cause.HOURS_NOT_APPROVED: (
        "Hours of the last week are not approved yet.",
        "Project lead has not approved the sheets, wait for it.",
    ),
    Cause.MILESTONE_NOT_ACCEPTED: (
        "No acceptance from the client yet, do not send.",
        "Milestone is open. Project lead gets the sign-off first.",
    ),
    Cause.CHANGE_ORDER: ("Change order is still pending.", "Extra work is billed without a signed change."),
    Cause.SCOPE_QUALITY: ("Client is unhappy with this part, settle that first.", "Line is outside the agreed scope."),
    Cause.PO_REFERENCE: ("Client returns it without the purchase order.", "Old purchase order, need the new number."),
    Cause.TAX_ENTITY: ("Wrong company bills this.", "Tax code does not fit the client's country."),
    Cause.DUPLICATE: ("Billed last month already.", "Same lines as the previous invoice."),
    Cause.AMOUNT_CURRENCY: ("Over the cap of the contract.", "Amount is far above what this project bills."),
    Cause.OTHER: ("Papers are missing.", "Does not look right, back to billing."),
}
ASKED: Final[Mapping[Cause, str]] = {
    Cause.RATE: "Which rate was agreed for this phase? It is not on the rate card.",
    Cause.HOURS_NOT_APPROVED: "Can you approve the open hours of this period, or say which to leave out?",
    Cause.MILESTONE_NOT_ACCEPTED: "Has the client accepted the milestone? Please send the acceptance.",
    Cause.CHANGE_ORDER: "Is the change order signed? Please send it.",
    Cause.SCOPE_QUALITY: "Has the client agreed to this work being billed now?",
    Cause.PO_REFERENCE: "Which purchase order does the client want on this invoice?",
    Cause.TAX_ENTITY: "Which of our companies has the contract for this?",
    Cause.DUPLICATE: "Was this work billed before?",
    Cause.AMOUNT_CURRENCY: "The amount is above what was agreed. What did the client say?",
    Cause.OTHER: "Can you confirm that this may go out as it is?",
}
ANSWERED: Final[Sequence[str]] = (
    "Project lead answered by mail.",
    "Got the confirmation on the phone.",
    "Answer came in, papers are with the project.",
)
ESCALATED: Final[Sequence[str]] = (
    "Not sure about this one, please have a look.",
    "Large amount and an odd line, a senior should see it.",
)
REMARKS: Final[Sequence[str]] = (
    "{who} have you seen this client do that before?",
    "{who} same project as last month, do you remember what came of it?",
    "Called the project lead, waiting for the call back.",
    "Client pays late anyway, no hurry but let's get it right.",
    "{who} I think this is the same story as in spring.",
)
MENTIONED: Final = "{who} can you look at this one? You had the same client last month."
SNOOZED: Final = "Project lead is back on that day."


def pick(phrases: Sequence[str | None], share: float) -> str | None:
    """One of them, by a number in [0, 1)."""
    return phrases[int(share * len(phrases))]
