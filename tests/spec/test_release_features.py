"""How long invoices wait from billable to sent: a ten days, b four, c since day 60; days count from 2024-01-01."""

from tests.features.builders import make
from tests.spec.spec_tables import check, records_of, specified

DRAFTS = records_of(
    "invoice",
    """
    known | invoice_id | version | status | billable_on | issued_on
       10 | a          | 1       | draft  |           5 |
       20 | a          | 2       | issued |           5 |        15
       30 | b          | 1       | draft  |          28 |
       34 | b          | 2       | issued |          28 |        32
       90 | c          | 1       | draft  |          60 |
    """,
)


@specified(
    slow_release_rate_7=(2 + 5 * 0.6) / 8, slow_release_rate_14=(1 + 5 * 0.25) / 8, slow_release_rate_30=1.5 / 8,
    release_days_mean=7, release_days_last3=7, drafts_waiting=1,
)  # fmt: skip
def test_how_long_the_clients_invoices_wait(name: str, expected: float | None) -> None:
    """The invoice itself has waited too short to count for any horizon, and is not another draft."""
    check(name, expected, make("invoice", known=100, status="draft", billable_on=95), *DRAFTS, at=101)


@specified(slow_release_rate_7=0.6, release_days_mean=None, release_days_last3=None, drafts_waiting=0)
def test_a_client_whose_invoices_never_waited(name: str, expected: float | None) -> None:
    check(name, expected, make("invoice", known=100), at=101)
