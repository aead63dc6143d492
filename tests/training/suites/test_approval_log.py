"""A log of approvals told as records: what is known when a request is submitted, and nothing of what comes after."""

from pathlib import Path

import pytest

from ledger.records import Approval, Client, Dispute, Invoice, Record
from training.suites.approval_log import read_log

HEADER = "case:concept:name,(case)_RequestedAmount,(case)_OrganizationalEntity,concept:name,time:timestamp,org:role\n"
ROWS = """\
c1,100.5,unit 7,Request For Payment SAVED by EMPLOYEE,2024-01-01T08:00:00+01:00,EMPLOYEE
c1,100.5,unit 7,Request For Payment SUBMITTED by EMPLOYEE,2024-01-01T09:00:00+01:00,EMPLOYEE
c1,100.5,unit 7,Request For Payment APPROVED by ADMINISTRATION,2024-01-02T09:00:00+01:00,ADMINISTRATION
c1,100.5,unit 7,Payment Handled,2024-01-09T17:30:00+01:00,UNDEFINED
c2,50,unit 7,Request For Payment SUBMITTED by EMPLOYEE,2024-02-01T09:00:00+01:00,EMPLOYEE
c2,50,unit 7,Request For Payment REJECTED by SUPERVISOR,2024-02-03T09:00:00+01:00,SUPERVISOR
c3,10,unit 8,Request For Payment SAVED by EMPLOYEE,2024-03-01T09:00:00+01:00,EMPLOYEE
"""


@pytest.fixture
def records(tmp_path: Path) -> list[Record]:
    (tmp_path / "log.csv").write_text(HEADER + ROWS)
    return read_log(tmp_path / "log.csv")


def test_a_request_is_known_when_submitted_and_again_when_paid(records: list[Record]) -> None:
    found = [record for record in records if isinstance(record, Invoice) and record.invoice_id == "c1"]
    assert [(one.status, one.known_at.isoformat()) for one in found] == [
        ("draft", "2024-01-01T08:00:00+00:00"),
        ("settled", "2024-01-09T16:30:00+00:00"),
    ]
    assert str(found[0].amount) == "100.50"


def test_answers_are_known_when_given_and_a_rejection_is_an_objection(records: list[Record]) -> None:
    answers = {record.invoice_id: record for record in records if isinstance(record, Approval)}
    assert answers["c1"].known_at == answers["c1"].decided_at
    assert answers["c2"].decision == "rejected"
    assert [record.invoice_id for record in records if isinstance(record, Dispute)] == ["c2"]


def test_requests_that_were_never_submitted_and_their_units_are_left_out(records: list[Record]) -> None:
    assert {record.invoice_id for record in records if isinstance(record, Invoice)} == {"c1", "c2"}
    assert [record.client_id for record in records if isinstance(record, Client)] == ["unit 7"]
