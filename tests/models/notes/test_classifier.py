"""The note classifier learns words and meaning, leaves out honestly, and says when it does not know."""

import numpy as np
import orjson
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.notes.classifier import NoteClassifier
from models.notes.kernels import MEMBERS
from tests.models.notes.samples import encode, fitted, notes

ODD_TEXTS = ["", "???", "die Stunden fehlen", "a" * 3000, "the order number is wrong"]


@pytest.fixture(scope="module")
def classifier() -> NoteClassifier:
    return fitted()


def test_a_new_note_gets_the_cause_whose_words_it_has(classifier: NoteClassifier) -> None:
    texts = ["they dispute the rate card", "no purchase order given", "we got the same invoice again"]
    assert classifier.predict(texts, encode(texts)).tolist() == ["rate", "po_reference", "duplicate"]


@given(st.lists(st.sampled_from(ODD_TEXTS) | st.text(max_size=30), max_size=5))
@settings(max_examples=25, deadline=None)
def test_probabilities_of_any_text_sum_to_one(texts: list[str]) -> None:
    probabilities = _fitted_once().predict_proba(texts, encode(texts))
    assert probabilities.shape == (len(texts), 3)
    np.testing.assert_allclose(probabilities.sum(axis=1), 1.0)
    assert (probabilities >= 0).all()


@given(st.randoms(use_true_random=False))
@settings(max_examples=4, deadline=None)
def test_the_order_of_the_rows_has_no_effect_to_the_last_byte(random: object) -> None:
    texts, causes = notes()
    order = list(range(len(texts)))
    random.shuffle(order)  # type: ignore[attr-defined]  # Hypothesis' own Random
    shuffled = [texts[row] for row in order]
    again = NoteClassifier().fit(shuffled, [causes[row] for row in order], encode(shuffled))
    assert orjson.dumps(again.to_dict()) == orjson.dumps(_fitted_once().to_dict())


def test_without_vectors_words_alone_are_read() -> None:
    texts, causes = notes()
    classifier = NoteClassifier().fit(texts, causes)
    assert set(classifier.weights_) == {"words", "terms", "shares"}
    assert classifier.predict(["their purchase order"]).tolist() == ["po_reference"]


def test_a_model_of_vectors_asks_for_them(classifier: NoteClassifier) -> None:
    with pytest.raises(ValueError, match="sentence vectors"):
        classifier.predict(["wrong rate"])
    with pytest.raises(ValueError, match="sentence vectors"):
        NoteClassifier(members=("vectors",)).fit(*notes())


def test_lengths_that_differ_are_refused_in_words() -> None:
    with pytest.raises(ValueError, match="differ in length"):
        NoteClassifier().fit(["one", "two"], ["rate"])


def test_the_stack_is_no_worse_on_left_out_rows_than_any_member(classifier: NoteClassifier) -> None:
    alone = [fitted(members=(name,)).left_out_loss_ for name in MEMBERS]
    assert classifier.left_out_loss_ <= min(alone) + 1e-3


def test_equal_texts_are_left_out_together() -> None:
    rng = np.random.default_rng(4)
    texts = [f"note {number}" for number in range(30)] * 2
    causes = rng.permutation(["rate", "duplicate"] * 15).tolist() * 2
    honest = NoteClassifier().fit(texts, causes)
    leaking = NoteClassifier().fit(texts, causes, groups=[str(row) for row in range(60)])
    assert leaking.left_out_loss_ < 0.3 < honest.left_out_loss_


def test_words_that_tell_nothing_get_the_shares_of_the_classes() -> None:
    texts = [f"{number:04d}" for number in range(200)]
    causes = ["rate"] * 150 + ["duplicate"] * 50
    groups = np.random.default_rng(1).permutation(200)
    classifier = NoteClassifier(members=("words",)).fit([texts[place] for place in groups], causes)
    assert classifier.predict_proba(["nothing known"])[0, 1] == pytest.approx(0.75, abs=0.08)


def test_too_many_rows_are_thinned_to_the_most_that_may_be_fitted() -> None:
    thinned = fitted(most_rows=30)
    assert thinned.vectors_ is not None
    assert len(thinned.vectors_) <= 30
    assert orjson.dumps(thinned.to_dict()) == orjson.dumps(fitted(most_rows=30).to_dict())


def test_a_stricter_target_never_answers_more() -> None:
    texts, causes = notes()
    wrong = np.random.default_rng(5).random(len(causes)) < 0.25
    noisy = ["rate" if flip else cause for flip, cause in zip(wrong, causes, strict=True)]
    found = [NoteClassifier(target_accuracy=target).fit(texts, noisy, encode(texts)) for target in (0.5, 0.8, 0.95)]
    coverages = [classifier.abstention_.coverage for classifier in found]
    assert coverages == sorted(coverages, reverse=True)
    assert coverages[0] > coverages[2]


_KEPT: list[NoteClassifier] = []


def _fitted_once() -> NoteClassifier:
    if not _KEPT:
        _KEPT.append(fitted())
    return _KEPT[0]
