"""What was agreed, what is missing, and in what state the amendments are."""

from ledger.records import Record
from tests.features.builders import feature, make
from tests.spec.client_past import MINE
from tests.spec.spec_tables import check, records_of, specified

LINES = records_of(
    "invoice_line",
    """
    known | line_id | line_kind | role | quantity | unit_rate | amount | milestone_id | expense_id | change_order_id
      100 | 1       | time      | dev  |        1 |       110 |    110 |              |            |
      100 | 2       | time      | boss |        1 |        50 |     50 |              |            |
      100 | 3       | milestone |      |        1 |        20 |     20 | m            |            |
      100 | 4       | expense   |      |        2 |        10 |     10 |              | e          |
      100 | 5       | time      |      |        1 |        10 |     10 |              |            | o
    """,
)
ORDERS = records_of(
    "change_order",
    """
    known | change_order_id | amount | contract_id | status   | requested_on
        1 | o               |     50 | k           | pending  |           21
        1 | agreed          |     40 | k           | approved |            1
        1 | refused         |     70 | k           | rejected |            1
    """,
)
AROUND: list[Record] = [
    make(
        "contract", known=1, rate_card_id="rc", cap_amount=150, value_amount=400, po_required=True,
        payment_terms_days=14, signed=False, end_on=90,
    ),
    make("rate_card", known=1),
    make("client", known=1),
    make("milestone", known=1, milestone_id="m", due_on=50),
    make("expense", known=1, expense_id="e"),
    make("project", known=1, status="closed", planned_hours=16, budget_amount=200, end_on=90),
    *ORDERS,
    *LINES,
]  # fmt: skip


@specified(
    rate_excess_max=0.1, rate_deviation_mean=0.1, lines_off_card=1, lines_without_card=1, lines_total_gap=1,
    line_arithmetic_gap=1, cap_usage=100 / 190, value_usage=100 / 440, terms_gap_days=16, contract_unsigned=1,
    days_past_contract_end=10,
)  # fmt: skip
def test_whether_it_bills_what_was_agreed(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *AROUND, at=101)


@specified(
    po_required=1, po_missing=1, po_mismatch=None, milestones_not_accepted=1, milestones_without_evidence=1,
    milestones_late=1, unaccepted_amount_share=0.1, receipts_missing=1, receipts_missing_share=0.05,
    expenses_not_approved=0, billing_contact_missing=1, tax_id_missing=1,
)  # fmt: skip
def test_what_it_must_carry_and_lacks(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *AROUND, at=101)


@specified(
    change_orders_pending=1, change_orders_pending_ratio=0.5, change_orders_billed_early=1,
    change_orders_billed_early_share=0.05, change_orders_approved=1, change_orders_rejected=1, change_order_age=80,
    contract_growth=0.1, contract_pending_share=50 / 400,
)  # fmt: skip
def test_in_what_state_the_amendments_are(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *AROUND, at=101)


@specified(budget_burn=0.5, plan_gap=0.5, project_overrun_days=10, project_not_open=1)
def test_where_the_project_stands(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *AROUND, at=101)


def test_a_change_order_raises_the_cap_once_it_is_approved() -> None:
    approved = make("change_order", known=50, change_order_id="o", amount=50, contract_id="k", status="approved")
    check("cap_usage", 100 / 240, MINE, *AROUND, approved, at=101)
    check("change_order_age", None, MINE, *AROUND, approved, at=101)


@specified(po_mismatch=1, po_missing=0)
def test_a_purchase_order_that_is_not_the_contracts(name: str, expected: float | None) -> None:
    mine = make("invoice", known=100, contract_id="k", po_number="PO1")
    contract = make("contract", known=1, po_number="PO2", po_required=True)
    check(name, expected, mine, contract, at=101)


def test_a_milestone_that_is_not_due_yet_is_not_late() -> None:
    assert feature("milestones_late", MINE, make("milestone", known=1, due_on=120), at=101) == 0
