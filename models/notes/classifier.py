"""What a text is about: words, spelling and meaning stacked by left-out score, calibrated, and silent when unsure."""

from collections.abc import Mapping, Sequence
from typing import Any, Self

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.base import BaseEstimator, ClassifierMixin

from models.arrays import BoolArray, FloatArray, IntArray
from models.notes.abstention import Abstention, choose_abstention
from models.notes.kernels import MEMBERS, Rows, likeness, member_kernel, vector_kernel
from models.notes.packed import Packed, pack, unpack
from models.notes.ridge import Kernel, Solved, solve
from models.notes.rows import Training, arrange
from models.notes.stack import stack
from models.notes.terms import Terms

PENALTIES = (0.03, 0.1, 0.3, 1.0, 3.0)
# Penalties hardly move with the number of rows, the cost of trying them goes with its cube.
TRIAL_ROWS = 1_500


class NoteClassifier(ClassifierMixin, BaseEstimator):
    """Kernel machines on words, characters and sentence vectors, stacked into calibrated probabilities.

    Each member is a kernel ridge regression on class indicators; its penalty, the members' weights with the
    temperature, and the abstention threshold are chosen on exact leave-one-group-out scores of the training rows.
    Accuracy among answered texts holds on average for texts drawn like the training rows, not for each kind of text.

    Args:
        members: names among ``words``, ``terms``, ``vectors`` and ``everything``; those that read sentence vectors are
            left out when there are none.
        target_accuracy: share of right answers among the answered texts.
        most_rows: more training rows than these are thinned by a seeded draw: the cost goes with the cube.
        seed: of that draw.

    Attributes:
        classes_: labels, sorted.
        weights_, penalties_: by member; ``weights_["shares"]`` is that of the classes' own log shares.
        abstention_: the threshold, with coverage and accuracy on the left-out rows.
        left_out_loss_: mean log loss of the left-out rows in nats.
    """

    def __init__(
        self,
        members: tuple[str, ...] = tuple(MEMBERS),
        target_accuracy: float = 0.9,
        most_rows: int = 12_000,
        seed: int = 7,
    ) -> None:
        self.members = members
        self.target_accuracy = target_accuracy
        self.most_rows = most_rows
        self.seed = seed

    def fit(
        self,
        texts: Sequence[str],
        labels: Sequence[str],
        embeddings: Packed | None = None,
        *,
        groups: Sequence[str] | None = None,
    ) -> Self:
        """Fit; the order of the rows has no effect.

        Args:
            texts: n texts; equal ones are left out together when no groups are given.
            labels: the class of each.
            embeddings: sentence vectors ``float32`` (n, dimensions) of length 1.
            groups: what belongs together (one contract, one invoice) and is left out together.

        Raises ``ValueError`` for fewer than two classes, for unequal lengths or when no text holds a word.
        """
        training = arrange(texts, labels, embeddings, groups, most=self.most_rows, seed=self.seed)
        self.classes_ = np.unique(training.labels)
        if len(self.classes_) < 2:
            raise ValueError("a text classifier needs at least two classes among its training rows")
        self.terms_ = Terms.fit(training.texts)
        rows = Rows(*self.terms_.transform(training.texts), training.vectors)
        codes = np.searchsorted(self.classes_, training.labels)
        self.log_shares_ = _single(np.log(np.bincount(codes) / len(codes)))
        solved = self._solve_members(rows, codes, training)
        self._stack(solved, codes)
        self._collapse(solved, rows)
        return self

    def _solve_members(self, rows: Rows, codes: IntArray, training: Training) -> dict[str, Solved]:
        targets = np.eye(len(self.classes_))[codes] - np.exp(self.log_shares_)
        names = [name for name in self.members if rows.vectors is not None or not MEMBERS[name].vectors]
        if not names:
            raise ValueError(f"the members {list(self.members)} read sentence vectors, and none were given")
        trial = training.trial(TRIAL_ROWS, seed=self.seed)
        few, kernels = likeness(rows.take(trial)), likeness(rows)
        solved, self.penalties_ = {}, {}
        for name in names:
            kernel = member_kernel(few, MEMBERS[name])
            penalty = _choose_penalty(kernel, targets[trial], codes[trial], training.groups[trial])
            self.penalties_[name] = penalty
            kernel = member_kernel(kernels, MEMBERS[name])
            solved[name] = solve(kernel, targets, penalty=penalty, groups=training.groups)
        return solved

    def _stack(self, solved: Mapping[str, Solved], codes: IntArray) -> None:
        priors = np.tile(self.log_shares_.astype(np.float64), (len(codes), 1))
        scores = [*(member.left_out for member in solved.values()), priors]
        weights, self.left_out_loss_ = stack(scores, codes)
        self.weights_ = dict(zip([*solved, "shares"], weights.tolist(), strict=True))
        blended = np.sum([weight * part for weight, part in zip(weights, scores, strict=True)], axis=0)
        probabilities = softmax(blended, axis=1)
        right = probabilities.argmax(axis=1) == codes
        self.abstention_ = choose_abstention(probabilities.max(axis=1), right, target_accuracy=self.target_accuracy)

    def _collapse(self, solved: Mapping[str, Solved], rows: Rows) -> None:
        """All members read the same three things: their weighted sum is one table for each."""
        duals = {
            part: np.sum(
                [self.weights_[name] * getattr(MEMBERS[name], part) * member.dual for name, member in solved.items()],
                axis=0,
            )
            for part in ("words", "characters", "vectors")
        }
        self.word_scores_ = _single(rows.words.T @ duals["words"])
        self.character_scores_ = _single(rows.characters.T @ duals["characters"])
        kept = np.any(duals["vectors"] != 0, axis=1)
        self.vectors_ = None if rows.vectors is None or not kept.any() else rows.vectors[kept]
        self.vector_scores_ = _single(duals["vectors"][kept])

    def decision_function(self, texts: Sequence[str], embeddings: Packed | None = None) -> FloatArray:
        """Unnormalised log-probabilities, ``float64`` (n, classes).

        Raises ``ValueError`` when the model reads sentence vectors and none are given.
        """
        scores = np.tile(self.weights_["shares"] * self.log_shares_.astype(np.float64), (len(texts), 1))
        if not len(texts):
            return scores
        words, characters = self.terms_.transform(texts)
        scores += words @ self.word_scores_.astype(np.float64)
        scores += characters @ self.character_scores_.astype(np.float64)
        if self.vectors_ is not None:
            if embeddings is None or len(embeddings) != len(texts):
                raise ValueError("this classifier reads sentence vectors: give one per text")
            scores += vector_kernel(embeddings, self.vectors_) @ self.vector_scores_.astype(np.float64)
        return scores

    def predict_proba(self, texts: Sequence[str], embeddings: Packed | None = None) -> FloatArray:
        """Calibrated probabilities, ``float64`` (n, classes), rows summing to one."""
        probabilities: FloatArray = softmax(self.decision_function(texts, embeddings), axis=1)
        return probabilities

    def predict(self, texts: Sequence[str], embeddings: Packed | None = None) -> NDArray[np.str_]:
        """The likeliest class, also where the classifier would abstain."""
        likeliest: NDArray[np.str_] = self.classes_[self.decision_function(texts, embeddings).argmax(axis=1)]
        return likeliest

    def answers(self, texts: Sequence[str], embeddings: Packed | None = None) -> BoolArray:
        """Which texts it is sure enough of to answer."""
        return self.abstention_.answers(self.predict_proba(texts, embeddings))

    def to_dict(self) -> dict[str, Any]:
        """The fitted state as JSON values; it holds terms and vectors, and no text."""
        return {
            "parameters": {**self.get_params(), "members": list(self.members)},
            "classes": self.classes_.tolist(),
            "log_shares": pack(self.log_shares_),
            "weights": self.weights_,
            "penalties": self.penalties_,
            "left_out_loss": self.left_out_loss_,
            "abstention": self.abstention_.to_dict(),
            "terms": self.terms_.to_dict(),
            "word_scores": pack(self.word_scores_),
            "character_scores": pack(self.character_scores_),
            "vectors": None if self.vectors_ is None else pack(self.vectors_),
            "vector_scores": pack(self.vector_scores_),
        }

    @classmethod
    def from_dict(cls, state: dict[str, Any]) -> "NoteClassifier":
        """The classifier whose ``to_dict`` gave ``state``."""
        parameters = state["parameters"]
        made = cls(**{**parameters, "members": tuple(parameters["members"])})
        made.classes_ = np.array(state["classes"], dtype=str)
        made.weights_, made.penalties_ = state["weights"], state["penalties"]
        made.left_out_loss_, made.abstention_ = state["left_out_loss"], Abstention(**state["abstention"])
        made.terms_ = Terms.from_dict(state["terms"])
        made.vectors_ = None if state["vectors"] is None else unpack(state["vectors"])
        made.log_shares_, made.vector_scores_ = unpack(state["log_shares"]), unpack(state["vector_scores"])
        made.word_scores_, made.character_scores_ = unpack(state["word_scores"]), unpack(state["character_scores"])
        return made


def _choose_penalty(kernel: Kernel, targets: FloatArray, codes: IntArray, groups: IntArray) -> float:
    """The penalty with the least left-out log loss after temperature scaling."""
    losses = {
        penalty: stack([solve(kernel, targets, penalty=penalty, groups=groups).left_out], codes)[1]
        for penalty in PENALTIES
    }
    return min(losses, key=losses.__getitem__)


def _single(values: FloatArray) -> Packed:
    """Rounded to what is stored, so that a model answers alike before and after."""
    return np.asarray(values, dtype=np.float32)
