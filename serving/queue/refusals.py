"""Why a decision is refused, and the entry that every refused release leaves in the case's story and the audit log."""

from collections.abc import Iterator
from typing import Any, Final

from sqlalchemy import Connection

from ledger.records.events import ReviewAction
from serving import audit
from serving.contract.types import money_text
from serving.controls.control import Severity, asks_for_care
from serving.problems import Conflict, FieldError, Invalid, Problem
from serving.queue import repository
from serving.queue.states import CaseEvent
from serving.routing import Route
from serving.sql import Row

_ROUTES: Final = {
    Route.AUTO_CLEAR.value: "could be cleared",
    Route.REVIEW.value: "needs a review",
    Route.SENIOR_REVIEW.value: "needs a senior reviewer",
    Route.HOLD.value: "is on hold",
}


class HardStopFires(Conflict):
    """A control that no person can overrule still fires; the remedy clears it, not a decision."""

    slug = "hard-stop"
    title = "A hard stop still fires"

    def __init__(self, hits: list[Row]) -> None:
        first = hits[0]
        super().__init__(f"{first['title']}: {first['message']} {first['remedy']}", controls=hits)


class ScoreChanged(Conflict):
    """The figures are not those that the case showed when it was read."""

    slug = "score-changed"
    title = "The figures changed since you looked"

    def __init__(self, changes: list[Row], kase: Row, *, handed_on: bool) -> None:
        said = "; ".join(change["sentence"] for change in changes) or "the case was scored again"
        ahead = (
            "You may not decide it any more: it is back in the queue for those who may"
            if handed_on
            else "Nothing was decided: look at the case again and decide on what it says now"
        )
        super().__init__(f"{said}. {ahead}", changes=changes, fence=kase["fence"], handed_on=handed_on)


class OverrideUnexplained(Invalid):
    """A release overrides a control that asks for review, and does not say why."""

    slug = "override-unexplained"
    title = "Say why the controls are overridden"

    def __init__(self, hits: list[Row], missing: list[str]) -> None:
        named = ", ".join(hit["title"] for hit in hits)
        words = {"/reason_code": "choose the reason that applies", "/note": "write what you checked"}
        errors = [FieldError(pointer=pointer, message=words[pointer]) for pointer in missing]
        wanted = " and ".join(words[pointer] for pointer in missing)
        super().__init__(f"{named}: to release it all the same, {wanted}", errors=errors)


class NobodyAsked(Invalid):
    """Evidence is requested of nobody: the case would wait for an answer that cannot come."""

    slug = "nobody-asked"
    title = "Say who is asked"

    def __init__(self, case_id: str, people: list[Row]) -> None:
        named = "".join(f", for example {person['asked_name']}" for person in people[:1])
        message = f"name the person who has what is missing{named}: POST /v1/cases/{case_id}/requests asks them"
        errors = [FieldError(pointer="/action", message=message)]
        super().__init__(f"/action: {message}, and the case waits for the answer", errors=errors, people=people)


def stops(score: Row) -> list[Row]:
    """The hard stops that fire."""
    return [hit for hit in score["controls"] if hit["severity"] == Severity.HARD_STOP]


def overridden(score: Row) -> list[Row]:
    """The controls that ask for review and that a release would override."""
    asking = (hit for hit in score["controls"] if asks_for_care(hit["severity"], snoozed=bool(hit.get("snoozed"))))
    return [hit for hit in asking if hit["severity"] == Severity.REVIEW]


def unexplained(reason_code: Any, note: str | None) -> list[str]:
    """Pointers to what a release that overrides a control still has to say."""
    missing = [("/reason_code", reason_code is None), ("/note", not (note or "").strip())]
    return [pointer for pointer, is_missing in missing if is_missing]


def changes_between(shown: Row, now: Row, titles: dict[str, str]) -> list[Row]:
    """What of a case's figures differs, each with a sentence.

    Args:
        shown: figures that the case showed.
        now: the case as it is.
        titles: control id → its title.
    """
    return list(_changes(shown, now, titles))


def _changes(shown: Row, now: Row, titles: dict[str, str]) -> Iterator[Row]:
    if (shown["amount"], shown["currency"]) != (now["amount"], now["currency"]):
        old, new = (f"{row['amount']:,.2f} {row['currency']}" for row in (shown, now))
        texts = [money_text(row["amount"], row["currency"]) for row in (shown, now)]
        yield _change("amount", texts[0], texts[1], f"the amount went from {old} to {new}")
    if shown["route"] != now["route"]:
        yield _change("route", shown["route"], now["route"], f"the invoice now {_ROUTES[now['route']]}")
    if shown["four_eyes"] != now["four_eyes"]:
        words = "needs two people" if now["four_eyes"] else "needs one person only"
        yield _change("four_eyes", shown["four_eyes"], now["four_eyes"], f"a release now {words}")
    before, after = set(shown["control_ids"]), set(now["control_ids"])
    if before != after:
        named = [
            f"{words} {', '.join(titles.get(one, one) for one in sorted(ids))}"
            for words, ids in (("now also fires:", after - before), ("does not fire any more:", before - after))
            if ids
        ]
        yield _change("controls", sorted(before), sorted(after), "; ".join(named))


def _change(figure: str, shown: Any, now: Any, sentence: str) -> Row:
    return {"figure": figure, "shown": shown, "now": now, "sentence": sentence}


def note_refusal(
    connection: Connection, kase: Row, refused: Problem, *, action: ReviewAction, note: str | None, actor: Row
) -> None:
    """Write down that a decision was refused and why; the refusal is marked so that the entry stays.

    Args:
        connection: the request's transaction.
        kase: the case.
        refused: why.
        action: what was to be decided.
        note: the reviewer's words, which are kept with the entry.
        actor: ``principal_id`` and ``request_id``.
    """
    detail = {"action": action.value, "why": refused.detail, "problem": refused.slug, "note": note}
    repository.record_event(
        connection,
        kase["case_id"],
        CaseEvent.REFUSED,
        actor=actor["principal_id"],
        states=(kase["state"], kase["state"]),
        detail=detail,
    )
    audit.write(
        connection,
        "decision_refused",
        actor=actor["principal_id"],
        subject=kase["invoice_id"],
        detail=detail | {"case_id": kase["case_id"]},
        request_id=actor["request_id"],
    )
    refused.kept = True
