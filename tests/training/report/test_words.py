"""The report's sentences: who leads, what would be found, and what is promised, in words that finance uses."""

import pytest

from training.measured import Measured
from training.report import words
from training.report.rivals import Comparison

CERTIFICATE = {
    "threshold": 0.0234, "alpha": 0.05, "alpha_money": 0.04, "money_cap": 25_000.0, "delta": 0.1, "bad": 3,
    "cleared": 250, "coverage": 0.412, "loss": 0.013, "segments": {"fixed_fee": {"threshold": 0.0234}},
    "valid_until": "2026-09-28",
}  # fmt: skip


def _one(name: str, metric: str, low: float, high: float) -> Comparison:
    return Comparison(name, "rival", metric, 0.5, Measured((low + high) / 2, low, high))


def test_contenders_are_grouped_by_who_leads() -> None:
    found = [
        _one("Ann", "brier", -0.2, -0.1), _one("Bob", "brier", -0.2, -0.1), _one("Cy", "brier", -1, 1),
        _one("Di", "average_precision", -0.2, -0.1), _one("Di", "brier", -0.2, -0.1),
    ]  # fmt: skip
    expected = "Clearly ahead of Ann and Bob; level with Cy; ahead in one respect and behind in another of Di."
    assert words.verdict(found) == expected
    assert words.verdict([]) == ""


@pytest.mark.parametrize(
    ("low", "high", "said"),
    [
        (0, 0, "It equals its baseline (the rate) to the digit and adds nothing to it."),
        (-0.2, -0.1, "It beats its baseline (the rate)."),
        (-0.2, 0.1, "It does not beat its baseline (the rate) by more than chance explains."),
        (0.1, 0.2, "It is worse than its baseline (the rate)."),
    ],
)
def test_a_model_says_whether_it_beats_its_baseline(low: float, high: float, said: str) -> None:
    baseline = Comparison("the rate", "baseline", "brier", 0.5, Measured((low + high) / 2, low, high))
    assert words.standing([_one("Ann", "brier", -0.2, -0.1), baseline]) == said
    assert words.standing([_one("Ann", "brier", -0.2, -0.1)]) == ""


@pytest.mark.parametrize(
    ("task", "said"),
    [
        ("late>0d", "paid after the due date"),
        ("late>15d", "paid more than 15 days late"),
        ("disputed", "disputed or credited"),
    ],
)
def test_tasks_are_said_without_code(task: str, said: str) -> None:
    assert words.task_words(task) == said


@pytest.mark.parametrize(
    ("share", "said"), [(0, "0 %"), (0.021, "2.1 %"), (0.0994, "9.9 %"), (0.412, "41 %"), (1, "100 %")]
)
def test_small_shares_keep_a_decimal(share: float, said: str) -> None:
    assert words.percent(share) == said


def test_the_minutes_sentence_has_rate_and_what_is_found() -> None:
    said = words.headline("disputed", 0.06, (0.5, 0.25), looked=0.1)
    assert said.startswith("6.0 % of the later invoices were disputed or credited.")
    assert "finds 50 % of them; by the baseline's order it is 25 %, by chance 10 %." in said


def test_a_certificate_is_said_with_both_promises() -> None:
    said = words.certificate(CERTIFICATE)
    assert "With 90% confidence, at most 5% of the cleared invoices are disputed or credited" in said
    assert "3 of 250 cleared ones went bad, and 1.3% of their money" in said
    assert "(fixed fee at 2.3%; no other kinds)" in said
    assert "at most 4% of their money (each invoice counted up to 25,000)" in said
    assert words.certificate({}) == "No threshold qualified: nothing is cleared automatically."
