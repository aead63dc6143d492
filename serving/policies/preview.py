"""What a proposed policy would have done to the newest scores: routed anew from what was stored, no model asked."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from decimal import Decimal
from typing import Any, Final

from pydantic import TypeAdapter
from sqlalchemy import Connection

from models.assessment import Assessment, Guarantee, RiskStatus
from models.promise import form_of
from models.segments import POOLED
from serving.controls.control import Hit
from serving.ids import new_id
from serving.policy import Policy
from serving.routing import Route, Routed, Subject, route
from serving.scoring.scorer import UNAVAILABLE
from serving.sql import Row, first, insert, only, rows

NEWEST: Final = 2_000

# The newest score of each invoice among the newest scores; the company is the invoice's own.
_SCORES = """
SELECT DISTINCT ON (s.invoice_id) s.invoice_id, s.client_id, s.amount, s.currency, s.group_amount, s.group_currency,
       s.risks, s.controls, coalesce(i.legal_entity_id, s.document #>> '{invoice,legal_entity_id}') AS legal_entity_id
FROM (SELECT * FROM score WHERE scored_at <= %(now)s ORDER BY scored_at DESC, score_id DESC LIMIT %(most)s) s
LEFT JOIN invoice i ON i.record_id = s.invoice_record_id
ORDER BY s.invoice_id, s.scored_at DESC, s.score_id DESC
"""
_LATEST = "SELECT * FROM policy_preview WHERE proposal_id = %(id)s ORDER BY preview_id DESC LIMIT 1"
_HITS = TypeAdapter(tuple[Hit, ...])
_RISKS = ("delay", "dispute", "anomaly")


@dataclass(frozen=True)
class Preview:
    """Which policies to compare for which proposal."""

    proposal_id: str
    base: Policy
    proposed: Policy


@dataclass
class Tally:
    """Some scores, and their money per currency."""

    scores: int = 0
    cash: dict[str, Decimal] = field(default_factory=dict)

    def add(self, amount: Decimal, currency: str) -> None:
        """Count one."""
        self.scores += 1
        self.cash[currency] = self.cash.get(currency, Decimal(0)) + amount

    def document(self) -> dict[str, Any]:
        """As JSON: money as decimal text."""
        return {
            "scores": self.scores,
            "cash": {currency: format(self.cash[currency].normalize(), "f") for currency in sorted(self.cash)},
        }


@dataclass(frozen=True)
class Seen:
    """One stored score under both policies."""

    amount: Decimal
    currency: str
    routes: tuple[Route, Route]
    audited: tuple[float, float]
    two_people: tuple[bool, bool]


def preview(connection: Connection, asked: Preview, *, actor: str, now: datetime, most: int = NEWEST) -> Row:
    """Route the newest scores by both policies and store what would change; the stored row."""
    stored = rows(connection, _SCORES, {"now": now, "most": most})
    seen = [seen_of(row, asked.base, asked.proposed) for row in stored]
    preview_id = new_id()
    values = {"preview_id": preview_id, "proposal_id": asked.proposal_id, "base_version": asked.base.version}
    insert(connection, "policy_preview", values | {"scores": len(seen), "result": summary(seen), "run_by": actor})
    return only(connection, "SELECT * FROM policy_preview WHERE preview_id = %(id)s", {"id": preview_id})


def latest(connection: Connection, proposal_id: str) -> Row | None:
    """The newest preview of a proposal."""
    return first(connection, _LATEST, {"id": proposal_id})


def seen_of(row: Row, base: Policy, proposed: Policy) -> Seen:
    """A stored score routed by both policies.

    The audit sample is drawn anew under each version: whoever compares wants to know where an invoice goes before
    the draw, and how many the draw takes on average.
    """
    in_group = row["group_amount"] is not None
    amount: Decimal = row["group_amount"] if in_group else row["amount"]
    currency: str = row["group_currency"] if in_group else row["currency"]
    subject = Subject(row["invoice_id"], row["client_id"], row["legal_entity_id"], row["group_amount"])
    hits, assessment = _HITS.validate_python(row["controls"]), assessment_of(row["risks"])
    before, after = (route(subject, hits, assessment, policy) for policy in (base, proposed))
    return Seen(
        amount=abs(amount),
        currency=currency,
        routes=(before_draw(before), before_draw(after)),
        audited=(_audited(before), _audited(after)),
        two_people=(abs(amount) >= base.four_eyes_amount, abs(amount) >= proposed.four_eyes_amount),
    )


def assessment_of(risks: dict[str, Any]) -> Assessment:
    """As much of a stored assessment as routing asks for."""
    said = {name: replace(getattr(UNAVAILABLE, name), status=RiskStatus(risks[name]["status"])) for name in _RISKS}
    return replace(
        UNAVAILABLE, clearable=bool(risks["clearable"]), guarantee=_guarantee(risks.get("guarantee")), **said
    )


def _guarantee(stored: Mapping[str, Any] | None) -> Guarantee | None:
    """A stored guarantee; one from before there were forms was divided where it names a segment."""
    if stored is None:
        return None
    form = form_of({"certified_apart": stored["segment"] != POOLED, **stored})
    return Guarantee(**(dict(stored) | {"form": form}))


def before_draw(way: Routed) -> Route:
    """Where an invoice goes before the audit sample is drawn."""
    return Route.AUTO_CLEAR if way.sampled else way.route


def _audited(way: Routed) -> float:
    return way.propensity if before_draw(way) is Route.AUTO_CLEAR else 0.0


def summary(seen: Sequence[Seen]) -> dict[str, Any]:
    """Counts and cash by route before and after, what changes from where to where, and what it asks of people."""
    changes = {one.routes for one in seen if one.routes[0] is not one.routes[1]}
    return {
        "before": {each.value: _tally(one for one in seen if one.routes[0] is each) for each in Route},
        "after": {each.value: _tally(one for one in seen if one.routes[1] is each) for each in Route},
        "changes": [
            {"from": pair[0].value, "to": pair[1].value} | _tally(one for one in seen if one.routes == pair)
            for pair in sorted(changes)
        ],
        "audited": [round(sum(one.audited[place] for one in seen), 1) for place in (0, 1)],
        "two_people": [
            sum(one.two_people[place] and one.routes[place] is not Route.AUTO_CLEAR for one in seen) for place in (0, 1)
        ],
    }


def _tally(seen: Iterable[Seen]) -> dict[str, Any]:
    made = Tally()
    for one in seen:
        made.add(one.amount, one.currency)
    return made.document()
