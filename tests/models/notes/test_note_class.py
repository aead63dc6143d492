"""One note's answer: the likeliest cause, what else it could be, and whether it should be used."""

from dataclasses import replace

import pytest

from models.notes.classifier import NoteClassifier
from models.notes.note_class import classify_note, classify_notes
from tests.models.notes.samples import encode, fitted, notes


@pytest.fixture(scope="module")
def classifier() -> NoteClassifier:
    return fitted()


def test_a_clear_note_is_answered_with_its_cause(classifier: NoteClassifier) -> None:
    found = classify_note("client says the rate card is wrong", classifier=classifier, encode=encode)
    assert found.cause == "rate"
    assert not found.abstained
    assert found.probability > 0.7


def test_alternatives_are_the_other_causes_best_first(classifier: NoteClassifier) -> None:
    found = classify_note("the rate card and the order number", classifier=classifier, encode=encode)
    chances = [found.probability, *(chance for _, chance in found.alternatives)]
    assert chances == sorted(chances, reverse=True)
    assert sum(chances) == pytest.approx(1.0)
    assert {found.cause, *(cause for cause, _ in found.alternatives)} == {"rate", "po_reference", "duplicate"}


def test_below_the_threshold_it_abstains_and_still_says_its_best_guess(classifier: NoteClassifier) -> None:
    texts, causes = notes()
    strict = NoteClassifier().fit(texts, causes, encode(texts))
    strict.abstention_ = replace(strict.abstention_, threshold=2.0)
    found = classify_note("client says the rate card is wrong", classifier=strict, encode=encode)
    assert found.abstained
    assert found.cause == "rate"


def test_answers_come_in_the_order_of_the_texts(classifier: NoteClassifier) -> None:
    texts = ["duplicate invoice", "rate card", "purchase order"]
    found = classify_notes(classifier, texts, encode=encode)
    assert [answer.cause for answer in found] == ["duplicate", "rate", "po_reference"]
    assert classify_notes(classifier, [], encode=encode) == []


def test_a_model_of_words_alone_encodes_nothing() -> None:
    def refuse(_: object) -> None:
        raise AssertionError("nothing to encode")

    found = classify_note("rate card", classifier=NoteClassifier().fit(*notes()), encode=refuse)  # type: ignore[arg-type]  # it must not be called
    assert found.cause == "rate"
