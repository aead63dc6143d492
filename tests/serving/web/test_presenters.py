"""Pure functions behind the pages: values, risks and charts in words and coordinates."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from serving.web import formats
from serving.web.access import own_path
from serving.web.presenters.charts import HEIGHT, WIDTH, bar_chart
from serving.web.presenters.models import model_card
from serving.web.presenters.payday import payday, quantile
from serving.web.presenters.queue import _in_short, due
from serving.web.presenters.risks import risk_lines

NOON = datetime(2026, 3, 12, 12, tzinfo=UTC)
OK: dict[str, Any] = {"status": "ok", "confidence": "high"}
SILENT: dict[str, Any] = {"status": "unavailable", "confidence": "low"}
DELAY = OK | {"late_after_days": 15, "probability_late": 0.41, "usual": 0.06, "expected_days_late": 18.2,
              "expected_cash_on": "2026-03-30", "curve": []}  # fmt: skip


@pytest.mark.parametrize(
    ("shown", "expected"),
    [
        (formats.money(Decimal("1234.5")), "1,234.50"),
        (formats.money(None), "–"),
        (formats.number(Decimal("97.750000")), "97.75"),
        (formats.number(Decimal(1200)), "1,200"),
        (formats.day(date(2026, 3, 2)), "2 Mar 2026"),
        (formats.moment(NOON), "12 Mar 2026, 12:00 UTC"),
        (formats.span(timedelta(days=9, hours=3)), "9 d"),
        (formats.span(timedelta(minutes=50)), "50 min"),
        (formats.percent(0.41), "41 %"),
        (formats.percent(0.001), "under 1 %"),
        (formats.percent(0.999), "over 99 %"),
        (formats.days_late(17.6), "18 days late"),
        (formats.days_late(-1.2), "1 day early"),
        (formats.days_late(0.2), "on time"),
        (formats.signed(-3), "-3"),
        (formats.age(date(2026, 3, 3), NOON), "10 d"),
    ],
)
def test_values_look_like_a_ledger(shown: str, expected: str) -> None:
    assert shown == expected


def test_a_risk_is_a_sentence_with_what_is_usual() -> None:
    delay = risk_lines({"delay": DELAY, "dispute": SILENT, "anomaly": SILENT})[1]
    assert delay.sentence == "41 % likely to be paid more than 15 days late; usually 6 % for this client."
    assert delay.notes == ("Expected 18 days late, cash around 30 Mar 2026.",)
    assert (delay.share, delay.usual) == (41.0, 6.0)


def test_a_silent_model_is_said_in_words_and_has_no_bar() -> None:
    dispute = risk_lines({"delay": DELAY, "dispute": OK | {"status": "abstained"}, "anomaly": SILENT})[0]
    assert "abstains" in dispute.sentence
    assert dispute.share is None


@pytest.mark.parametrize(
    ("p_value", "begins"), [(0.02, "Unusual: odder than 98 %"), (0.4, "Not unusual: odder than 60 %")]
)
def test_oddity_is_compared_with_ordinary_billings(p_value: float, begins: str) -> None:
    anomaly = risk_lines({"delay": DELAY, "dispute": SILENT, "anomaly": OK | {"p_value": p_value}})[2]
    assert anomaly.sentence.startswith(begins)


@pytest.mark.parametrize(
    ("sentence", "short"),
    [
        ("the oldest pending approval has waited 9 days (usual: 0)", "Oldest pending approval has waited 9 days"),
        ("client usually pays 16 days late (others: 3)", "Usually pays 16 days late"),
        ("billing took 6 days after the work, usually 0", "Billing took 6 days after the work"),
        ("a rebill: yes", "A rebill: yes"),
    ],
)
def test_a_chip_leaves_out_what_is_usual(sentence: str, short: str) -> None:
    assert _in_short(sentence) == short


def test_the_service_level_counts_down_and_then_says_over() -> None:
    def told(hours: int) -> tuple[str, str]:
        found = due({"due_at": NOON + timedelta(hours=hours), "closed_at": None}, NOON)
        return found.tone, found.text

    assert [told(60), told(3), told(-5)] == [("calm", "in 2 d"), ("warn", "in 3 h"), ("bad", "5 h over")]


@pytest.mark.parametrize(("due_in", "text"), [(1, "closed 12 Mar 2026"), (-1, "closed 12 Mar 2026 (late)")])
def test_a_closed_case_is_never_over(due_in: int, text: str) -> None:
    found = due({"due_at": NOON + timedelta(hours=due_in), "closed_at": NOON}, NOON + timedelta(days=40))
    assert (found.tone, found.text) == ("calm", text)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-400, 400), min_size=1, max_size=30))
def test_bars_stay_inside_the_drawing_and_touch_the_zero_line(values: list[float]) -> None:
    chart = bar_chart([("x", value) for value in values])
    assert chart is not None
    for bar in chart.bars:
        assert 0 <= bar.x <= bar.x + bar.width <= WIDTH
        assert 0 <= bar.y <= bar.y + bar.height <= HEIGHT
        assert min(abs(bar.y + bar.height - chart.zero), abs(bar.y - chart.zero)) <= 1.01


@settings(max_examples=40, deadline=None)
@given(st.lists(st.floats(0, 1), min_size=2, max_size=12))
def test_the_curve_stays_inside_the_drawing_and_its_band_in_order(shares: list[float]) -> None:
    chart = payday([(5 * place, share) for place, share in enumerate(sorted(shares, reverse=True))], None)
    assert chart is not None
    for point in chart.area.split():
        x, y = map(float, point.split(","))
        assert 0 <= x <= WIDTH
        assert 0 <= y <= HEIGHT
    assert 0 <= chart.band[0] <= chart.band[1] <= WIDTH


LATE = [(-10, 1.0), (0, 0.8), (10, 0.4), (30, 0.0)]


def test_the_day_of_payment_comes_with_the_span_that_holds_eight_in_ten() -> None:
    chart = payday(LATE, date(2026, 3, 1))
    assert chart is not None
    assert chart.sentence == (
        "As likely as not paid by 9 Mar 2026; eight in ten such invoices between 24 Feb 2026 and 26 Mar 2026."
    )
    assert [row[1] for row in chart.rows] == ["19 Feb 2026", "1 Mar 2026", "11 Mar 2026", "31 Mar 2026"]


def test_without_a_due_date_it_speaks_in_days() -> None:
    chart = payday(LATE, None)
    assert chart is not None
    assert "8 days late" in chart.sentence


def test_an_end_beyond_the_curve_is_said_as_what_is_left() -> None:
    chart = payday([(0, 0.8), (30, 0.3)], date(2026, 3, 1))
    assert chart is not None
    assert chart.sentence.endswith("by 1 Mar 2026, and more than one in ten still unpaid on 31 Mar 2026.")


def test_what_hardly_pays_within_the_curve_is_said_so() -> None:
    chart = payday([(0, 1.0), (90, 0.7)], date(2026, 3, 1))
    assert chart is not None
    assert (chart.sentence, chart.mark) == ("More likely than not still unpaid on 30 May 2026.", None)


def test_a_quantile_lies_between_its_points() -> None:
    paid = [(day, 1 - share) for day, share in LATE]
    assert quantile(paid, 0.5) == pytest.approx(7.5)
    assert quantile(paid, 0.0) == -10
    assert quantile([(0, 0.1), (10, 0.2)], 0.5) is None


def test_no_history_draws_no_chart() -> None:
    assert bar_chart([]) is None
    assert payday([(0, 1.0)], None) is None


@settings(max_examples=80, deadline=None)
@given(st.text(max_size=30))
def test_the_way_on_is_always_a_path_of_ours(target: str) -> None:
    place = own_path(target)
    assert place.startswith("/")
    assert not place.startswith(("//", "/\\"))


def test_a_dispute_model_without_certificate_says_that_nothing_is_cleared() -> None:
    card = model_card({"risk": "dispute", "version": "1", "digest": "a" * 64, "facts": {}}, date(2026, 3, 1))
    assert card.certificate is not None
    assert card.certificate.sentence == "No threshold qualified: nothing is cleared automatically."


def test_a_model_that_adds_nothing_to_its_baseline_says_so_on_its_card() -> None:
    said = "It equals its baseline (client's own smoothed rate) to the digit and adds nothing to it."
    card = model_card({"risk": "delay", "facts": {"standing": {"late>15d": said}}}, date(2026, 3, 1))
    assert card.standings == (f"Late by more than 15 days: {said[0].lower()}{said[1:]}",)
    assert model_card({"risk": "delay", "facts": {}}, date(2026, 3, 1)).standings == ()


CERTIFICATE: dict[str, Any] = {
    "threshold": 0.03, "alpha": 0.05, "alpha_money": 0.04, "money_cap": 25_000.0, "delta": 0.1, "cleared": 10, "bad": 0,
    "coverage": 0.4, "loss": 0.02, "p_value": 0.01, "segments": {}, "valid_until": "2026-02-01",
}  # fmt: skip


def test_a_lapsed_certificate_promises_nothing() -> None:
    card = model_card({"risk": "dispute", "facts": {"certificate": CERTIFICATE}}, date(2026, 3, 1))
    assert card.certificate is not None
    assert not card.certificate.valid
    assert card.certificate.sentence.startswith("Lapsed on 1 Feb 2026")


def test_a_certificate_in_force_promises_both_shares_and_names_each_segments_threshold() -> None:
    divided = CERTIFICATE | {
        "certified_apart": ["milestone"],
        "segments": {"milestone": {"threshold": 0.05}, "rest": {"threshold": 0.03}},
    }
    card = model_card({"risk": "dispute", "facts": {"certificate": divided}}, date(2026, 1, 1))
    assert card.certificate is not None
    assert card.certificate.valid
    assert card.certificate.sentence.startswith("With 90% confidence, for each billing method on its own, at most 5%")
    assert "at most 4% of their money" in card.certificate.sentence
    told = [value for name, value in card.certificate.details if name.startswith("Cleared when")]
    assert told == ["0.0500", "0.0300"]
