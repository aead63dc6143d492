"""Late timesheet

Ten hours of January are billed and no timesheet is there. It comes in February, later than the cut-off and unapproved;
approving it clears the invoice, which keeps a warning that the hours came late.
"""

from tests.scenarios.story import CLEARED, NOTICED, Story
from tests.serving.factories import clean, client, contract, entity, project, rate_card, time_entry

WITHOUT_TIME = (entity(), client(), contract(), project(), rate_card())


def test_hours_without_timesheets_wait_for_them_and_then_for_their_approval(blank: Story) -> None:
    blank.tell(*WITHOUT_TIME)
    blank.on("2026-02-10")
    blank.tell(*clean())
    missing = blank.score()
    assert (missing.way, missing.fires) == (NOTICED, ["timesheets_missing"])
    assert missing.words("timesheets_missing") == ["The invoice bills 10 hours; no timesheet of the period is known."]

    blank.on("2026-02-12")
    blank.tell(time_entry(status="submitted"))
    late = blank.score()
    assert (late.way, late.because) == (NOTICED, "Unapproved time")
    assert late.fires == ["late_timesheets", "time_not_approved"]
    assert late.words("time_not_approved")[1] == "W1, 12 Jan 2026: 10 h, submitted"
    assert late.words("late_timesheets") == [
        "1 timesheet(s) of the billed period arrived more than 7 days after its end.",
        "W1, 12 Jan 2026: 10 h, arrived 12 Feb 2026",
    ]

    blank.tell(time_entry(version="2", status="approved"))
    after = blank.score()
    assert (after.way, after.fires) == (CLEARED, ["late_timesheets"])
    assert blank.features(after) != blank.features(missing)
    assert blank.is_said_again(missing)
    assert blank.is_said_again(late)


def test_more_hours_than_were_recorded_are_told_apart_from_none(blank: Story) -> None:
    blank.tell(*WITHOUT_TIME, time_entry(hours="6"))
    blank.on("2026-02-10")
    blank.tell(*clean())
    said = blank.score()
    assert (said.way, said.fires) == (NOTICED, ["hours_exceed_timesheets"])
    assert said.words("hours_exceed_timesheets") == ["The invoice bills 10 hours; the timesheets of the period have 6."]
    blank.tell(time_entry(version="2", hours="10"))
    assert blank.score().way == CLEARED


def test_in_the_first_days_after_the_period_timesheets_may_still_come(blank: Story) -> None:
    blank.tell(*WITHOUT_TIME)
    blank.on("2026-02-02")
    blank.tell(*clean())
    assert (blank.score().way, blank.score().fires) == (CLEARED, [])
