"""What a worker does by the clock, called by hand."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import numpy as np
from sqlalchemy import Engine, text

from features.anchors import ANCHORS
from features.matrix import FloatArray
from ledger.records import Note
from serving.scoring import prepared
from serving.sql import change
from serving.state import ServingState
from serving.tasks import upkeep
from tests.serving.factories import record, write

NOTE = {"note_id": "N1", "client_id": "C1", "invoice_id": "INV-1", "text": "the client is not pleased"}


class FakeEncoder:
    """Counts what it is asked; says of every text that it is like nothing."""

    name = "fake"

    def __init__(self, _: Path) -> None:
        self.asked: list[str] = []

    def encode(self, texts: Sequence[str]) -> FloatArray:
        """A vector per text."""
        self.asked += texts
        return np.zeros((len(texts), 4))

    def similarities(self, vectors: FloatArray) -> FloatArray:
        """Nothing in common with any anchor."""
        return np.zeros((len(vectors), len(ANCHORS)))


def embedded(engine: Engine) -> int:
    """How many texts have an embedding."""
    with engine.connect() as connection:
        return int(connection.execute(text("SELECT count(*) FROM note_embedding")).scalar_one())


def test_scores_are_kept_ready_by_the_clock(firm: Engine, clearing: ServingState) -> None:
    keep_ready = upkeep.ReadyKeeper()
    assert keep_ready(clearing) == 1
    with clearing.engine.begin() as connection:
        assert prepared.find_ready(connection, clearing, "INV-1") is not None
    assert keep_ready(clearing) == 0


def test_a_new_note_is_embedded_once_and_makes_its_invoice_wanted_again(
    firm: Engine, clearing: ServingState, tmp_path: Path
) -> None:
    embed = upkeep.NoteEmbedder(tmp_path, FakeEncoder)  # type: ignore[arg-type]  # the real one needs its weights
    write(firm, [record(Note, **NOTE)])
    keep_ready = upkeep.ReadyKeeper()
    keep_ready(clearing)
    assert [embed(clearing), embed(clearing)] == [1, 0]
    assert embedded(firm) == 1
    assert keep_ready(clearing) == 1


def test_the_encoder_is_not_loaded_before_there_is_a_note(firm: Engine, clearing: ServingState, tmp_path: Path) -> None:
    def refuse(_: Path) -> FakeEncoder:
        raise AssertionError("there is nothing to embed")

    assert upkeep.NoteEmbedder(tmp_path, refuse)(clearing) == 0  # type: ignore[arg-type]  # as above


def test_without_an_exported_encoder_notes_wait(firm: Engine, clearing: ServingState, tmp_path: Path) -> None:
    write(firm, [record(Note, **NOTE)])
    assert upkeep.NoteEmbedder(tmp_path / "nowhere")(clearing) == 0


def test_answers_are_forgotten_after_the_longest_parking_time(firm: Engine, state: ServingState) -> None:
    with firm.begin() as connection:
        change(connection, "INSERT INTO idempotency_key (principal_id, key, body_digest) VALUES ('p', 'k', 'd')")
    with firm.connect() as connection:
        made = connection.execute(text("SELECT created_at FROM idempotency_key")).scalar_one()
    assert upkeep.forget_answers(replace(state, clock=lambda: made + timedelta(days=34))) == 0
    assert upkeep.forget_answers(replace(state, clock=lambda: made + timedelta(days=36))) == 1


def test_without_a_set_in_shadow_there_is_nothing_to_watch(firm: Engine, state: ServingState) -> None:
    assert upkeep.watch_shadow(state) == 0
