"""Features of every family on small tables of records (days count from 2024-01-01)."""

import math

import pytest

from ledger.records import Record
from tests.features.builders import feature, make
from tests.spec.spec_tables import records_of

MINE = make("invoice", known=100, invoice_date=100, due_date=130, project_id="p", contract_id="k")

PAST = records_of(
    "invoice",
    """
    known | invoice_id | version | status  | amount | invoice_date | due_date | settled_on
        0 | a          | 1       | issued  |    100 |            0 |       30 |
       50 | a          | 2       | settled |    100 |            0 |       30 |         50
       10 | b          | 1       | issued  |   1000 |           10 |       40 |
       40 | b          | 2       | settled |   1000 |           10 |       40 |         40
       60 | x          | 1       | issued  |    100 |           60 |       90 |
       99 | x          | 2       | settled |    100 |           60 |       90 |         99
       70 | y          | 1       | issued  |    300 |           65 |       80 |
       98 | z          | 1       | issued  |     50 |           98 |      128 |
      105 | y          | 2       | settled |    300 |           65 |       80 |        105
    """,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("paid_count", 3),
        ("late_rate_0", (2 + 5 * 0.4) / 8),
        ("late_rate_15", (1 + 5 * 0.2) / 8),
        ("late_rate_30", 0.5 / 8),
        ("days_late_mean", 29 / 3),
        ("days_late_median", 9),
        ("days_late_last3", 29 / 3),
        ("days_to_pay_mean", (50 + 30 + 39) / 3),
        ("days_since_settlement", 1.5),
        ("open_count", 2),
        ("overdue_count", 1),
        ("overdue_share", 0.5),
        ("open_amount_ratio", 3.5),
        ("overdue_amount_ratio", 3),
        ("prior_invoices", 5),
        ("prior_invoices_30d", 2),
        ("days_since_invoice", 2),
        ("possible_duplicates", 2),
        ("dispute_rate", 0.5 / 8),
    ],
)
def test_what_the_clients_invoices_say(name: str, expected: float) -> None:
    assert feature(name, MINE, *PAST, at=100.5) == pytest.approx(expected)


def test_a_client_without_history_has_only_the_priors() -> None:
    assert feature("late_rate_0", MINE, at=101) == pytest.approx(0.4)
    assert math.isnan(feature("days_late_mean", MINE, at=101))
    assert math.isnan(feature("amount_z", MINE, at=101))


OBJECTIONS = [
    *records_of("dispute", "known | dispute_id | invoice_id | status\n 45 | d | a | open\n 55 | d | a | resolved"),
    make("credit_note", known=97, invoice_id="x"),
    make("dispute", known=99, dispute_id="e", invoice_id="y"),
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("dispute_count", 3),
        ("dispute_rate", (3 + 0.5) / (4 + 5)),
        ("dispute_rate_recent", (3 + 2 * 3.5 / 9) / 6),
        ("disputes_open", 1),
        ("days_since_dispute", 1.5),
        ("credit_notes_365d", 1),
    ],
)
def test_how_often_the_client_objects(name: str, expected: float) -> None:
    assert feature(name, MINE, *PAST, *OBJECTIONS, at=100.5) == pytest.approx(expected)


APPROVALS = records_of(
    "approval",
    """
    known | approval_id | approver_id | requested_at | decided_at | decision
       60 | old         | r           |           60 |            |
       70 | old         | r           |           60 |         70 | approved
       90 | one         | r           |           90 |            |
       95 | two         | s           |           95 |            |
       97 | two         | s           |           95 |         97 | rejected
       96 | elsewhere   | r           |           96 |            |
    """,
)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("approvals_pending", 2),
        ("approvals_pending_age", 11),
        ("approvals_pending_age_mean", 8),
        ("approvals_rejected", 1),
        ("approver_latency", 10),
        ("approver_queue", 2),
        ("manager_latency", 10),
        ("manager_slow_share", 1),
        ("manager_queue", 2),
    ],
)
def test_who_still_has_to_approve(name: str, expected: float) -> None:
    project = make("project", known=1, manager_id="r")
    assert feature(name, MINE, project, *APPROVALS, at=101) == pytest.approx(expected)


