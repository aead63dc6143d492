"""Everything that is said of one invoice at one moment, before it is stored."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import numpy as np

from features.build import build_features
from features.history import History, microseconds
from features.matrix import FeatureMatrix
from models.assessment import Assessment
from serving.controls.control import Hit
from serving.controls.evaluate import evaluate
from serving.controls.facts import facts_of
from serving.controls.known import Known
from serving.observe.stages import stage
from serving.queue.priority import Priority, due_at, prioritise
from serving.routing import Routed, Subject, route
from serving.scoring.facts import UNSENT, facts_digest
from serving.scoring.scorer import Assessed, assess
from serving.state import ServingState

EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Header:
    """What the score row and the case keep of the invoice, exact as the ledger has it."""

    invoice_id: str
    record_id: int | None  # None for an inline document
    client_id: str
    project_id: str | None
    legal_entity_id: str | None
    amount: Decimal
    currency: str
    people: tuple[str, ...]  # preparers and owners, of all versions


@dataclass(frozen=True)
class Judged:
    """Everything that follows from the records, the models and the controls; the policy has not spoken yet.

    Attributes:
        separated: resource ids that may not decide.
        stage: the invoice's status, as its newest known version reports it.
        facts: SHA-256 (hex) of what header and lines say, see ``serving.scoring.facts``.
        degraded: codes of what was missing.
        remedies: what would clear it, as published; ``None`` where nobody has worked it out yet.
    """

    header: Header
    as_of: datetime
    features: tuple[float, ...]
    assessment: Assessment
    hits: tuple[Hit, ...]
    group_amount: Decimal | None
    group_currency: str | None
    separated: tuple[str, ...]
    degraded: tuple[str, ...]
    stage: str
    facts: str
    remedies: tuple[dict[str, Any], ...] | None = None


@dataclass(frozen=True)
class Verdict:
    """One invoice, judged and routed."""

    judged: Judged
    routed: Routed
    priority: Priority
    due_at: datetime


@dataclass(frozen=True)
class ModelContext:
    """What the models may ask about the rows of a matrix, beyond its features.

    Attributes:
        due_on: due date per row, if there is one.
        unsent_since: day from which the work was billable, per row whose invoice is not sent yet.
        amounts: absolute amount per row in the group currency; ``None`` without an exchange rate.
    """

    due_on: tuple[date | None, ...]
    unsent_since: tuple[date | None, ...]
    amounts: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class Block:
    """Invoices to judge together at one moment, with the records around them."""

    history: History
    headers: Mapping[int, Header]  # by record id, every version; an inline header under its own
    invoice_ids: Sequence[str]
    as_of: datetime
    group_currency: str | None  # of the firm's exchange rates; None when it keeps none


def judge(block: Block, state: ServingState) -> list[Verdict]:
    """Features, models, controls and route of every invoice of the block that was known at the moment, in order."""
    return [routed(found, state) for found in look_at(block, state)]


def look_at(block: Block, state: ServingState) -> list[Judged]:
    """Features, models and controls of every invoice of the block that was known at the moment, in order."""
    known = Known(block.history, microseconds(block.as_of))
    versions = [known.one("invoice", invoice_id) for invoice_id in block.invoice_ids]
    found = [(version, block.headers[version["record_id"]]) for version in versions if version is not None]
    if not found:
        return []
    rates = rates_to(known, {header.currency for _, header in found}, block.group_currency)
    money = [in_group_currency(header, rates, block.group_currency) for _, header in found]
    context = ModelContext(
        due_on=tuple(_day(version["due_date"]) for version, _ in found),
        unsent_since=tuple(_unsent_since(version) for version, _ in found),
        amounts=tuple(None if amount is None else abs(amount) for amount, _ in money),
    )
    with stage("features"):
        matrix = _features(block, [header.invoice_id for _, header in found])
    with stage("models"):
        assessed = assess(state.models, matrix, context)
    with stage("controls"):
        return [
            _judged(known, found[row], matrix.values[row], assessed, row, money[row], state)
            for row in range(len(found))
        ]


def _features(block: Block, invoice_ids: list[str]) -> FeatureMatrix:
    ids = np.array(invoice_ids, dtype=object)
    return build_features(block.history, ids, np.full(len(ids), microseconds(block.as_of), dtype=np.int64))


def _judged(
    known: Known,
    found: tuple[Mapping[str, Any], Header],
    features: Any,
    assessed: Assessed,
    row: int,
    money: tuple[Decimal | None, str | None],
    state: ServingState,
) -> Judged:
    version, header = found
    return Judged(
        header=header,
        as_of=_moment(known.as_of),
        features=tuple(features.tolist()),
        assessment=assessed.assessments[row],
        hits=evaluate(state.controls, facts_of(known, header.invoice_id)),
        group_amount=money[0],
        group_currency=money[1],
        separated=_separated(known, header),
        degraded=_degraded(assessed, money[0], state),
        stage=version["status"],
        facts=facts_digest(known, version),
    )


def _degraded(assessed: Assessed, amount: Decimal | None, state: ServingState) -> tuple[str, ...]:
    lacks = (("no_exchange_rate", amount is None), ("controls_outdated", state.rules.problem() is not None))
    return (*assessed.degraded, *(code for code, lacking in lacks if lacking))


def routed(judged: Judged, state: ServingState) -> Verdict:
    """The route by the policy in force, and what the queue needs of it."""
    header, now = judged.header, state.clock()
    subject = Subject(header.invoice_id, header.client_id, header.legal_entity_id, judged.group_amount)
    way = route(subject, judged.hits, judged.assessment, state.policy)
    amount = header.amount if judged.group_amount is None else judged.group_amount
    return Verdict(
        judged=judged,
        routed=way,
        priority=prioritise(judged.assessment, amount, policy=state.policy, now=now),
        due_at=due_at(way.route, policy=state.policy, now=now),
    )


Rates = dict[str, Decimal | None]


def rates_to(known: Known, currencies: set[str], group: str | None) -> Rates:
    """Currency → newest known exchange rate to the group currency; ``None`` where there is none."""
    return {currency: _rate(known, currency, group) for currency in currencies if group not in (None, currency)}


def _rate(known: Known, currency: str, group: str | None) -> Decimal | None:
    quotes = [quote for quote in known.of("fx_rate", "currency", currency) if quote["group_currency"] == group]
    newest = max(quotes, key=lambda quote: quote["valid_on"], default=None)
    return None if newest is None else Decimal(repr(newest["rate"]))


def in_group_currency(header: Header, rates: Rates, group: str | None) -> tuple[Decimal | None, str | None]:
    """Amount and currency for comparing with limits; a firm that keeps no exchange rates has one currency."""
    if header.currency not in rates:
        return header.amount, group or header.currency
    rate = rates[header.currency]
    return (None if rate is None else (header.amount * rate).quantize(Decimal("0.000001"))), group


def _separated(known: Known, header: Header) -> tuple[str, ...]:
    """Who may not decide: preparers, owners, the project's manager, and whoever approved the invoice upstream."""
    project = known.one("project", header.project_id) or {}
    approvals = known.of("approval", "subject_id", header.invoice_id)
    people = {*header.people, project.get("manager_id"), *(approval["approver_id"] for approval in approvals)}
    return tuple(sorted(person for person in people if person))


def _day(days: int | None) -> date | None:
    return None if days is None else EPOCH + timedelta(days=days)


def _unsent_since(version: Mapping[str, Any]) -> date | None:
    """The billable day of an invoice that is not sent yet."""
    return _day(version["billable_on"]) if version["status"] in UNSENT else None


def _moment(as_of: int) -> datetime:
    return datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=as_of)
