"""A note is labelled with the cause known later, never with one that was known when it was written."""

import numpy as np
import pytest
from sqlalchemy import Connection

from ledger.records import Record, ReviewDecision
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from ledger.store import append
from tests.features.builders import day, make, us
from training.note_labels import LabelledNotes, labelled_notes, read_note_records


def _labelled(connection: Connection, *records: Record, until: float = 100) -> LabelledNotes:
    append(connection, list(records))
    return labelled_notes(read_note_records(connection), us(until))


def _dispute(known: float, cause: str, **columns: object) -> Record:
    return make("dispute", known=known, dispute_id="d", cause=cause, **columns)


def test_a_note_gets_the_cause_that_became_known_after_it(connection: Connection) -> None:
    notes = _labelled(connection, make("note", known=1, invoice_id="i", text="too dear"), _dispute(5, "rate"))
    assert (notes.texts, notes.causes, notes.groups) == (["too dear"], ["rate"], ["i"])
    assert (notes.known_at.tolist(), notes.labelled_at.tolist()) == ([us(1)], [us(5)])


@pytest.mark.parametrize("known", [5, 6])
def test_a_note_written_when_the_cause_was_known_teaches_nothing(connection: Connection, known: float) -> None:
    assert not len(_labelled(connection, _dispute(5, "rate"), make("note", known=known, invoice_id="i")))


@pytest.mark.parametrize(("until", "causes"), [(5, []), (5.5, ["other"]), (9, ["other"]), (9.5, ["rate"])])
def test_a_label_is_what_was_known_strictly_before_the_moment(
    connection: Connection, until: float, causes: list[str]
) -> None:
    note = make("note", known=1, invoice_id="i")
    guess, correction = _dispute(5, "other"), _dispute(9, "rate", status="resolved")
    assert _labelled(connection, note, guess, correction, until=until).causes == causes


def test_a_note_between_guess_and_correction_waits_for_the_correction(connection: Connection) -> None:
    note = make("note", known=7, invoice_id="i", dispute_id="d")
    records = [note, _dispute(5, "other"), _dispute(9, "rate", status="resolved")]
    append(connection, records)
    read = read_note_records(connection)
    assert labelled_notes(read, us(8)).causes == []
    assert labelled_notes(read, us(10)).causes == ["rate"]


@pytest.mark.parametrize(
    "later",
    [
        make("credit_note", known=5, cause="tax_entity"),
        make("outcome", known=5, cause="tax_entity"),
        ReviewDecision(
            source="test", source_id="r", event_at=day(5), known_at=day(5), decision_id="r", case_id="k",
            invoice_id="i", client_id="c", action=ReviewAction.HOLD, reason_code=Cause.TAX_ENTITY, reviewer_id="u",
        ),
    ],
    ids=lambda record: record.kind,
)  # fmt: skip
def test_credits_outcomes_and_reviewers_name_causes_too(connection: Connection, later: Record) -> None:
    assert _labelled(connection, make("note", known=1, invoice_id="i"), later).causes == ["tax_entity"]


def test_the_dispute_a_note_is_about_outranks_its_invoice(connection: Connection) -> None:
    note = make("note", known=1, invoice_id="i", dispute_id="d")
    notes = _labelled(connection, note, _dispute(5, "rate"), make("credit_note", known=8, cause="duplicate"))
    assert notes.causes == ["rate"]


def test_outcomes_without_a_cause_and_notes_on_nothing_teach_nothing(connection: Connection) -> None:
    notes = [make("note", known=1, invoice_id="i"), make("note", known=2, project_id="p"), make("note", known=3)]
    assert not len(_labelled(connection, *notes, make("outcome", known=5, outcome="clean", cause=None)))


def test_a_selection_keeps_the_rows_together(connection: Connection) -> None:
    records = [make("note", known=known, invoice_id=f"i{known}", text=f"t{known}") for known in (3, 1, 2)]
    causes = [make("outcome", known=9 + known, invoice_id=f"i{known}", cause="rate") for known in (1, 2, 3)]
    notes = _labelled(connection, *records, *causes)
    assert notes.texts == ["t1", "t2", "t3"]
    late = notes.where(notes.known_at >= us(2))
    assert (late.texts, late.groups) == (["t2", "t3"], ["i2", "i3"])
    np.testing.assert_array_equal(late.labelled_at, [us(11), us(12)])