CONTRACT = make(
    "contract", known=1, rate_card_id="rc", cap_amount=150, po_required=True, payment_terms_days=14, signed=False
)
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
AROUND: list[Record] = [
    CONTRACT,
    make("rate_card", known=1),
    make("client", known=1),
    make("legal_entity", known=1),
    make("milestone", known=1, milestone_id="m"),
    make("expense", known=1, expense_id="e"),
    make("change_order", known=1, change_order_id="o", amount=50, contract_id="k"),
    make("project", known=1, status="closed", planned_hours=16, budget_amount=200, end_on=90),
    *LINES,
]


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("line_count", 5), ("rate_excess_max", 0.1), ("rate_deviation_mean", 0.1), ("lines_off_card", 1),
        ("lines_without_card", 1), ("lines_total_gap", 1), ("line_arithmetic_gap", 1), ("cap_usage", 100 / 150),
        ("terms_gap_days", 16), ("contract_unsigned", 1), ("po_missing", 1), ("milestones_not_accepted", 1),
        ("milestones_without_evidence", 1), ("unaccepted_amount_share", 0.1), ("receipts_missing", 1),
        ("receipts_missing_share", 0.05), ("expenses_not_approved", 0), ("change_orders_billed_early", 1),
        ("change_orders_billed_early_share", 0.05), ("change_orders_pending", 1), ("change_orders_pending_ratio", 0.5),
        ("budget_burn", 0.5), ("project_overrun_days", 10), ("project_not_open", 1), ("tax_id_missing", 1),
        ("currency_not_contract", 0), ("client_unknown", 0), ("client_not_active", 0),
    ],
)  # fmt: skip
def test_what_was_agreed_and_what_is_missing(name: str, expected: float) -> None:
    assert feature(name, MINE, *AROUND, at=101) == pytest.approx(expected)


def test_a_change_order_raises_the_cap_once_it_is_approved() -> None:
    approved = make("change_order", known=50, change_order_id="o", amount=50, contract_id="k", status="approved")
    assert feature("cap_usage", MINE, *AROUND, approved, at=101) == pytest.approx(100 / 200)


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


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("unapproved_time_count", 1),
        ("unapproved_time_hours", 4),
        ("hours_burn", 1.5),
        ("period_unapproved_share", 4 / 12),
        ("cost_ratio", 6),
        ("period_days", 31),
        ("billing_lag_days", 0),
    ],
)
def test_how_the_work_went(name: str, expected: float) -> None:
    mine = MINE.model_copy(update={"period_start": make("invoice", invoice_date=70).invoice_date})
    mine = mine.model_copy(update={"period_end": mine.invoice_date})
    person = make("resource", cost_rate=50, currency="EUR")
    project = make("project", known=1, planned_hours=16)
    assert feature(name, mine, person, project, *TIME, at=101) == pytest.approx(expected)


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("days_to_month_end", 20), ("days_to_quarter_end", 81), ("invoice_weekday", 2), ("due_weekday", 4),
        ("due_month", 5), ("due_on_holiday", 0), ("holidays_before_due", 2), ("terms_days", 30), ("backdated_days", 0),
    ],
)  # fmt: skip
def test_where_it_falls_in_the_calendar(name: str, expected: float) -> None:
    """Issued on Wednesday 2024-04-10, due on Friday 2024-05-10; in Germany 1 and 9 May are holidays."""
    assert feature(name, MINE, make("client", country="DE"), at=101) == expected


def test_links_and_transfers_of_the_invoice() -> None:
    records = [
        make("document_link", known=3, link="rebills", from_id="i", to_id="old"),
        make("sync_event", known=100, sync_event_id="s", success=False),
    ]
    assert feature("is_rebill", MINE, *records, at=101) == 1
    assert feature("is_credit", MINE, *records, at=101) == 0
    assert feature("sync_failures", MINE, *records, at=101) == 1
    assert feature("sync_broken", MINE, *records, at=101) == 1


def test_notes_of_other_invoices_are_left_out() -> None:
    table = """
        known | note_id | invoice_id | project_id
           99 | 1       | i          | p
           90 | 2       |            | p
           99 | 3       | other      | p
           70 | 4       |            |
    """
    notes = records_of("note", table)
    assert feature("note_count", MINE, *notes, at=101) == 3
    assert feature("note_count_14d", MINE, *notes, at=101) == 2
    assert feature("days_since_note", MINE, *notes, at=101) == 2
    assert math.isnan(feature("note_similarity_rate", MINE, *notes, at=101))
