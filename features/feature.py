"""What one feature is: a named, typed, described column, with the sentence that a reviewer reads about it."""

from dataclasses import dataclass
from typing import Literal

DType = Literal["number", "count", "flag"]
Direction = Literal["worse", "better", "either"]


@dataclass(frozen=True)
class Feature:
    """One feature's definition.

    Attributes:
        name: column name.
        dtype: ``number`` (any float), ``count`` (whole, >= 0) or ``flag`` (0 or 1); all are stored as ``float64``.
        unit: unit of the value; empty for plain numbers.
        meaning: what it says, in one sentence.
        null_means: what NaN says.
        phrase: reason sentence with ``{value}`` and ``{usual}``.
        family: group in the data dictionary.
        higher_is: whether a larger value means more risk.
        actionable: somebody of ours can change it before the invoice goes out.
        evidence: ledger kinds in which the source records stand.
    """

    name: str
    dtype: DType
    unit: str
    meaning: str
    null_means: str
    phrase: str
    family: str = ""
    higher_is: Direction = "either"
    actionable: bool = False
    evidence: tuple[str, ...] = ()
