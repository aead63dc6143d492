"""How the work went: 24 hours at 50 an hour, 8 of them long ago, for an invoice of 100 over the days 70 to 100."""

from tests.features.builders import make
from tests.spec.spec_tables import check, records_of, specified

MINE = make("invoice", known=100, invoice_date=100, project_id="p", period_start=70, period_end=100)
TIME = records_of(
    "time_entry",
    """
    known | time_entry_id | worked_on | hours | status    | billable
       80 | one           |        75 |     8 | approved  | yes
       95 | two           |        90 |     4 | submitted | yes
       95 | three         |        91 |     4 | draft     | no
       10 | four          |         9 |     8 | approved  | yes
    """,
)
AROUND = [
    make("resource", cost_rate=50, currency="EUR"),
    make("project", known=1, planned_hours=16),
    make("invoice_line", known=100, quantity=6),
]


@specified(
    hours_burn=1.5, period_unapproved_share=4 / 12, cost_ratio=6, hours_billed_ratio=0.5, plan_gap=None,
    project_cost_ratio=12, project_cost_ratio_90d=8, margin_trend=-4,
)  # fmt: skip
def test_how_the_work_went(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *AROUND, *TIME, at=101)


@specified(project_cost_ratio=None, margin_trend=None)
def test_costs_in_another_currency_are_not_compared(name: str, expected: float | None) -> None:
    paid_in_dollars = make("resource", known=1, cost_rate=50, currency="USD")
    check(name, expected, MINE, make("project", known=1), paid_in_dollars, *TIME, at=101)
