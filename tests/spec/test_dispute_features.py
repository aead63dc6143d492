"""What the client objected to: a on day 45 (resolved on day 55), x credited on day 97, y on day 99."""

from tests.features.builders import make
from tests.spec.client_past import MINE, PAST
from tests.spec.spec_tables import check, records_of, specified

OBJECTIONS = [
    *records_of("dispute", "known | dispute_id | invoice_id | status\n 45 | d | a | open\n 55 | d | a | resolved"),
    make("credit_note", known=97, invoice_id="x"),
    make("dispute", known=99, dispute_id="e", invoice_id="y"),
]
RATE = (3 + 0.5) / (4 + 5)


@specified(
    dispute_count=3, dispute_rate=RATE, dispute_rate_recent=(3 + 2 * RATE) / 6, dispute_count_365d=3, disputes_open=1,
    days_since_dispute=1.5, credit_notes_365d=1, dispute_rate_365d=(3 + 2 * RATE) / 6, dispute_cause_repeats=1,
    dispute_resolution_days=10, project_objections=0, credited_share_365d=10 / 1650,
)  # fmt: skip
def test_how_often_the_client_objects(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *PAST, *OBJECTIONS, at=100.5)


@specified(dispute_rate=0.5 / 8, dispute_cause_repeats=None, dispute_resolution_days=None, credited_share_365d=0)
def test_a_client_that_never_objects(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *PAST, at=100.5)


@specified(project_objections=1, dispute_cause_repeats=0, dispute_rate_365d=(1 + 2 * 2.5 / 7) / 3)
def test_objections_on_the_same_project_and_of_the_last_year(name: str, expected: float | None) -> None:
    """Both were objected to, one of them longer than a year ago, and for another cause."""
    records = [
        make("invoice", known=1, invoice_id="same", project_id="p"),
        make("invoice", known=1, invoice_id="other", project_id="q"),
        make("dispute", known=5, dispute_id="1", invoice_id="other", cause="duplicate"),
        make("dispute", known=390, dispute_id="2", invoice_id="same"),
        make("invoice", known=400, project_id="p"),
    ]
    check(name, expected, *records, at=401)
