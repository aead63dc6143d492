"""Chance: one seeded generator, drawn from in blocks so that a single number costs next to nothing."""

from bisect import bisect_right
from collections.abc import Mapping, Sequence
from itertools import accumulate
from math import exp, log
from typing import TypeVar

import numpy as np

Item = TypeVar("Item")

_BLOCK = 65_536


class Draws:
    """Random numbers of one simulation; the same seed gives the same sequence."""

    def __init__(self, seed: int) -> None:
        self._generator = np.random.Generator(np.random.PCG64(seed))
        self._uniforms: list[float] = []
        self._normals: list[float] = []

    def uniform(self) -> float:
        """A number in [0, 1)."""
        if not self._uniforms:
            self._uniforms = self._generator.random(_BLOCK).tolist()
        return self._uniforms.pop()

    def normal(self) -> float:
        """A standard normal number."""
        if not self._normals:
            self._normals = self._generator.standard_normal(_BLOCK).tolist()
        return self._normals.pop()

    def chance(self, probability: float) -> bool:
        """True with the given probability."""
        return self.uniform() < probability

    def between(self, low: float, high: float) -> float:
        """A number in [low, high)."""
        return low + (high - low) * self.uniform()

    def whole(self, low: int, high: int) -> int:
        """A whole number from ``low`` to ``high``, both included."""
        return low + int(self.uniform() * (high - low + 1))

    def lognormal(self, median: float, spread: float) -> float:
        """A positive number with the given median; ``spread`` is the standard deviation of its logarithm."""
        return median * exp(spread * self.normal())

    def exponential(self, mean: float) -> float:
        """A waiting time."""
        return -mean * log(1.0 - self.uniform())

    def gumbel(self) -> float:
        """A standard Gumbel number moved to mean zero: small most of the time, with a long right tail."""
        return -log(-log(max(self.uniform(), 1e-12))) - 0.5772156649

    def pick(self, items: Sequence[Item]) -> Item:
        """One of them, all equally likely."""
        return items[int(self.uniform() * len(items))]

    def weighted(self, weights: Mapping[Item, float]) -> Item:
        """A key with probability in proportion to its weight."""
        sums = list(accumulate(weights.values()))
        return list(weights)[min(bisect_right(sums, self.uniform() * sums[-1]), len(sums) - 1)]

    def shares(self, total: int, weights: Sequence[float]) -> list[int]:
        """``total`` things dealt out at random in proportion to ``weights``."""
        sizes = np.asarray(weights, dtype=np.float64)
        return [int(count) for count in self._generator.multinomial(total, sizes / sizes.sum())]

    def order(self, count: int) -> list[int]:
        """The numbers below ``count`` in random order."""
        return [int(place) for place in self._generator.permutation(count)]
