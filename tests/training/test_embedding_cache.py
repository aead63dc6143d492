"""Each distinct text is embedded once per encoder, and comes back as it went in."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import pytest

from features.text import DIMENSIONS, Vectors
from training import embedding_cache
from training.embedding_cache import EmbeddingCache


class CountingEncoder:
    """Stands in for the sentence encoder; counts what it is asked for."""

    def __init__(self, name: str = "one") -> None:
        self.name, self.asked = name, list[str]()

    def encode(self, texts: Sequence[str]) -> Vectors:
        self.asked += texts
        rows = [np.random.default_rng(list(text.encode())).normal(size=DIMENSIONS) for text in texts]
        return np.array(rows, dtype=np.float32)


def _cache(encoder: CountingEncoder, folder: Path) -> EmbeddingCache:
    return EmbeddingCache(encoder, folder / "deep" / "vectors.sqlite")  # type: ignore[arg-type]  # speaks like an Encoder


def test_equal_texts_and_second_calls_cost_nothing(tmp_path: Path) -> None:
    encoder = CountingEncoder()
    first = _cache(encoder, tmp_path).encode(["b", "a", "b"])
    again = _cache(encoder, tmp_path).encode(["a", "b"])
    assert sorted(encoder.asked) == ["a", "b"]
    np.testing.assert_array_equal(first[[1, 0]], again)
    np.testing.assert_array_equal(first[0], CountingEncoder().encode(["b"])[0])


def test_another_encoder_has_vectors_of_its_own(tmp_path: Path) -> None:
    for encoder in (CountingEncoder("one"), CountingEncoder("two")):
        _cache(encoder, tmp_path).encode(["a"])
        assert encoder.asked == ["a"]


def test_a_stopped_run_goes_on_where_it_was(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(embedding_cache, "BLOCK_TEXTS", 2)

    def stop(done: int, total: int) -> None:
        assert (done, total) == (2, 5)
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _cache(CountingEncoder(), tmp_path).encode(["a", "b", "c", "d", "e"], stop)
    rest = CountingEncoder()
    _cache(rest, tmp_path).encode(["a", "b", "c", "d", "e"])
    assert rest.asked == ["c", "d", "e"]


def test_no_texts_give_no_vectors(tmp_path: Path) -> None:
    assert _cache(CountingEncoder(), tmp_path).encode([]).shape == (0, DIMENSIONS)
