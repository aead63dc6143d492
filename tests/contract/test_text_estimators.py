"""The promises of every estimator that reads texts: the note classifier with words, with meaning, and with both."""

import numpy as np
import orjson
import pytest
from sklearn.base import clone

from models.notes.classifier import NoteClassifier
from tests.models.notes.samples import encode, fitted, notes

TEXTS = ["", "???", "die Stunden fehlen", "a" * 3000, "the order number is wrong"]
every_kind = pytest.mark.parametrize("members", [("words", "terms"), ("vectors",), ("everything", "words")])
Members = tuple[str, ...]


@every_kind
def test_a_clone_has_the_same_parameters_and_no_fitted_state(members: Members) -> None:
    original = fitted(members=members, target_accuracy=0.8, seed=3)
    copy = clone(original)
    assert copy.get_params() == original.get_params()
    assert not [name for name in vars(copy) if name.endswith("_")]


@every_kind
def test_fit_gives_back_the_estimator_and_leaves_everything_else_alone(members: Members) -> None:
    texts, causes = notes()
    vectors, classifier = encode(texts), NoteClassifier(members=members)
    kept = (list(texts), list(causes), vectors.copy(), classifier.get_params())
    assert classifier.fit(texts, causes, vectors) is classifier
    assert (texts, causes, classifier.get_params()) == (kept[0], kept[1], kept[3])
    np.testing.assert_array_equal(vectors, kept[2])


@every_kind
def test_the_same_seed_and_rows_give_the_same_bytes_in_any_order(members: Members) -> None:
    texts, causes = notes()
    order = np.random.default_rng(9).permutation(len(texts))
    shuffled = [texts[row] for row in order]
    again = NoteClassifier(members=members).fit(shuffled, [causes[row] for row in order], encode(shuffled))
    assert orjson.dumps(again.to_dict()) == orjson.dumps(fitted(members=members).to_dict())


@every_kind
def test_a_round_trip_through_json_gives_the_same_bits(members: Members) -> None:
    classifier = fitted(members=members)
    again = NoteClassifier.from_dict(orjson.loads(orjson.dumps(classifier.to_dict())))
    before, after = (one.predict_proba(TEXTS, encode(TEXTS)) for one in (classifier, again))
    np.testing.assert_array_equal(before, after)
    assert orjson.dumps(again.to_dict()) == orjson.dumps(classifier.to_dict())


@every_kind
def test_one_text_is_classified_as_it_is_in_a_batch(members: Members) -> None:
    classifier = fitted(members=members)
    batch = classifier.predict_proba(TEXTS, encode(TEXTS))
    single = np.concatenate([classifier.predict_proba([text], encode([text])) for text in TEXTS])
    np.testing.assert_allclose(single, batch, rtol=0, atol=1e-12)


@every_kind
def test_no_texts_give_no_answers(members: Members) -> None:
    classifier = fitted(members=members)
    assert classifier.predict_proba([], encode([])).shape == (0, 3)
    assert classifier.answers([], encode([])).shape == (0,)


@every_kind
def test_the_likeliest_class_is_the_one_that_is_predicted(members: Members) -> None:
    classifier = fitted(members=members)
    likeliest = classifier.classes_[classifier.predict_proba(TEXTS, encode(TEXTS)).argmax(axis=1)]
    np.testing.assert_array_equal(classifier.predict(TEXTS, encode(TEXTS)), likeliest)


@every_kind
def test_one_class_is_refused_in_words(members: Members) -> None:
    with pytest.raises(ValueError, match="two classes"):
        NoteClassifier(members=members).fit(["one", "two"], ["rate", "rate"], encode(["one", "two"]))
