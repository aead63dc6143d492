"""The database's clock turned back for one transaction, so that what is rehearsed is stamped with its own moment.

Statements of the queue ask ``clock_timestamp()``, and so do the defaults of its columns. Within the transaction both
find functions of a schema of their own that tell the rehearsed moment; rows are stamped a microsecond apart, so that
what follows something else comes after it. Before the transaction ends the defaults are as
they were and the schema is gone; if it ends early, none of it has happened. The audit log keeps its own clock: its
function has a search path of its own, and its defaults are not touched.
"""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import datetime
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from serving.sql import change, rows

# Tables whose moments are those of the rehearsed work.
STAMPED: Final = (
    "score", "review_case", "case_event", "case_decision", "case_comment", "case_skip", "case_request",
    "case_request_link", "hidden_score", "second_look",
)  # fmt: skip
_PATH = "SET LOCAL search_path = rehearsal, pg_catalog, public"
_TURN_BACK = """
CREATE SCHEMA rehearsal;
CREATE FUNCTION rehearsal.clock_timestamp() RETURNS timestamptz LANGUAGE sql STABLE AS
    $$ SELECT current_setting('rehearsal.now')::timestamptz $$;
CREATE SEQUENCE rehearsal.ticks;
CREATE FUNCTION rehearsal.stamp() RETURNS timestamptz LANGUAGE sql AS
    $$ SELECT current_setting('rehearsal.now')::timestamptz + nextval('rehearsal.ticks') * interval '1 microsecond' $$;
CREATE FUNCTION rehearsal.leave_out() RETURNS trigger LANGUAGE plpgsql AS $$ BEGIN RETURN NULL; END $$;
CREATE TRIGGER rehearsal BEFORE INSERT ON review_decision FOR EACH ROW EXECUTE FUNCTION rehearsal.leave_out();
"""
# Without CASCADE: a default that still names the function would make the whole transaction fail.
_PUT_RIGHT = """
DROP TRIGGER rehearsal ON review_decision;
DROP FUNCTION rehearsal.leave_out();
DROP FUNCTION rehearsal.stamp();
DROP FUNCTION rehearsal.clock_timestamp();
DROP SEQUENCE rehearsal.ticks;
DROP SCHEMA rehearsal;
"""
_STAMPS = """
SELECT c.relname AS "table", a.attname AS "column"
FROM pg_attrdef d JOIN pg_class c ON c.oid = d.adrelid
JOIN pg_attribute a ON a.attrelid = d.adrelid AND a.attnum = d.adnum
WHERE c.relnamespace = current_schema()::regnamespace AND c.relname = ANY(%(tables)s)
  AND pg_get_expr(d.adbin, d.adrelid) = 'clock_timestamp()' ORDER BY 1, 2
"""


class Clock:
    """What time it is in the rehearsal, for Python and for the database."""

    def __init__(self, connection: Connection, start: datetime) -> None:
        self._connection = connection
        self._now = start

    def __call__(self) -> datetime:
        """The rehearsed moment."""
        return self._now

    def turn_to(self, moment: datetime) -> None:
        """From now on it is that moment."""
        self._now = moment
        change(self._connection, "SELECT set_config('rehearsal.now', %(now)s, true)", {"now": moment.isoformat()})


@contextmanager
def turned_back(connection: Connection, start: datetime) -> Iterator[Clock]:
    """A clock that the caller's transaction goes by until the end of the block.

    Nothing reaches the ledger meanwhile: the ``review_decision`` records that decisions write are left out, so that no
    training and no evaluation ever learns from people who do not exist. The tables are locked until the transaction
    ends.
    """
    stamps = rows(connection, _STAMPS, {"tables": list(STAMPED)})
    clock = Clock(connection, start)
    change(connection, _TURN_BACK)
    change(connection, _PATH)
    clock.turn_to(start)
    _stamp_by(connection, stamps, sql.Identifier("rehearsal", "stamp"))
    yield clock
    change(connection, "SET LOCAL search_path TO DEFAULT")
    _stamp_by(connection, stamps, sql.Identifier("pg_catalog", "clock_timestamp"))
    change(connection, _PUT_RIGHT)


def _stamp_by(connection: Connection, stamps: list[dict[str, str]], clock: sql.Identifier) -> None:
    statement = sql.SQL("ALTER TABLE {} ALTER COLUMN {} SET DEFAULT {}()")
    for stamp in stamps:
        table, column = sql.Identifier(stamp["table"]), sql.Identifier(stamp["column"])
        change(connection, statement.format(table, column, clock))
