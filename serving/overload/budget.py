"""How long a request may wait for the database: for a connection, a lock, a statement, an answer that never comes."""

from typing import Final

import psycopg
from sqlalchemy import Engine, create_engine

from ledger.database import Database, ping_after_rest
from serving.settings import ServingSettings

CONNECT_SECONDS: Final = 5
PROBE_SECONDS: Final = 2


def within_budget(engine: Engine, settings: ServingSettings) -> Engine:
    """An engine on the same database whose waits are limited; what takes longer ends as a 503 problem.

    It has a connection per thread that can ask for one (40 work, 8 look up credentials), so that requests wait for
    threads and not for connections.
    """
    made = create_engine(
        engine.url,
        pool_size=20,
        max_overflow=30,
        pool_timeout=settings.pool_seconds,
        connect_args={
            "connect_timeout": CONNECT_SECONDS,
            "options": _options(engine, statement=settings.statement_seconds, lock=settings.lock_seconds),
            # A server that fell off the network says nothing at all; these are without effect on a Unix socket.
            "keepalives_idle": 10,
            "tcp_user_timeout": int(1_000 * (settings.statement_seconds + CONNECT_SECONDS)),
        },
    )
    ping_after_rest(made)
    return made


def _options(engine: Engine, *, statement: float, lock: float) -> str:
    given = engine.url.query.get("options", "")
    own = given if isinstance(given, str) else " ".join(given)
    return f"{own} -c statement_timeout={int(1_000 * statement)} -c lock_timeout={int(1_000 * lock)}".strip()


def answers(engine: Engine) -> bool:
    """Whether the database answers, asked on a connection of its own: a pool in full use is no outage."""
    conninfo = Database(engine.url, embedded=False).conninfo()
    options = f"-c statement_timeout={1_000 * PROBE_SECONDS}"
    try:
        with psycopg.connect(conninfo, connect_timeout=PROBE_SECONDS, options=options, autocommit=True) as connection:
            connection.execute("SELECT 1")
    except psycopg.Error:
        return False
    return True
