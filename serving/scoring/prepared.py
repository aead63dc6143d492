"""Scores worked out before anybody asks: what follows from the ledger, the models and the controls is kept ready.

A score without an ``as_of`` of its own is told of the moment it was prepared for, provided that it still says the same:
the same UTC day, feature definitions, models, controls and snoozes, and nothing written since that this invoice's slice
could reach (``features.touched``). The policy is asked when the score is, and the score is stored as ever, with
the moment it was prepared for as its ``as_of``: a replay finds the same bytes, whether it was prepared or not.
"""

import hashlib
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta

import numpy as np
import orjson
import structlog
from psycopg import sql
from pydantic import TypeAdapter
from sqlalchemy import Connection

from features.asof import NEVER
from features.catalogue import CATALOGUE_DIGEST
from features.history import History, load_slice, microseconds
from features.touched import STALE, next_known, slice_keys
from ledger.database import raw_cursor
from models.remedies import suggest
from models.scorer import MODEL_FAILURES, Scorer
from serving.scoring import repository
from serving.scoring.dispositions import Standing
from serving.scoring.remedies import remedy_out
from serving.scoring.standing import NEWEST_AS_JSON, standing_of
from serving.scoring.verdict import Block, Judged, look_at
from serving.sql import Row, change, first, rows
from serving.state import ServingState
from serving.tasks.set_aside import Item, Sweep, free
from serving.tasks.sweep import sweep_over

log = structlog.get_logger(__name__)

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)
_JUDGED = TypeAdapter(Judged)

_FIND = (
    sql.SQL("""
SELECT features, judged, remedies, snapshot::text, {standing}::text FROM prepared_score
WHERE invoice_id = %s AND basis = %s AND as_of <= %s AND until > %s AND NOT {stale}
""")
    .format(
        standing=sql.SQL(NEWEST_AS_JSON.format(invoice="prepared_score.invoice_id")),
        stale=STALE.format(table=sql.SQL("prepared_score")),
    )
    .as_bytes()
)

_KEEP = """
INSERT INTO prepared_score (invoice_id, keys, snapshot, basis, as_of, until, features, judged, remedies)
VALUES (%s, %s, %s::pg_snapshot, %s, %s, %s, %s, %s, %s)
ON CONFLICT (invoice_id) DO UPDATE SET keys = EXCLUDED.keys, snapshot = EXCLUDED.snapshot, basis = EXCLUDED.basis,
    as_of = EXCLUDED.as_of, until = EXCLUDED.until, features = EXCLUDED.features, judged = EXCLUDED.judged,
    remedies = EXCLUDED.remedies, prepared_at = clock_timestamp()
"""
_WITHOUT_REMEDIES = sql.SQL("""
SELECT invoice_id, as_of, snapshot::text AS snapshot, basis FROM prepared_score
WHERE remedies IS NULL AND basis = %(basis)s AND until > %(now)s AND NOT {stale}
  AND CASE WHEN %(invoice)s::text IS NULL THEN {free} ELSE invoice_id = %(invoice)s END
ORDER BY prepared_at LIMIT %(limit)s
""").format(
    stale=STALE.format(table=sql.SQL("prepared_score")),
    free=sql.SQL(free(Sweep.REMEDIES, "prepared_score.invoice_id")),
)
_ADD_REMEDIES = """
UPDATE prepared_score SET remedies = %(remedies)s
WHERE invoice_id = %(invoice_id)s AND as_of = %(as_of)s AND basis = %(basis)s
"""


@dataclass(frozen=True)
class Ready:
    """A prepared judgement, the snapshot of the database that it was made from, and what stands of its invoice."""

    judged: Judged
    snapshot: str
    standing: Standing | None = None


