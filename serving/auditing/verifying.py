"""Verifies the audit log in a worker, with progress: reading all of it takes longer than a request may."""

from dataclasses import asdict
from datetime import timedelta
from typing import Final

from sqlalchemy import Connection, Engine

from serving import audit
from serving.auditing.entries import entry_count
from serving.ids import new_id
from serving.problems import Conflict
from serving.sql import Row, change, first, insert, json_value
from serving.state import ServingState
from serving.tasks.queue import UPKEEP, VERIFY_AUDIT, Job, enqueue

MOST_AT_ONCE: Final = 100_000  # entries that a request verifies itself
EVERY: Final = 5_000  # entries between two steps of progress
SILENCE: Final = timedelta(minutes=10)
SHOWN: Final = 100  # places that are kept of a broken chain

_GIVE_UP: Final = """
UPDATE audit_verification SET ended_at = clock_timestamp()
WHERE ended_at IS NULL AND touched_at < clock_timestamp() - %(silence)s
"""
_RUNNING: Final = "SELECT verification_id FROM audit_verification WHERE ended_at IS NULL"
_NEWEST: Final = "SELECT * FROM audit_verification ORDER BY requested_at DESC LIMIT 1"
_BEGIN: Final = """
UPDATE audit_verification SET entries_total = %(total)s, entries_done = 0, touched_at = clock_timestamp()
WHERE verification_id = %(id)s AND ended_at IS NULL
"""
_PROGRESS: Final = """
UPDATE audit_verification SET entries_done = %(done)s, touched_at = clock_timestamp()
WHERE verification_id = %(id)s AND ended_at IS NULL
"""
_END: Final = """
UPDATE audit_verification SET ended_at = clock_timestamp(), entries_done = %(entries)s, holds = %(holds)s,
       breaks = %(breaks)s
WHERE verification_id = %(id)s AND ended_at IS NULL
"""


class TooLongToVerify(Conflict):
    """The log is too long to be verified while somebody waits."""

    slug = "log-too-long"
    title = "The audit log is too long for one request"


def request_verification(connection: Connection, *, by: str) -> str:
    """Have the log verified; the id of the verification that runs already, or of a new one."""
    change(connection, "SELECT pg_advisory_xact_lock(hashtext('audit_verification'))")
    change(connection, _GIVE_UP, {"silence": SILENCE})
    running = first(connection, _RUNNING)
    if running is not None:
        return str(running["verification_id"])
    made = new_id()
    insert(connection, "audit_verification", {"verification_id": made, "requested_by": by})
    enqueue(connection, Job(VERIFY_AUDIT, UPKEEP, {"verification_id": made}))
    return made


def newest_verification(connection: Connection) -> Row | None:
    """The last verification that anybody asked for, running or ended."""
    return first(connection, _NEWEST)


def carry_out(state: ServingState, verification_id: str) -> bool:
    """Verify the log and keep what was found; ``False`` when the verification has ended already."""
    with state.engine.connect() as connection:
        total = entry_count(connection)
    with state.engine.begin() as connection:
        if change(connection, _BEGIN, {"id": verification_id, "total": total}) != 1:
            return False

    def told(done: int) -> None:
        with state.engine.begin() as beside:
            change(beside, _PROGRESS, {"id": verification_id, "done": done})

    found = verify_all(state.engine, told=told)
    with state.engine.begin() as connection:
        _end(connection, verification_id, found)
    return True


def _end(connection: Connection, verification_id: str, found: audit.Verification) -> None:
    breaks = json_value([asdict(one) for one in found.breaks[:SHOWN]])
    ended = {"id": verification_id, "entries": found.entries, "holds": found.holds, "breaks": breaks}
    change(connection, _END, ended)


def verify_at_once(engine: Engine) -> audit.Verification:
    """Verify a log that is short enough; raises ``TooLongToVerify``."""
    with engine.connect() as connection:
        count = entry_count(connection)
    if count > MOST_AT_ONCE:
        raise TooLongToVerify(
            f"it holds {count} entries, and a request verifies at most {MOST_AT_ONCE}: verify it on the audit page or "
            "with 'triage audit verify'"
        )
    return verify_all(engine)


def verify_all(engine: Engine, *, told: audit.Told = audit.nobody) -> audit.Verification:
    """Verify the whole log as it is at one moment: what is written meanwhile would look like an added entry."""
    with engine.begin() as connection:
        connection.exec_driver_sql("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
        return audit.verify(connection, told=told, every=EVERY)
