"""Which simulation a ledger holds: noted as an import batch, so that a killed one is finished, not begun anew."""

import hashlib
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import orjson
from sqlalchemy import Engine, func, insert, select, text, update

from ledger.errors import PlainError
from ledger.tables import TABLES, import_batch

MAPPING = "simulator"


@dataclass(frozen=True)
class Noted:
    """The latest simulation of a firm."""

    arguments: dict[str, Any]
    finished: bool


def latest(engine: Engine) -> Noted | None:
    """What was simulated last, if anything."""
    query = select(import_batch).where(import_batch.c.mapping == MAPPING).order_by(import_batch.c.batch_id.desc())
    with engine.connect() as connection:
        row = connection.execute(query.limit(1)).first()
    return None if row is None else Noted(orjson.loads(row.file_name), row.finished_at is not None)


def refuse_import_into_simulated(engine: Engine, firm: str) -> None:
    """Raises ``PlainError`` when the firm's records are simulated: real ones must not stand among them."""
    if latest(engine) is not None:
        raise PlainError(
            f"firm {firm!r} holds simulated records, which never mix with real ones: import with --firm NAME"
        )


def refuse_simulation_into_real(engine: Engine, firm: str) -> None:
    """Raises ``PlainError`` when the firm holds records that were not simulated."""
    if latest(engine) is None and holds_invoices(engine):
        raise PlainError(
            f"firm {firm!r} holds records of its own, which never mix with simulated ones: simulate with --firm NAME"
        )


def holds_invoices(engine: Engine) -> bool:
    """Whether the ledger knows any invoice."""
    with engine.connect() as connection:
        return bool(connection.execute(text("SELECT EXISTS (SELECT FROM invoice)")).scalar_one())


@contextmanager
def noted(engine: Engine, arguments: dict[str, Any]) -> Iterator[None]:
    """Note a simulation at its start and at its end."""
    said = orjson.dumps(arguments, option=orjson.OPT_SORT_KEYS)
    digest = hashlib.sha256(said).hexdigest()
    row = insert(import_batch).values(
        file_name=said.decode(), file_digest=digest, mapping=MAPPING, mapping_digest=digest
    )
    with engine.begin() as connection:
        batch_id = connection.execute(row.returning(import_batch.c.batch_id)).scalar_one()
    yield
    with engine.begin() as connection:
        finished = update(import_batch).values(finished_at=func.clock_timestamp())
        connection.execute(finished.where(import_batch.c.batch_id == batch_id))
        connection.execute(text(f"ANALYZE {', '.join(TABLES)}"))
