"""What stands on the invoice itself, and whether client, company and currency fit together."""

import math

from tests.features.builders import make
from tests.spec.spec_tables import check, specified

CREDIT = make(
    "invoice", known=101, amount=-200, tax_amount=-40, invoice_date=100, due_date=130, delivery_channel="portal",
    billing_method="milestone", intercompany=True, period_start=70, period_end=99, legal_entity_id="le",
    contract_id="k",
)  # fmt: skip
AROUND = [
    make("fx_rate", known=90),
    make("client", known=1, country="US", currency="USD", electronic_since=40, credit_hold=True, status="blocked"),
    make("legal_entity", known=1, currency="USD"),
    make("contract", known=1, legal_entity_id="other", currency="USD"),
    make("invoice_line", known=101, line_id="1"),
    make("invoice_line", known=101, line_id="2"),
]


@specified(
    log_amount=math.log10(201), log_amount_group=math.log10(401), negative_amount=1, tax_share=0.2, terms_days=30,
    line_count=2, period_days=30, backdated_days=1, billing_lag_days=2, sent_electronically=1, client_electronic=1,
    client_electronic_days=60, method_time_and_materials=0, method_milestone=1, method_fixed_fee=0, intercompany=1,
)  # fmt: skip
def test_what_stands_on_it(name: str, expected: float | None) -> None:
    check(name, expected, CREDIT, *AROUND, at=102)


@specified(
    client_unknown=0, client_not_active=1, client_credit_hold=1, currency_not_contract=1, currency_not_client=1,
    currency_not_entity=1, cross_border=1, entity_not_contract=1,
)  # fmt: skip
def test_whether_the_parties_fit(name: str, expected: float | None) -> None:
    check(name, expected, CREDIT, *AROUND, at=102)


@specified(
    client_unknown=1, client_not_active=None, currency_not_client=None, cross_border=None, log_amount_group=None,
    sent_electronically=None, line_count=0,
)  # fmt: skip
def test_an_invoice_of_a_client_that_nobody_knows(name: str, expected: float | None) -> None:
    check(name, expected, make("invoice", known=101), at=102)
