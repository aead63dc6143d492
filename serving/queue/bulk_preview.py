"""What a bulk decision would do: which cases it takes, which it leaves out and why, and how much money that is."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Final

from sqlalchemy import Connection

from ledger.records.events import ReviewAction
from serving.auth.principal import Principal
from serving.queue import repository, service
from serving.queue.bulk_schemas import BulkRequest
from serving.queue.decide import needs_second
from serving.queue.refusals import overridden, stops, unexplained
from serving.queue.sight import SEEN, seen_by
from serving.queue.states import OPEN_STATES, CaseState
from serving.sql import Row, rows
from serving.state import ServingState

_CHOSEN: Final = f"{repository.CASES} WHERE c.case_id = ANY(%(ids)s) AND {SEEN} ORDER BY c.case_id"
_SCORES: Final = "SELECT score_id, controls, reasons FROM score WHERE score_id = ANY(%(ids)s)"


@dataclass(frozen=True)
class Excluded:
    """A case that is left out, and why."""

    case_id: str
    invoice_id: str
    why: str


@dataclass(frozen=True)
class Preview:
    """What a bulk decision would do.

    Attributes:
        included: the cases to decide.
        excluded: the others, each with its reason.
        cash: sum of the included amounts, group currency.
        unlike: ids of included cases whose main reason differs from the others'; to look at, not left out.
    """

    included: tuple[Row, ...]
    excluded: tuple[Excluded, ...]
    cash: Decimal
    currency: str
    unlike: frozenset[str]


@dataclass(frozen=True)
class Bulk:
    """Who decides in bulk, in one transaction."""

    connection: Connection
    state: ServingState
    principal: Principal
    request_id: str | None = None


def preview(bulk: Bulk, wanted: BulkRequest) -> Preview:
    """Look at the chosen cases, change nothing."""
    seen = seen_by(bulk.principal)
    found = rows(bulk.connection, _CHOSEN, {"ids": wanted.case_ids, **seen})
    scores = rows(bulk.connection, _SCORES, {"ids": [kase["score_id"] for kase in found]})
    by_id = {score["score_id"]: score for score in scores}
    known = {kase["case_id"] for kase in found}
    missing = dict.fromkeys(case_id for case_id in wanted.case_ids if case_id not in known)
    excluded = [Excluded(case_id, "", "there is no such case, or not for you") for case_id in missing]
    included: list[Row] = []
    for kase in found:
        why = _why_not(bulk, wanted, kase, by_id[kase["score_id"]]) or _beyond(bulk, included, kase)
        if why is None:
            included.append(kase)
        else:
            excluded.append(Excluded(kase["case_id"], kase["invoice_id"], why))
    return _previewed(included, excluded, by_id)


def _previewed(included: Sequence[Row], excluded: Sequence[Excluded], scores: dict[str, Row]) -> Preview:
    return Preview(
        included=tuple(included),
        excluded=tuple(excluded),
        cash=cash_of(included),
        currency=next((kase["group_currency"] for kase in included if kase["group_currency"]), ""),
        unlike=_unlike(included, scores),
    )


def _why_not(bulk: Bulk, wanted: BulkRequest, kase: Row, score: Row) -> str | None:
    """Why a case cannot be part of this, in the order in which it can be helped; ``None`` when it can."""
    if kase["state"] not in OPEN_STATES or kase["state"] == CaseState.WAITING:
        return "it waits for an answer" if kase["state"] == CaseState.WAITING else f"it is {kase['state']}"
    held = kase["state"] == CaseState.CLAIMED and not kase["lease_expired"]
    if held and kase["claimed_by"] != bulk.principal.principal_id:
        return f"held by {kase['claimed_by_name'] or kase['claimed_by']}"
    barred = service.barred_from(kase, service.reviewer_of(bulk.principal))
    if barred is not None:
        return barred.detail
    if repository.is_planned(bulk.connection, kase["case_id"]):
        return "it is decided already, and the decision can still be undone"
    return _release_barred(wanted, kase, score) if wanted.action == ReviewAction.RELEASE.value else None


def _release_barred(wanted: BulkRequest, kase: Row, score: Row) -> str | None:
    stop = next((hit["title"] for hit in stops(score)), None)
    if stop is not None:
        return f"a hard stop fires: {stop}"
    if kase["approvals"] or needs_second(kase):
        return "its amount needs two people: release it by itself"
    review = overridden(score)
    if review and unexplained(wanted.reason_code, wanted.note):
        return f"a control asks for review ({review[0]['title']}): give a reason and a note to release it all the same"
    return None


def _beyond(bulk: Bulk, included: Sequence[Row], kase: Row) -> str | None:
    settings = bulk.state.settings
    if kase["group_amount"] is None:
        return "no exchange rate is known, so its amount cannot be counted"
    if len(included) >= settings.bulk_cases:
        return f"beyond the {settings.bulk_cases} cases that one bulk decision may hold"
    if cash_of(included) + abs(kase["group_amount"]) > settings.bulk_cash:
        return f"beyond the {settings.bulk_cash:,.0f} {kase['group_currency']} that one bulk decision may hold"
    return None


def cash_of(cases: Sequence[Row]) -> Decimal:
    """The sum of the cases' amounts, group currency."""
    return sum((abs(kase["group_amount"]) for kase in cases), Decimal(0))


def _unlike(included: Sequence[Row], scores: dict[str, Row]) -> frozenset[str]:
    """Cases whose main reason is not the one that most of them share."""
    main = {kase["case_id"]: _main_reason(scores[kase["score_id"]]) for kase in included}
    counted = Counter(main.values()).most_common(1)
    if not counted or counted[0][1] * 2 <= len(main):
        return frozenset()
    return frozenset(case_id for case_id, reason in main.items() if reason != counted[0][0])


def _main_reason(score: Row) -> str:
    ranked = [hit["control_id"] for hit in score["controls"]] + [reason["code"] for reason in score["reasons"]]
    return str(ranked[0]) if ranked else ""
