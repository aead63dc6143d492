"""Notes are varied, of a readable length, in four languages, and without unfilled slots."""

from simulator.texts import AFTER, CLOSERS, MISLEADING, NEUTRAL, OPENERS, SIGNALS, SLOTS
from tests.simulator.history import INVOICES, History


def test_there_is_about_a_note_for_every_third_invoice(history: History) -> None:
    assert 0.25 <= len(history.kinds["note"]) / INVOICES <= 0.6


def test_notes_have_a_readable_length(history: History) -> None:
    lengths = [len(note.text.split()) for note in history.kinds["note"]]
    assert min(lengths) >= 7
    assert max(lengths) <= 35
    assert 8 <= sum(lengths) / len(lengths) <= 25


def test_no_slot_stays_unfilled(history: History) -> None:
    assert not [note.text for note in history.kinds["note"] if "<" in note.text]


def test_the_same_words_come_rarely(history: History) -> None:
    texts = [note.text for note in history.kinds["note"]]
    assert len(set(texts)) > 0.6 * len(texts)


def test_notes_come_in_several_languages_and_from_many_authors(history: History) -> None:
    texts = " ".join(note.text for note in history.kinds["note"])
    assert all(word in texts for word in (" der ", " le ", " el ", " the "))
    assert len({note.author_id for note in history.kinds["note"]}) > 20


def test_every_phrase_is_written_once_and_for_one_purpose() -> None:
    groups = [NEUTRAL, MISLEADING, *SIGNALS.values()]
    phrases = [phrase for group in groups for texts in group.values() for phrase in texts]
    assert len(phrases) == len(set(phrases))
    assert set(OPENERS) == set(CLOSERS) >= {language for group in groups for language in group}


def test_slots_are_known() -> None:
    groups = [NEUTRAL, MISLEADING, *SIGNALS.values(), *AFTER.values()]
    words = " ".join(phrase for group in groups for texts in group.values() for phrase in texts)
    for slot in SLOTS:
        words = words.replace(slot, "")
    assert "<" not in words


def test_most_notes_before_a_draft_mean_nothing(history: History) -> None:
    before = [note for note in history.kinds["note"] if note.dispute_id is None]
    signals = [phrase.split("<")[0][:18] for group in SIGNALS.values() for texts in group.values() for phrase in texts]
    telling = [note for note in before if any(start and start in note.text for start in signals)]
    assert 0.1 < len(telling) / len(before) < 0.6