def basis(state: ServingState) -> str:
    """SHA-256 (hex) of everything but the ledger that a judgement depends on."""
    digests = {str(entry["risk"]): entry["digest"] for entry in state.models.describe()}
    content = orjson.dumps([CATALOGUE_DIGEST, digests, state.controls.key], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def find_ready(connection: Connection, state: ServingState, invoice_id: str) -> Ready | None:
    """What was prepared for an invoice and still holds; ``None`` where it has to be worked out now."""
    now = state.clock()
    cursor = raw_cursor(connection, binary=True)
    row = cursor.execute(_FIND, [invoice_id, basis(state), now, now], prepare=True).fetchone()
    if row is None:
        return None
    features = tuple(np.frombuffer(row[0], dtype="<f8").tolist())
    remedies = None if row[2] is None else orjson.loads(row[2])
    told = None if remedies is None else tuple(remedies)
    standing = None if row[4] is None else standing_of(orjson.loads(row[4]))
    return Ready(replace(_JUDGED.validate_json(row[1]), features=features, remedies=told), row[3], standing)


def prepare(connection: Connection, state: ServingState, invoice_ids: Sequence[str]) -> int:
    """Work out and keep what can be said of invoices of the ledger now; how many were known.

    Nothing is kept that was said without models or by one that failed: it must not outlive its cause.
    """
    state = state.pinned()
    found = repository.read_headers(connection, invoice_ids)
    if not found.by_record:
        return 0
    history = load_slice(connection, invoice_ids, snapshot=found.snapshot)
    now, made_with = state.clock(), basis(state)
    block = Block(history, found.by_record, invoice_ids, now, found.group_currency)
    judged = [one for one in look_at(block, state) if not any(map(_passes, one.degraded))]
    keys = slice_keys(connection, [one.header.invoice_id for one in judged])
    until = min(filter(None, (_until(history, now), state.controls.snoozes.next_end(now))))
    kept = [
        (one.header.invoice_id, keys[one.header.invoice_id], found.snapshot, made_with, now, until, *_packed(one))
        for one in judged
    ]
    if kept:
        raw_cursor(connection).executemany(_KEEP, kept)
    return len(kept)


def _passes(code: str) -> bool:
    """Whether what a code tells of may be over with the next request."""
    return code == "models_unavailable" or code.endswith("_failed")


def _packed(judged: Judged) -> tuple[bytes, bytes, bytes | None]:
    features: bytes = np.array(judged.features, dtype="<f8").tobytes()
    # What the models would let through needs no remedy; the rest is worked out when there is time.
    remedies = b"[]" if judged.assessment.clearable else None
    return features, _JUDGED.dump_json(replace(judged, features=())), remedies


def _until(history: History, now: datetime) -> datetime:
    """The end of the UTC day, or when a record that is written already becomes known, whichever comes first."""
    midnight = datetime(now.year, now.month, now.day, tzinfo=UTC) + timedelta(days=1)
    coming = next_known(history, microseconds(now))
    # At the very moment itself it does not count yet: the rule is strict.
    return midnight if coming == NEVER else min(midnight, _EPOCH + timedelta(microseconds=coming + 1))


def prepare_remedies(state: ServingState, *, limit: int = 20) -> int:
    """Work out what would clear invoices that are ready and need a person; how many were looked at."""
    scorer = state.models.current()
    if not isinstance(scorer, Scorer):
        return 0
    asked = {"basis": basis(state), "now": state.clock(), "limit": limit}
    with state.engine.begin() as connection:
        pending = rows(connection, _WITHOUT_REMEDIES, asked | {"invoice": None})

    def work(items: Sequence[Item]) -> int:
        with state.engine.begin() as connection:
            row = first(connection, _WITHOUT_REMEDIES, asked | {"invoice": items[0].key})
            if row is not None:
                _add_remedies(connection, row, scorer)
        return row is not None

    return sweep_over(state, Sweep.REMEDIES, [Item(row["invoice_id"]) for row in pending], work).done


def _add_remedies(connection: Connection, row: Row, scorer: Scorer) -> None:
    invoice_id = row["invoice_id"]
    history = load_slice(connection, [invoice_id], snapshot=row["snapshot"])
    documents = b"null"  # they failed: nobody knows whether anything helps, and trying again would fail again
    try:
        found = suggest(history, invoice_id, microseconds(row["as_of"]), scorer)
        documents = orjson.dumps([remedy_out(remedy).model_dump() for remedy in found])
    except MODEL_FAILURES as error:
        log.exception("remedies failed", invoice_id=invoice_id, error=repr(error))
    change(connection, _ADD_REMEDIES, row | {"remedies": documents})
