"""Who still has to approve what, and how quickly these people, roles and projects usually answer."""

from tests.features.builders import feature, make
from tests.spec.client_past import MINE
from tests.spec.spec_tables import check, records_of, specified

MANAGED = make("project", known=1, manager_id="r")
APPROVALS = records_of(
    "approval",
    """
    known | approval_id | approver_id | approver_role | requested_at | decided_at | decision | subject_id
       60 | old         | r           | client        |           60 |            |          | t
       70 | old         | r           | client        |           60 |         70 | approved | t
       90 | one         | r           | client        |           90 |            |          | t
       95 | two         | s           | finance       |           95 |            |          | t
       97 | two         | s           | finance       |           95 |         97 | rejected | t
       96 | three       | r           | finance       |           96 |            |          | i
    """,
)


@specified(
    approvals_pending=2, approvals_pending_age=11, approvals_pending_age_mean=8, invoice_approvals_pending=1,
    approvals_rejected=1, approver_latency=10, approver_queue=2, manager_latency=10, manager_slow_share=1,
    manager_queue=2, project_latency=6, role_latency=10, holder_latency=10, holder_wait_ratio=1.1, holder_is_client=1,
    approvals_overdue=1, manager_month_end_gap=None,
)  # fmt: skip
def test_who_still_has_to_approve(name: str, expected: float | None) -> None:
    check(name, expected, MINE, MANAGED, *APPROVALS, at=101)


SEASON = records_of(
    "approval",
    """
    known | approval_id | requested_at | decided_at | decision
       36 | january     |           28 |         36 | approved
       42 | middle      |           40 |         42 | approved
       95 | march       |           88 |         95 | approved
    """,
)


@specified(manager_month_end_gap=(8 + 7) / 2 - 2, manager_quarter_end_gap=7 - (8 + 2) / 2)
def test_how_much_longer_the_manager_takes_at_month_and_quarter_end(name: str, expected: float | None) -> None:
    """Asked on 29 January, 10 February and 29 March; answered 8, 2 and 7 days later."""
    check(name, expected, MINE, MANAGED, *SEASON, at=101)


@specified(manager_latency_trend=1 - (10 * 1 + 2 * 7) / 12)
def test_whether_the_manager_has_become_faster(name: str, expected: float | None) -> None:
    slow = [make("approval", known=10 + n, approval_id=f"s{n}", requested_at=3 + n, decided_at=10 + n) for n in (0, 1)]
    fast = [
        make("approval", known=50 + n, approval_id=f"f{n}", requested_at=49 + n, decided_at=50 + n) for n in range(10)
    ]
    check(name, expected, MINE, MANAGED, *slow, *fast, at=101)


def test_what_nobody_has_to_approve_has_no_holder() -> None:
    assert feature("approvals_pending", MINE, at=101) == feature("approvals_overdue", MINE, at=101) == 0
    check("holder_is_client", None, MINE, at=101)
    check("role_latency", None, MINE, at=101)


WORK = [
    make("expense", known=5, expense_id="1", status="submitted"),
    make("expense", known=5, expense_id="2", status="approved"),
    make("expense", known=5, expense_id="3", status="submitted", billable=False),
    make("time_entry", known=80, time_entry_id="1", status="approved"),
    make("time_entry", known=95, time_entry_id="2", status="submitted", hours=4),
    make("time_entry", known=95, time_entry_id="3", status="draft", billable=False),
]


@specified(unapproved_expense_count=1, unapproved_time_count=1, unapproved_time_hours=4)
def test_work_that_nobody_has_approved(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *WORK, at=101)
