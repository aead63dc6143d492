"""One client's past that several specifications share (days count from 2024-01-01)."""

from tests.features.builders import make
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
