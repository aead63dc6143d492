"""What the client was billed before: 100, 1000, 100, 300 and 50 on the days 0, 10, 60, 70 and 98."""

import math
import statistics

from tests.features.builders import feature, make
from tests.spec.client_past import MINE, PAST
from tests.spec.spec_tables import check, records_of, specified

LOGS = [math.log10(1 + amount) for amount in (100, 1000, 100, 300, 50)]
Z = (math.log10(101) - statistics.mean(LOGS)) / statistics.stdev(LOGS)


@specified(
    prior_invoices=5, prior_invoices_30d=2, amount_z=Z, amount_unusual=-Z, amount_to_median=0, days_since_invoice=2,
    cadence_ratio=2 / (98 / 4), method_share=None, possible_duplicates=2, client_tenure_days=100, currency_share=1,
    entity_share=None, billing_growth=1450 / 100,
)  # fmt: skip
def test_what_the_client_was_billed(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *PAST, at=100.5)


EARLIER = records_of(
    "invoice",
    """
    known | invoice_id | project_id | billing_method | legal_entity_id | currency | period_start
       10 | a          | p          | milestone      | le              | EUR      |           70
       20 | b          | p          | fixed_fee      | le              | USD      |           40
       30 | c          |            | milestone      | other           | EUR      |           70
    """,
)


@specified(
    prior_project_invoices=2, method_share=2 / 3, same_period_invoices=1, currency_share=2 / 3, entity_share=2 / 3
)
def test_whether_it_is_billed_as_usual(name: str, expected: float | None) -> None:
    mine = make("invoice", known=100, project_id="p", billing_method="milestone", legal_entity_id="le", period_start=70)
    check(name, expected, mine, *EARLIER, at=101)


def test_a_growth_over_nothing_is_unknown() -> None:
    assert math.isnan(feature("billing_growth", MINE, at=101))
