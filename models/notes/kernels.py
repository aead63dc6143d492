"""How alike two notes are, by their words, their spelling and their meaning; and the members made of these kernels."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import csr_matrix

from models.arrays import FloatArray, IntArray
from models.notes.packed import Packed
from models.notes.ridge import DOUBLE_ROWS, Kernel

# Sharpness of exp(s (cosine - 1)): sentences of one cause lie at cosines of 0.4 to 0.9.
SHARPNESS = 2.0


@dataclass(frozen=True)
class Shares:
    """A member: how much each likeness counts in its kernel; the parts sum to one."""

    words: float = 0.0
    characters: float = 0.0
    vectors: float = 0.0


MEMBERS: dict[str, Shares] = {
    "words": Shares(words=1.0),
    "terms": Shares(words=0.5, characters=0.5),
    "vectors": Shares(vectors=1.0),
    "everything": Shares(words=0.25, characters=0.25, vectors=0.5),
}


@dataclass(frozen=True)
class Rows:
    """Texts as the kernels read them.

    Attributes:
        words, characters: TF-IDF, sparse (n, terms), rows of length 1.
        vectors: sentence vectors ``float32`` (n, dimensions) of length 1; ``None`` where there are none.
    """

    words: csr_matrix
    characters: csr_matrix
    vectors: Packed | None = None

    def __len__(self) -> int:
        return int(self.words.shape[0])

    def take(self, index: IntArray) -> "Rows":
        """A selection of the rows."""
        vectors = None if self.vectors is None else self.vectors[index]
        return Rows(self.words[index], self.characters[index], vectors)


def likeness(rows: Rows) -> dict[str, Kernel]:
    """The kernels among rows, (n, n) with ones on the diagonal of all but empty texts.

    ``float64``, or ``float32`` beyond ``DOUBLE_ROWS`` rows.
    """
    found = {name: _kept(_products(getattr(rows, name))) for name in ("words", "characters")}
    if rows.vectors is not None:
        found["vectors"] = _kept(vector_kernel(rows.vectors, rows.vectors))
    return found


def member_kernel(kernels: Mapping[str, Kernel], shares: Shares) -> Kernel:
    """The weighted sum of the kernels that a member reads, (n, n)."""
    read = [(share, kernels[name]) for name, share in vars(shares).items() if share]
    total: Kernel = read[0][0] * read[0][1]
    for share, kernel in read[1:]:
        total += share * kernel
    return total


def vector_kernel(left: Packed, right: Packed) -> FloatArray:
    """exp(2 (cosine - 1)) of sentence vectors, ``float64`` (n, m): a Gaussian kernel on the sphere."""
    cosines: NDArray[np.float64] = left.astype(np.float64) @ right.astype(np.float64).T
    cosines -= 1.0
    cosines *= SHARPNESS
    return np.exp(cosines, out=cosines)


def _products(rows: csr_matrix) -> FloatArray:
    # Terms that are in every tenth text make a sparse product slow and a dense one cheap.
    common = np.bincount(rows.indices, minlength=rows.shape[1]) * 10 > len(rows.indptr)
    dense = rows[:, common].toarray()
    rare = rows[:, ~common]
    products: FloatArray = (rare @ rare.T).toarray()
    products += dense @ dense.T
    return products


def _kept(kernel: FloatArray) -> Kernel:
    return kernel if len(kernel) <= DOUBLE_ROWS else kernel.astype(np.float32)
