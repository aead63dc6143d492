"""Whose fault an error is: of the database that does not answer, or of the item that was worked on."""

from typing import Final

import psycopg
import psycopg_pool
from sqlalchemy.exc import DBAPIError
from sqlalchemy.exc import TimeoutError as PoolTimeoutError

# Classes of SQLSTATE that speak of the server: connection, resources, operator, system; and a standby that takes no
# writes. Errors without a code come from a connection that broke.
_OF_THE_SERVER: Final = ("08", "53", "57P", "58", "25006")


# Deadlocks, serialization failures, locks that were not got: trying again is all that it takes.
_OF_THE_MOMENT: Final = ("40", "55P03")


def is_of_the_moment(fault: BaseException) -> bool:
    """Whether an error says that two transactions met, which is the fault of neither's rows."""
    found = fault.orig if isinstance(fault, DBAPIError) else fault
    return isinstance(found, psycopg.Error) and (found.sqlstate or "").startswith(_OF_THE_MOMENT)


def is_of_the_server(fault: BaseException) -> bool:
    """Whether an error says that the database does not answer, or takes no changes, rather than that an item is bad."""
    chain: BaseException | None = fault
    while chain is not None:
        if _is_of_the_server(chain):
            return True
        chain = chain.__cause__
    return False


def _is_of_the_server(fault: BaseException) -> bool:
    if isinstance(fault, DBAPIError):
        return fault.connection_invalidated or (fault.orig is not None and _is_of_the_server(fault.orig))
    if isinstance(fault, PoolTimeoutError | psycopg_pool.PoolTimeout):
        return True
    if not isinstance(fault, psycopg.OperationalError | psycopg.InterfaceError | psycopg.errors.ReadOnlySqlTransaction):
        return False
    return fault.sqlstate is None or fault.sqlstate.startswith(_OF_THE_SERVER)
