"""Making a stored score again, or asking what would have been said at another moment; nothing is stored."""

from dataclasses import dataclass, replace
from datetime import datetime
from enum import StrEnum
from typing import Any

from sqlalchemy import Connection

from features.catalogue import CATALOGUE_DIGEST
from features.history import load_slice
from serving.controls.replay import snoozes_at
from serving.controls.source import FixedRules
from serving.replay.content import content_bytes, content_of, differences
from serving.replay.sources import ReplayImpossible, controls_of, models_of, policy_of
from serving.scoring import repository
from serving.scoring.answering import Asker, Source, answered
from serving.scoring.dispositions import Purpose
from serving.scoring.explain import inline_records
from serving.scoring.keeping import row_of
from serving.scoring.service import UnknownInvoice, inline_headers
from serving.scoring.verdict import Block, judge
from serving.sql import Row
from serving.state import ServingState


class Models(StrEnum):
    """Whose models and rules judge."""

    STORED = "stored"
    CURRENT = "current"


@dataclass(frozen=True)
class Replayed:
    """A score and what is said when it is made again.

    Attributes:
        stored: content of the stored score.
        recomputed: content as it comes out now.
        differences: JSON pointers into the contents; empty when both are the same bytes.
    """

    stored: dict[str, Any]
    recomputed: dict[str, Any]
    differences: tuple[str, ...]

    @property
    def same(self) -> bool:
        """Whether both contents are the same bytes."""
        return content_bytes(self.stored) == content_bytes(self.recomputed)


def replay(
    connection: Connection, state: ServingState, row: Row, *, as_of: datetime | None = None, models: Models
) -> Replayed:
    """Judge a stored score's invoice again.

    Without ``as_of``: at its moment, from just the records that its transaction could see. With one: from everything
    that was known before that moment, whenever it was written. Raises ``ReplayImpossible`` and ``UnknownInvoice``.
    """
    if row["catalogue_digest"] != CATALOGUE_DIGEST and models is Models.STORED:
        raise ReplayImpossible("features are defined anew since this score was made", missing=[row["catalogue_digest"]])
    then = _state(connection, state, row, models, as_of)
    snapshot = row["ledger_snapshot"] if as_of is None else None
    block = _block(connection, row if as_of is None else row | {"as_of": as_of}, snapshot)
    verdicts = judge(block, then)
    if not verdicts:
        raise UnknownInvoice(row["invoice_id"], block.as_of)
    asker = Asker(row["requested_by"], None, row["run_id"], Purpose.HISTORICAL)
    found = answered(verdicts[0], then, None, asker.purpose)
    made = row_of(found, then, Source(row["ledger_snapshot"]), asker)
    stored, recomputed = content_of(row), content_of(made)
    return Replayed(stored, recomputed, tuple(differences(stored, recomputed)))


def _state(
    connection: Connection, state: ServingState, row: Row, models: Models, as_of: datetime | None
) -> ServingState:
    if models is Models.CURRENT:
        return state.pinned()
    controls = controls_of(connection, row)
    if as_of is not None:  # at another moment other snoozes held
        controls = controls.with_snoozes(snoozes_at(connection, as_of))
    return replace(
        state,
        models=models_of(state.models, row["model_digests"]),
        rules=FixedRules(controls),
        policy=policy_of(connection, row),
        clock=lambda: row["scored_at"],
    )


def _block(connection: Connection, row: Row, snapshot: str | None) -> Block:
    invoice_id: str = row["invoice_id"]
    records = inline_records(row)
    found = repository.read_headers(connection, [invoice_id])
    history = load_slice(connection, [invoice_id], records=records, snapshot=snapshot)
    headers = found.by_record | inline_headers(history, records)
    return Block(history, headers, [invoice_id], row["as_of"], row["group_currency"])
