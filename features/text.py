"""Sentence vectors of notes without torch: the exported encoder, and the cache that embeds each text once."""

import json
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from sqlalchemy import Connection

from features.anchors import ANCHORS, ANCHORS_DIGEST
from features.matrix import FloatArray
from features.recordset import text_digest
from ledger.database import raw_cursor

ENCODER_NAME = "all-MiniLM-L6-v2"
DIMENSIONS = 384
MAX_TOKENS = 256
BATCH_TEXTS = 32
MODEL_FILE, TOKENIZER_FILE, MANIFEST = "encoder.onnx", "tokenizer.json", "manifest.json"

Vectors = NDArray[np.float32]
Progress = Callable[[int, int], None]


class Encoder:
    """all-MiniLM-L6-v2 run by onnxruntime: mean pooling, at most 256 tokens, vectors of length 1.

    Args:
        session: the exported graph.
        tokenizer: its tokenizer.
        name: name and digest of the exported weights.
        workers: batches run at the same time, each on one thread: better than one batch on many.
    """

    def __init__(self, session: Any, tokenizer: Any, name: str, *, workers: int = 1) -> None:
        self._session, self._tokenizer, self.name, self._workers = session, tokenizer, name, workers
        tokenizer.enable_truncation(MAX_TOKENS)
        tokenizer.no_padding()

    @classmethod
    def load(cls, folder: Path, *, workers: int = 1) -> "Encoder":
        """The encoder that ``features.text_export`` wrote to ``folder``.

        Raises ``FileNotFoundError`` when there is none.
        """
        # Imported here because whoever only reads embeddings (the scorer does) need not carry thirty megabytes of it.
        import onnxruntime
        from tokenizers import Tokenizer

        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
        options = onnxruntime.SessionOptions()
        options.intra_op_num_threads = 1
        session = onnxruntime.InferenceSession(str(folder / MODEL_FILE), options, providers=["CPUExecutionProvider"])
        tokenizer = Tokenizer.from_file(str(folder / TOKENIZER_FILE))
        return cls(session, tokenizer, f"{manifest['name']}@{manifest['onnx_sha256'][:12]}", workers=workers)

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Vectors of texts, ``float32`` (n, 384), each of length 1."""
        vectors = np.empty((len(texts), DIMENSIONS), dtype=np.float32)
        tokens = [encoding.ids for encoding in self._tokenizer.encode_batch(list(texts))]
        # Texts of like length share a batch: padding is wasted work.
        by_length = sorted(range(len(texts)), key=lambda place: len(tokens[place]))
        batches = [by_length[start : start + BATCH_TEXTS] for start in range(0, len(texts), BATCH_TEXTS)]
        work = [[tokens[place] for place in places] for places in batches]
        with ThreadPoolExecutor(self._workers) as pool:
            for places, found in zip(batches, pool.map(self._run, work), strict=True):
                vectors[places] = found
        return vectors

    def _run(self, tokens: Sequence[Sequence[int]]) -> Vectors:
        width = max(map(len, tokens))
        ids = np.zeros((len(tokens), width), dtype=np.int64)
        mask = np.zeros_like(ids)
        for row, sentence in enumerate(tokens):
            ids[row, : len(sentence)] = sentence
            mask[row, : len(sentence)] = 1
        vectors: Vectors = self._session.run(["vectors"], {"input_ids": ids, "attention_mask": mask})[0]
        return vectors

    @cached_property
    def anchors(self) -> tuple[Vectors, ...]:
        """Vectors of each anchor group's sentences."""
        return tuple(self.encode(sentences) for sentences in ANCHORS.values())

    def similarities(self, vectors: Vectors) -> FloatArray:
        """Largest cosine of each vector with each anchor group, ``float64`` (n, groups)."""
        best = [np.max(vectors @ group.T, axis=1) for group in self.anchors]
        return np.stack(best, axis=1).astype(np.float64)

    def note_similarities(self, texts: Sequence[str]) -> dict[str, FloatArray]:
        """Digest → anchor similarities of texts that are not in the ledger (for ``features.history.with_records``)."""
        distinct = list(dict.fromkeys(texts))
        if not distinct:
            return {}
        rows = self.similarities(self.encode(distinct))
        return {text_digest(text): row for text, row in zip(distinct, rows, strict=True)}


_MISSING = """
SELECT DISTINCT n.text FROM note n
WHERE NOT EXISTS (
    SELECT 1 FROM note_embedding e
    WHERE e.digest = encode(sha256(convert_to(n.text, 'UTF8')), 'hex') AND e.anchors = %(anchors)s
) AND (%(since)s::text IS NULL OR n.recorded_tx >= pg_snapshot_xmin(%(since)s::pg_snapshot))
"""
_INSERT = """
INSERT INTO note_embedding (digest, model, vector, anchors, similarities) VALUES (%s, %s, %s, %s, %s)
ON CONFLICT (digest) DO UPDATE SET anchors = excluded.anchors, similarities = excluded.similarities
WHERE note_embedding.anchors <> excluded.anchors
"""
_BY_DIGEST = """
SELECT DISTINCT text FROM note WHERE encode(sha256(convert_to(text, 'UTF8')), 'hex') = ANY(%(digests)s)
"""
BLOCK_TEXTS = 512


def missing_notes(connection: Connection, *, since: str | None = None) -> list[str]:
    """Distinct note texts without an embedding, shortest first.

    Args:
        connection: an open connection.
        since: text of a ``pg_snapshot``: only notes that it could not be sure to see; ``None`` looks at all.
    """
    found = raw_cursor(connection).execute(_MISSING, {"anchors": ANCHORS_DIGEST, "since": since}).fetchall()
    return sorted((row[0] for row in found), key=len)


def embed_missing_notes(
    connection: Connection, encoder: Encoder, progress: Progress | None = None, *, since: str | None = None
) -> int:
    """Embed every note text that is not embedded yet, each distinct text once, in the caller's transaction.

    Args:
        connection: an open connection.
        encoder: the exported encoder.
        progress: called with (done, total) after each block.
        since: as in ``missing_notes``.

    Returns:
        number of texts embedded.
    """
    texts = missing_notes(connection, since=since)
    for start in range(0, len(texts), BLOCK_TEXTS):
        block = texts[start : start + BLOCK_TEXTS]
        embed_texts(connection, encoder, block)
        if progress is not None:
            progress(start + len(block), len(texts))
    return len(texts)


def embed_texts(connection: Connection, encoder: Encoder, texts: Sequence[str]) -> None:
    """Embed texts together and keep the embeddings, in the caller's transaction."""
    vectors = encoder.encode(texts)
    found = zip(texts, vectors, encoder.similarities(vectors), strict=True)
    raw_cursor(connection).executemany(
        _INSERT,
        [
            (text_digest(text), encoder.name, vector.tolist(), ANCHORS_DIGEST, similarity.tolist())
            for text, vector, similarity in found
        ],
    )


def note_texts(connection: Connection, digests: Sequence[str]) -> list[str]:
    """The texts of notes by their digests."""
    found = raw_cursor(connection).execute(_BY_DIGEST, {"digests": list(digests)}).fetchall()
    return [row[0] for row in found]
