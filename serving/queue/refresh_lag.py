"""How far a change of policy, controls, models or exchange rates has come among the open cases, for metrics."""

from dataclasses import dataclass

from sqlalchemy import Connection

from serving.sql import only


@dataclass(frozen=True)
class Lag:
    """How far the last change has come.

    Attributes:
        seconds: since the first change that has not reached every open case; 0 when all are reached.
        cases: open cases that it has not reached.
    """

    seconds: float
    cases: int


def lag(connection: Connection) -> Lag:
    """How far behind the open cases are, for metrics."""
    query = """
        SELECT coalesce(extract(epoch FROM clock_timestamp() - noticed_at), 0)::float8 AS seconds, remaining
        FROM refresh
    """
    row = only(connection, query)
    return Lag(row["seconds"], row["remaining"])
