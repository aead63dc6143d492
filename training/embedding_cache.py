"""Sentence vectors of public texts on disk: each distinct text is embedded once per encoder, whatever study asks."""

import sqlite3
from collections.abc import Callable, Sequence
from contextlib import closing
from pathlib import Path

import numpy as np

from features.recordset import text_digest
from features.text import DIMENSIONS, Encoder, Vectors

Progress = Callable[[int, int], None]
BLOCK_TEXTS = 512
_TABLE = "CREATE TABLE IF NOT EXISTS vector (model TEXT, digest TEXT, v BLOB, PRIMARY KEY (model, digest))"


class EmbeddingCache:
    """An encoder that remembers: vectors by the text's digest, in one SQLite file.

    Args:
        encoder: gives the vectors that are missing; its name is part of the key.
        file: where they are kept; made when it is missing.
    """

    def __init__(self, encoder: Encoder, file: Path) -> None:
        self._encoder, self._file = encoder, file
        file.parent.mkdir(parents=True, exist_ok=True)
        with closing(self._open()) as store, store:
            store.execute(
                "CREATE TABLE IF NOT EXISTS vector (model TEXT, digest TEXT, v BLOB, PRIMARY KEY (model, digest))"
            )

    def _open(self) -> sqlite3.Connection:
        return sqlite3.connect(self._file, timeout=60)

    def encode(self, texts: Sequence[str], progress: Progress | None = None) -> Vectors:
        """Vectors of texts, ``float32`` (n, 384), in their order.

        Args:
            texts: any texts; equal ones are embedded once.
            progress: called with (done, total) after each block of new texts; a stopped run goes on where it was.
        """
        by_digest = {text_digest(text): text for text in texts}
        found = self._read()
        missing = sorted((text for digest, text in by_digest.items() if digest not in found), key=len)
        for start in range(0, len(missing), BLOCK_TEXTS):
            block = missing[start : start + BLOCK_TEXTS]
            vectors = self._encoder.encode(block)
            self._write(block, vectors)
            found.update(zip(map(text_digest, block), vectors, strict=True))
            if progress is not None:
                progress(start + len(block), len(missing))
        rows = [found[text_digest(text)] for text in texts]
        return np.array(rows, dtype=np.float32).reshape(len(texts), DIMENSIONS)

    def _read(self) -> dict[str, Vectors]:
        with closing(self._open()) as store:
            rows = store.execute("SELECT digest, v FROM vector WHERE model = ?", [self._encoder.name])
            return {digest: np.frombuffer(blob, dtype="<f4").astype(np.float32) for digest, blob in rows}

    def _write(self, texts: Sequence[str], vectors: Vectors) -> None:
        rows = [
            (self._encoder.name, text_digest(text), vector.astype("<f4").tobytes())
            for text, vector in zip(texts, vectors, strict=True)
        ]
        with closing(self._open()) as store, store:
            store.executemany("INSERT OR REPLACE INTO vector VALUES (?, ?, ?)", rows)
