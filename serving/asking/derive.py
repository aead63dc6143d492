"""From what would clear an invoice to the question that gets it done: who is asked, for what, about which records."""

from dataclasses import dataclass
from typing import Final

from models.levers.lever import Lever
from serving.asking.schemas import MOST_SUBJECTS, AskKind

_QUESTIONS: Final = {
    "accept_milestone": "Please send the client's written acceptance of milestone {ids}.",
    "file_acceptance": "Please send the client's signed acceptance of milestone {ids}.",
    "sign_change_order": "Please send change order {ids}, signed by the client.",
    "attach_receipts": "Please send the receipts of {ids}.",
}
_APPROVE: Final = "Please approve what is listed below, or reject it and say why."
_ANSWER: Final = "Please see to this, and answer when it is done: {sentence}."
_NAMED: Final = 5


@dataclass(frozen=True)
class Question:
    """What to ask of whom; ``asked_id`` is ``None`` where the ledger names nobody."""

    kind: AskKind
    text: str
    asked_id: str | None
    role: str
    subjects: tuple[tuple[str, str], ...] = ()


def question_of(lever: Lever) -> Question:
    """The question that gets a lever pulled.

    Approvals are asked for only where requests wait in the ledger for just that person: a link gives no others.
    """
    owner, role = lever.owner_id, lever.owner.value
    records = tuple(dict.fromkeys((change.kind, change.entity_id) for change in lever.changes))
    papers = tuple(record for record in records if record[0] != "approval")[:MOST_SUBJECTS]
    if lever.code in _QUESTIONS:
        text = _QUESTIONS[lever.code].format(ids=_listed([entity_id for _, entity_id in papers]))
        return Question(AskKind.EVIDENCE, text, owner, role, papers)
    approvals = tuple(record for record in records if record[0] == "approval")[:MOST_SUBJECTS]
    if approvals and owner is not None:
        return Question(AskKind.APPROVE, _APPROVE, owner, role, approvals)
    return Question(AskKind.ANSWER, _ANSWER.format(sentence=lever.sentence), owner, role)


def _listed(ids: list[str]) -> str:
    more = len(ids) - _NAMED
    return ", ".join(ids[:_NAMED]) + (f" and {more} more" if more > 0 else "")
