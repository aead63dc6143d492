"""Which cases somebody asks for, as conditions of SQL on a ``review_case`` called ``c``."""

from dataclasses import dataclass, fields
from decimal import Decimal
from typing import Any

from serving.auth.principal import Principal
from serving.queue.sight import SEEN, seen_by
from serving.queue.states import OPEN_STATES, CaseState
from serving.queue.turns import AWAKE
from serving.routing import Route


@dataclass(frozen=True)
class CaseFilter:
    """Which cases; ``None`` does not filter.

    Attributes:
        search: part of an invoice id, or of a client's or project's name or id.
        cause: of a control that fired.
        amount_from, amount_below: bounds in the group currency.
        age_days: opened at least so many days ago.
        snoozed: those out of sight alone; otherwise they are left out, unless one is asked for by invoice.
        escalation: escalated by the clock to this level or above.
        unassigned: nobody's.
    """

    states: tuple[CaseState, ...] = OPEN_STATES
    route: Route | None = None
    client_id: str | None = None
    invoice_id: str | None = None
    claimed_by: str | None = None
    legal_entity_id: str | None = None
    search: str | None = None
    overdue: bool = False
    due_today: bool = False
    team_id: str | None = None
    assigned_to: str | None = None
    unassigned: bool = False
    project_id: str | None = None
    control_id: str | None = None
    cause: str | None = None
    region: str | None = None
    service_line: str | None = None
    amount_from: Decimal | None = None
    amount_below: Decimal | None = None
    age_days: int | None = None
    group_key: str | None = None
    escalation: int | None = None
    snoozed: bool = False

    @property
    def all_open(self) -> bool:
        """Whether it asks for open cases alone."""
        return set(self.states) <= set(OPEN_STATES)


_OF_THE_PROJECT = """c.project_id IN (SELECT p.project_id FROM (
    SELECT DISTINCT ON (project_id) project_id, {column} FROM project
    ORDER BY project_id, known_at DESC, event_at DESC, record_id DESC) p WHERE p.{column} = %({column})s)"""
# Each way by an index of its own: together they would have to look at every case.
_FOUND = """
    SELECT f.case_id FROM review_case f WHERE f.invoice_id ILIKE %(search)s
    UNION ALL SELECT f.case_id FROM review_case f WHERE f.client_id IN (
        SELECT client_id FROM client WHERE name ILIKE %(search)s OR client_id ILIKE %(search)s)
    UNION ALL SELECT f.case_id FROM review_case f WHERE f.project_id IN (
        SELECT project_id FROM project WHERE name ILIKE %(search)s OR project_id ILIKE %(search)s)"""
_CONDITIONS = {
    "route": "c.route = %(route)s",
    "client_id": "c.client_id = %(client_id)s",
    "invoice_id": "c.invoice_id = %(invoice_id)s",
    "claimed_by": "c.claimed_by = %(claimed_by)s",
    "legal_entity_id": "c.legal_entity_id = %(legal_entity_id)s",
    "search": f"c.case_id IN ({_FOUND})",
    "overdue": "c.due_at <= clock_timestamp()",
    "due_today": "c.due_at < date_trunc('day', clock_timestamp(), 'UTC') + interval '1 day'",
    "team_id": "c.team_id = %(team_id)s",
    "assigned_to": "c.assigned_to = %(assigned_to)s",
    "unassigned": "c.assigned_to IS NULL",
    "project_id": "c.project_id = %(project_id)s",
    "control_id": "c.control_ids @> ARRAY[%(control_id)s]::text[]",
    "cause": "c.causes @> ARRAY[%(cause)s]::text[]",
    "region": _OF_THE_PROJECT.format(column="region"),
    "service_line": _OF_THE_PROJECT.format(column="service_line"),
    "amount_from": "abs(c.group_amount) >= %(amount_from)s",
    "amount_below": "abs(c.group_amount) < %(amount_below)s",
    "age_days": "c.opened_at <= clock_timestamp() - make_interval(days => %(age_days)s)",
    "group_key": "c.group_key = %(group_key)s",
    "escalation": "c.escalation >= %(escalation)s",
    "snoozed": f"NOT {AWAKE}",
}


def conditions(chosen: CaseFilter, principal: Principal) -> tuple[list[str], dict[str, Any]]:
    """The conditions of a filter for a caller, what the caller may see among them, and their parameters."""
    given = {field.name: getattr(chosen, field.name) for field in fields(chosen) if field.name in _CONDITIONS}
    asked = {name: value for name, value in given.items() if value is not None and value is not False}
    found = [_of_states(chosen), SEEN, *(_CONDITIONS[name] for name in asked)]
    if not chosen.snoozed and chosen.invoice_id is None and chosen.all_open:
        found.append(AWAKE)
    parameters = {**seen_by(principal), "account": principal.principal_id, "states": [*map(str, chosen.states)]}
    parameters |= {name: _plain(name, value) for name, value in asked.items()}
    return found, parameters


def _of_states(chosen: CaseFilter) -> str:
    """Said in the words of the indexes where all open cases are asked for."""
    if set(chosen.states) == set(OPEN_STATES):
        return "c.state IN ('open', 'claimed', 'waiting')"
    within = "c.state IN ('open', 'claimed', 'waiting') AND " if chosen.all_open else ""
    return f"{within}c.state = ANY(%(states)s)"


def _plain(name: str, value: Any) -> Any:
    if name == "search":
        return _containing(value)
    return str(value) if isinstance(value, Route) else value


def _containing(text: str) -> str:
    """An ILIKE pattern; signs that mean something in patterns stand for themselves."""
    for sign in ("\\", "%", "_"):
        text = text.replace(sign, "\\" + sign)
    return f"%{text}%"
