"""What was known at a moment, as temporary tables that the figures of one request read: newest versions, once.

A board shows twenty-odd figures. Finding the newest version of every invoice takes longer than any of them, so it is
done once for all; the tables vanish with the transaction.
"""

from collections.abc import Collection, Iterable
from datetime import timedelta
from functools import cache
from pathlib import Path
from typing import Final

from psycopg import sql
from sqlalchemy import Connection

from features.labels import DISPUTE_WINDOW_DAYS
from serving.boards.kpi import Kpi
from serving.boards.scope import Scope
from serving.sql import change, only

# Tables of many rows, made only for the figures that read them.
_LARGE: Final = {"board_approval": "known_approval", "board_time": "known_time", "board_hours": "known_hours"}
_CURRENCY: Final = "SELECT coalesce(max(currency) FILTER (WHERE own), '') AS code FROM board_rate"


def know(connection: Connection, scope: Scope, kpis: Iterable[Kpi] = (), *, tables: Collection[str] = ()) -> str:
    """Make the tables that some figures read, and the large ones named, from what was known before the scope's moment.

    Records count if ``known_at < as_of``; cases if they were opened by then, and closed ones only if closed by then.
    What no longer stood when the scope's period began may be left out. Gives the currency in which money is added up;
    empty when there is none.
    """
    read = " ".join(kpi.rows for kpi in kpis)
    large = (script for table, script in _LARGE.items() if table in read or table in tables)
    # Literals, because a script of several statements takes no parameters. A trend may begin up to a month earlier.
    since = min(scope.since, scope.today) - timedelta(days=31)
    values = {"as_of": scope.as_of, "since": since, "window": DISPUTE_WINDOW_DAYS}
    for name in ("known", *large):
        change(
            connection, sql.SQL(_script(name)).format(**{name: sql.Literal(value) for name, value in values.items()})
        )
    return str(only(connection, _CURRENCY)["code"])


@cache
def _script(name: str) -> str:
    return Path(__file__).with_name(f"{name}.sql").read_text(encoding="utf-8")
