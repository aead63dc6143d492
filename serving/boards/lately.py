"""What was added up a moment ago is shown again while nothing was written since: adding up a firm takes a second.

An answer is kept per process, for the question, the five minutes in which it was asked, and what ledger and queue
held then. Pages say as of when they speak.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from serving.sql import only
from serving.state import ServingState

Answer = TypeVar("Answer")
SPAN: Final = timedelta(minutes=5)
_KINDS: Final = (
    "invoice", "invoice_line", "approval", "milestone", "change_order", "expense", "time_entry", "project", "contract",
    "client", "legal_entity", "rate_card", "fx_rate", "dispute", "credit_note", "payment", "document_link", "resource",
)  # fmt: skip
_NEWEST: Final = " UNION ALL ".join(
    [
        "SELECT max(event_id)::text AS newest FROM case_event",
        "SELECT max(scored_at)::text FROM score",
        *(f"SELECT max(recorded_tx)::text FROM {kind}" for kind in _KINDS),  # noqa: S608 - constants
    ]
)


def held(connection: Connection) -> str:
    """What ledger and queue hold, in short: another text once anything is written to them."""
    query = f"SELECT string_agg(coalesce(newest, ''), ' ') AS held FROM ({_NEWEST}) n"  # noqa: S608 - constants
    return str(only(connection, query)["held"])


def lately(
    connection: Connection, state: ServingState, question: Hashable, as_of: datetime, work_out: Callable[[], Answer]
) -> Answer:
    """The answer of the last minutes to the same question if nothing was written since, or the one made now.

    ``question`` names everything that the answer depends on but ``as_of`` and what is written.
    """
    span = int(as_of.timestamp() // SPAN.total_seconds())
    found: Answer = state.added_up.ask((question, span, held(connection)), work_out, keep=_always)
    return found


def _always(_: object) -> bool:
    return True
