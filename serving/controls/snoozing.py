"""Snoozes in the database: rows that are only ever added, each with who and why."""

from dataclasses import dataclass
from datetime import datetime

from sqlalchemy import Connection

from serving import audit
from serving.controls.activation import SUBJECT
from serving.controls.control import Severity
from serving.controls.ruleset import ControlSet
from serving.controls.snooze import LONGEST
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound
from serving.sql import Row, change, first, insert, rows

_FIND = """
SELECT s.*, e.ended_by, e.why AS ended_because, e.ended_at,
       s.until > %(now)s AND e.ended_at IS NULL AS in_force
FROM control_snooze s LEFT JOIN control_snooze_end e USING (snooze_id)
"""
_OVERLAPPING = f"""{_FIND} WHERE s.control_id = %(control_id)s AND s.until > %(now)s AND e.ended_at IS NULL
AND s.client_id IS NOT DISTINCT FROM %(client_id)s AND s.project_id IS NOT DISTINCT FROM %(project_id)s"""

_END = """
INSERT INTO control_snooze_end (snooze_id, ended_by, why, ended_at) VALUES (%(id)s, %(actor)s, %(why)s, %(now)s)
ON CONFLICT DO NOTHING
"""


class HardStopCannotBeSnoozed(Conflict):
    """Only its remedy silences a hard stop."""

    slug = "hard-stop-cannot-be-snoozed"
    title = "A hard stop cannot be snoozed"


@dataclass(frozen=True)
class Wish:
    """What is to be snoozed: a control, for one client or one project, until a moment, and why."""

    control_id: str
    client_id: str | None
    project_id: str | None
    until: datetime
    reason: str


def create(connection: Connection, controls: ControlSet, wish: Wish, *, actor: str, now: datetime) -> Row:
    """Silence a control for a while; raises ``HardStopCannotBeSnoozed``, ``Invalid``, ``Conflict`` or ``NotFound``."""
    _refuse(controls, wish, now)
    whom = {"control_id": wish.control_id, "client_id": wish.client_id, "project_id": wish.project_id}
    other = first(connection, _OVERLAPPING, whom | {"now": now})
    if other is not None:
        raise Conflict(f"{wish.control_id} is snoozed for them already by {other['snooze_id']}; end that one first")
    snooze_id = new_id()
    values = {
        "snooze_id": snooze_id,
        "reason": wish.reason,
        "created_by": actor,
        "created_at": now,
        "until": wish.until,
    }
    insert(connection, "control_snooze", whom | values)
    audit.write(connection, "control_snoozed", actor=actor, subject=SUBJECT, detail=whom | values)
    return snooze(connection, snooze_id, now=now)


def _refuse(controls: ControlSet, wish: Wish, now: datetime) -> None:
    control = controls.named(wish.control_id)
    if control is None:
        raise NotFound(f"there is no control {wish.control_id!r}")
    if control.severity is Severity.HARD_STOP:
        raise HardStopCannotBeSnoozed(f"{control.title} is a hard stop: {control.remedy}")
    if (wish.client_id is None) == (wish.project_id is None):
        raise Invalid.at("/client_id", "name one client or one project")
    if not now < wish.until <= now + LONGEST:
        raise Invalid.at("/until", f"lies in the past or more than {LONGEST.days} days ahead")


def snooze(connection: Connection, snooze_id: str, *, now: datetime) -> Row:
    """One snooze; raises ``NotFound``."""
    row = first(connection, f"{_FIND} WHERE s.snooze_id = %(id)s", {"id": snooze_id, "now": now})
    if row is None:
        raise NotFound(f"there is no snooze {snooze_id!r}")
    return row


def snoozes(connection: Connection, *, now: datetime, in_force: bool | None = None, limit: int = 200) -> list[Row]:
    """Snoozes, newest first."""
    found = rows(connection, f"{_FIND} ORDER BY s.snooze_id DESC LIMIT %(limit)s", {"limit": limit, "now": now})
    return [row for row in found if in_force is None or row["in_force"] is in_force]


def end(connection: Connection, snooze_id: str, *, actor: str, why: str, now: datetime) -> Row:
    """End a snooze before its time; raises ``Conflict`` when it is over already."""
    if not snooze(connection, snooze_id, now=now)["in_force"]:
        raise Conflict("the snooze is over already")
    values = {"id": snooze_id, "actor": actor, "why": why, "now": now}
    if change(connection, _END, values) != 1:
        raise Conflict("the snooze is over already")
    audit.write(connection, "control_snooze_ended", actor=actor, subject=SUBJECT, detail={"id": snooze_id, "why": why})
    return snooze(connection, snooze_id, now=now)
