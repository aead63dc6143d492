"""What was added up a moment ago is shown again while nothing was written since: adding up a firm takes a second.

An answer is kept per process, for the question and the five minutes in which it was asked, until anything is committed
to ledger, scores or cases. Pages say as of when they speak. Up to five minutes late are only a person's new name or
teams, and rules that move cases to another team: a link to a case that the reader no longer sees leads nowhere.
"""

from collections.abc import Callable, Hashable
from datetime import datetime, timedelta
from typing import Final, TypeVar

from sqlalchemy import Connection

from serving.state import ServingState

Answer = TypeVar("Answer")
SPAN: Final = timedelta(minutes=5)


def lately(
    connection: Connection, state: ServingState, question: Hashable, as_of: datetime, work_out: Callable[[], Answer]
) -> Answer:
    """The answer of the last minutes to the same question if nothing was written since, or the one made now.

    ``question`` names everything that the answer depends on but ``as_of`` and what is written.
    """
    span = int(as_of.timestamp() // SPAN.total_seconds())
    found: Answer = state.added_up.ask((question, span, state.written.count(connection)), work_out, keep=_always)
    return found


def _always(_: object) -> bool:
    return True
