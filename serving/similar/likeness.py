"""A case as 512 numbers: two cases are alike as the cosine of theirs.

The vector is made of blocks, each of length 1 before it is weighted, so that the cosine is the weighted mean of how
alike the blocks are: the controls that fired, the models' reasons, the likely causes of a dispute, size and kind of
billing, and what the notes say (MiniLM embeddings, see ``features/text.py``). Ids are hashed into their block
(Weinberger et al., 2009), so that a new control needs no new layout. No id of a client or person enters: who is
billed makes no two problems alike.
"""

import zlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from math import log10, sqrt
from typing import Any, Final

import numpy as np

from features.matrix import FloatArray
from ledger.records.billing import Cause
from ledger.records.parties import BillingMethod

# Changes whenever the same case would get other numbers.
RECIPE: Final = 1
CONTROLS, REASONS, KINDS, SIZES, WORDS = 64, 36, 8, 10, 384  # with the ten causes: 512
CAUSES: Final = tuple(Cause)
METHODS: Final = tuple(BillingMethod)
WEIGHTS: Final = {"controls": 0.4, "reasons": 0.2, "causes": 0.08, "kind": 0.07, "size": 0.05, "words": 0.2}
DIGITS: Final = 8
_SEVERITY: Final = {"hard_stop": 1.0, "review": 0.7, "warning": 0.2}


@dataclass(frozen=True)
class Traits:
    """What a case is known by.

    Attributes:
        controls: control id → severity of the controls that fired.
        reasons: reason code → contribution to the risk.
        causes: cause → its share, should there be a dispute.
        method: how the contract bills.
        amount: absolute amount in group currency; ``None`` where no rate was known.
        words: mean note embedding, ``float64`` (384,); ``None`` without notes.
    """

    controls: Mapping[str, str]
    reasons: Mapping[str, float]
    causes: Mapping[str, float]
    method: str | None
    amount: float | None
    words: FloatArray | None


def traits_of(score: Mapping[str, Any], *, method: str | None, words: Sequence[Sequence[float]]) -> Traits:
    """The traits of a stored score's invoice.

    Args:
        score: row of ``score``.
        method: billing method of the invoice.
        words: embeddings of its notes, each of length 1.
    """
    amount = score["group_amount"]
    return Traits(
        controls={hit["control_id"]: hit["severity"] for hit in score["controls"]},
        reasons={reason["code"]: abs(reason["contribution"]) for reason in score["reasons"]},
        causes=score["risks"]["dispute"].get("causes") or {},
        method=method,
        amount=None if amount is None else abs(float(amount)),
        words=np.mean(np.array(words, dtype=np.float64), axis=0) if len(words) else None,
    )


def likeness(traits: Traits) -> FloatArray:
    """The numbers of a case, ``float64`` (512,), of length 1.

    A block that says nothing (no notes, no reasons) is zero; the others then weigh more.
    """
    words = np.zeros(WORDS) if traits.words is None else traits.words
    blocks = (
        ("controls", _hashed(CONTROLS, ((name, _SEVERITY[severity]) for name, severity in traits.controls.items()))),
        ("reasons", _hashed(REASONS, traits.reasons.items())),
        ("causes", np.array([traits.causes.get(cause, 0.0) for cause in CAUSES])),
        ("kind", _one_of(KINDS, METHODS, traits.method)),
        ("size", _size(traits.amount)),
        ("words", words),
    )
    weighted = np.concatenate([sqrt(WEIGHTS[name]) * _unit(block) for name, block in blocks])
    # pgvector keeps single precision, and PostgreSQL refuses a number that it would have to round down to nothing.
    return np.round(_unit(weighted), DIGITS)


def _hashed(width: int, items: Iterable[tuple[str, float]]) -> FloatArray:
    block = np.zeros(width)
    for name, weight in items:
        block[zlib.crc32(name.encode()) % width] += weight
    return block


def _one_of(width: int, known: Sequence[str], value: str | None) -> FloatArray:
    block = np.zeros(width)
    if value in known:
        block[known.index(value)] = 1.0
    return block


def _size(amount: float | None) -> FloatArray:
    """Soft decades of the amount: 900 and 1,100 are neighbours, 100 and 100,000 have nothing in common."""
    if amount is None:
        return np.zeros(SIZES)
    places = np.linspace(1.0, 7.0, SIZES)
    block: FloatArray = np.exp(-(((log10(max(amount, 10.0)) - places) / 0.5) ** 2))
    return block


def _unit(block: FloatArray) -> FloatArray:
    length = float(np.linalg.norm(block))
    return block / length if length else block
