"""The exported encoder gives sentence-transformers' vectors, and each text is embedded once."""

from pathlib import Path

import numpy as np
import pytest
from sqlalchemy import Connection, text

from features.anchors import ANCHOR_GROUPS
from features.history import load_history
from features.text import Encoder, embed_missing_notes
from features.text_export import export_encoder, reference_encoder
from ledger.store import append
from tests.conftest import TEST_HOME
from tests.features.builders import make

TEXTS = ["Client rejects the rate.", "ok", "Die Abnahme fehlt noch – bitte nachreichen!", "long " * 400]


@pytest.fixture(scope="module")
def folder() -> Path:
    return export_encoder(TEST_HOME / "encoder")


@pytest.fixture(scope="module")
def encoder(folder: Path) -> Encoder:
    return Encoder.load(folder)


def test_the_exported_encoder_gives_the_vectors_of_sentence_transformers(encoder: Encoder) -> None:
    expected = reference_encoder().encode(TEXTS, normalize_embeddings=True)
    assert np.allclose(encoder.encode(TEXTS), expected, atol=2e-6)


def test_vectors_come_back_in_the_order_of_the_texts(encoder: Encoder) -> None:
    one_by_one = np.concatenate([encoder.encode([sentence]) for sentence in TEXTS])
    assert np.allclose(encoder.encode(TEXTS), one_by_one, atol=2e-6)
    assert np.allclose(np.linalg.norm(one_by_one, axis=1), 1, atol=1e-5)


def test_no_texts_give_no_vectors(encoder: Encoder) -> None:
    assert encoder.encode([]).shape == (0, 384)
    assert encoder.note_similarities([]) == {}


@pytest.mark.parametrize(
    ("sentence", "group"),
    [
        ("They have not signed the acceptance for milestone 3", "milestone_not_accepted"),
        ("PO number missing on the invoice, please add it", "po_reference"),
        ("Auf der Rechnung steht ein falscher Stundensatz", "rate"),
        ("this was already billed in March, duplicate", "duplicate"),
    ],
)
def test_a_note_is_nearest_to_the_anchors_of_its_cause(encoder: Encoder, sentence: str, group: str) -> None:
    [similarities] = encoder.note_similarities([sentence]).values()
    assert ANCHOR_GROUPS[int(np.argmax(similarities))] == group


def test_each_distinct_text_is_embedded_once(connection: Connection, encoder: Encoder) -> None:
    append(connection, [make("note", known=number, text=f"text {number % 2}") for number in range(5)])
    seen: list[tuple[int, int]] = []
    assert embed_missing_notes(connection, encoder, lambda done, total: seen.append((done, total))) == 2
    assert seen == [(2, 2)]
    assert embed_missing_notes(connection, encoder) == 0
    assert connection.execute(text("SELECT count(*) FROM note_embedding")).scalar_one() == 2


def test_new_anchors_refresh_the_similarities(connection: Connection, encoder: Encoder) -> None:
    append(connection, [make("note", text="wrong rate")])
    embed_missing_notes(connection, encoder)
    connection.execute(text("UPDATE note_embedding SET anchors = 'older', similarities = '{}'"))
    assert np.isnan(load_history(connection).note_similarities()).all()
    assert embed_missing_notes(connection, encoder) == 1
    assert load_history(connection).note_similarities().shape == (1, len(ANCHOR_GROUPS))


def test_a_missing_export_says_so(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError):
        Encoder.load(tmp_path)
