"""How the firm's invoices end these days, whoever the client."""

from tests.features.builders import make
from tests.spec.client_past import MINE
from tests.spec.spec_tables import check, records_of, specified

OTHERS = records_of(
    "invoice",
    """
    known | invoice_id | version | client_id | status  | due_date | settled_on
       10 | a          | 1       | one       | issued  |       40 |
       50 | a          | 2       | one       | settled |       40 |         50
       55 | a          | 3       | one       | settled |       40 |         50
       10 | b          | 1       | two       | issued  |       60 |
       60 | b          | 2       | two       | settled |       60 |         60
      100 | e          | 1       | two       | settled |       10 |         99
    """,
)


@specified(firm_late_rate=0.5, firm_days_late=5, firm_objection_share=1 / 3)
def test_the_firms_newest_endings_before_the_invoice(name: str, expected: float | None) -> None:
    """Of a only the first settlement counts; e became known together with the invoice, not before it."""
    dispute = make("dispute", known=70, invoice_id="b", client_id="two")
    check(name, expected, MINE, *OTHERS, dispute, make("dispute", known=100, dispute_id="late"), at=101)


@specified(firm_late_rate=None, firm_days_late=None, firm_objection_share=None)
def test_the_first_invoice_of_a_firm_meets_no_climate(name: str, expected: float | None) -> None:
    check(name, expected, MINE, at=101)
