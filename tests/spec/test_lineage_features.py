"""How documents hang together: the invoice rebills j, which was disputed and credited, and which rebilled h."""

from tests.features.builders import make
from tests.spec.client_past import MINE
from tests.spec.spec_tables import check, records_of, specified

LINKS = records_of(
    "document_link",
    """
    known | link_id | link                   | from_id | to_id
      100 | 1       | rebills                | i       | j
       50 | 2       | rebills                | j       | h
      100 | 3       | credits                | i       | j
      100 | 4       | amends                 | q       | i
      100 | 5       | partial_of             | i       | whole
      100 | 6       | intercompany_mirror_of | i       | twin
    """,
)
AROUND = [
    *LINKS,
    make("dispute", known=60, invoice_id="j"),
    make("credit_note", known=90, invoice_id="j"),
    make("sync_event", known=99, sync_event_id="s", success=True),
    make("sync_event", known=100, sync_event_id="t", success=False),
]


@specified(
    is_rebill=1, is_credit=1, is_amendment=0, is_partial=1, mirrors_intercompany=1, linked_from=1, rebill_depth=2,
    rebills_objected=1, days_since_rebilled_credit=11, client_rebills_365d=2, sync_failures=1, sync_broken=1,
)  # fmt: skip
def test_what_it_replaces_and_what_refers_to_it(name: str, expected: float | None) -> None:
    check(name, expected, MINE, *AROUND, at=101)


@specified(rebill_depth=0, rebills_objected=0, days_since_rebilled_credit=None, is_amendment=1, sync_broken=None)
def test_an_amendment_is_no_rebill(name: str, expected: float | None) -> None:
    link = make("document_link", known=100, link="amends", from_id="i", to_id="j")
    check(name, expected, MINE, link, make("dispute", known=60, invoice_id="j"), at=101)
