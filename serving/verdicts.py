"""Stored monitoring verdicts, and what people do about them: owner, next step, end. Only added to.

The runs' own table belongs to monitoring; where that was never installed there are none.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from sqlalchemy import Connection

from serving import audit
from serving.auth.principal import Principal
from serving.auth.scopes import ROLE_SCOPES, Scope
from serving.contract.types import LARGEST
from serving.problems import Invalid, NotFound
from serving.sql import Row, change, first, insert, only, rows

MOST_RUNS: Final = 50
FINE: Final = "ok"
_OWNING = [role.value for role, scopes in ROLE_SCOPES.items() if Scope.MODELS_READ in scopes]
_STANDINGS = """
SELECT DISTINCT ON (f.run_id) f.*, a.name AS owner_name
FROM monitoring_follow_up f LEFT JOIN account a ON a.account_id = f.owner_id
WHERE f.run_id = ANY(%(ids)s) ORDER BY f.run_id, f.follow_up_id DESC
"""
_STORY = """
SELECT f.*, a.name AS owner_name FROM monitoring_follow_up f LEFT JOIN account a ON a.account_id = f.owner_id
WHERE f.run_id = %(id)s ORDER BY f.follow_up_id DESC
"""
_OWNERS = "SELECT account_id, name FROM account WHERE active AND roles && %(roles)s ORDER BY name, account_id"


class VerdictState(StrEnum):
    """Where the work on a verdict stands."""

    OPEN = "open"
    IN_HAND = "in_hand"
    CLOSED = "closed"


@dataclass(frozen=True)
class FollowUp:
    """What is to be written down of a verdict.

    Attributes:
        owner_id: account of whoever sees to it; only an open verdict may have none.
    """

    state: VerdictState
    owner_id: str | None
    next_step: str
    note: str


@dataclass(frozen=True)
class Verdict:
    """A stored verdict and where the work on it stands.

    Attributes:
        standing: the newest follow-up; ``None`` when nobody wrote one.
    """

    run: Row
    standing: Row | None
    needs_work: bool


def follow_up(connection: Connection, run_id: str, wish: FollowUp, *, by: Principal) -> None:
    """Add where a verdict stands, with who stood there before in the audit log; raises ``Invalid``.

    One after the other, so that the old state that is told is the one that was replaced.
    """
    change(connection, "SELECT pg_advisory_xact_lock(hashtext('triage.verdict ' || %(id)s))", {"id": run_id})
    _refuse(connection, wish)
    before = first(connection, _STORY, {"id": run_id})
    values = {"state": wish.state.value, "owner_id": wish.owner_id, "next_step": wish.next_step, "note": wish.note}
    insert(connection, "monitoring_follow_up", {"run_id": run_id, "written_by": by.principal_id, **values})
    old = None if before is None else {name: before[name] for name in ("state", "owner_id", "next_step")}
    detail = {"before": old, "after": {name: values[name] for name in ("state", "owner_id", "next_step")}}
    subject = f"monitoring run {run_id}"
    audit.write(
        connection, "verdict_followed", actor=by.principal_id, subject=subject, detail=detail | {"why": wish.note}
    )


def _refuse(connection: Connection, wish: FollowUp) -> None:
    if wish.owner_id is None and wish.state is not VerdictState.OPEN:
        raise Invalid.at("/owner_id", "name the owner of what is in hand or closed")
    if wish.state is not VerdictState.CLOSED and not wish.next_step:
        raise Invalid.at("/next_step", "say what comes next")
    if wish.owner_id is not None and wish.owner_id not in {row["account_id"] for row in owners(connection)}:
        raise Invalid.at("/owner_id", "is nobody who sees models and can log in")


def runs(connection: Connection, *, before: int = LARGEST, most: int = MOST_RUNS) -> list[Row]:
    """Runs with a smaller id, newest first: ``run_id, started_at, window_start, window_end, rows, reference, verdict,
    drifted, checks, report_path``.
    """
    if not _installed(connection):
        return []
    query = "SELECT * FROM monitoring_run WHERE run_id < %(before)s ORDER BY run_id DESC LIMIT %(most)s"
    return rows(connection, query, {"before": before, "most": most})


def run(connection: Connection, run_id: str) -> Row:
    """One of them; raises ``NotFound``."""
    query = "SELECT * FROM monitoring_run WHERE run_id::text = %(id)s"
    found = first(connection, query, {"id": run_id}) if _installed(connection) else None
    if found is None:
        raise NotFound("there is no such monitoring run")
    return found


def _installed(connection: Connection) -> bool:
    return bool(only(connection, "SELECT to_regclass('monitoring_run') IS NOT NULL AS there")["there"])


def judged(connection: Connection, found: Sequence[Row]) -> list[Verdict]:
    """Runs with where the work on each stands."""
    known = standings(connection, [str(one["run_id"]) for one in found])
    pairs = [(one, known.get(str(one["run_id"]))) for one in found]
    return [Verdict(one, standing, needs_work(one["verdict"], standing)) for one, standing in pairs]


def standings(connection: Connection, run_ids: Iterable[str]) -> dict[str, Row]:
    """Run id → the newest that was written about it; nothing for a run nobody looked at."""
    return {row["run_id"]: row for row in rows(connection, _STANDINGS, {"ids": list(run_ids)})}


def story(connection: Connection, run_id: str) -> list[Row]:
    """Everything that was written about a run, newest first."""
    return rows(connection, _STORY, {"id": run_id})


def owners(connection: Connection) -> list[Row]:
    """Who can own a verdict: ``account_id, name``."""
    return rows(connection, _OWNERS, {"roles": _OWNING})


def needs_work(verdict: str, standing: Mapping[str, object] | None) -> bool:
    """Whether somebody must still see to it: nobody closed it, and it is not fine by itself."""
    return verdict != FINE if standing is None else standing["state"] != VerdictState.CLOSED
