"""The left side of a case says the same whether all that a client was billed is read for it, or only what it names."""

from datetime import UTC, datetime

import pytest
from sqlalchemy import Connection

from features.history import load_named, load_slice
from ledger.store import append
from serving.sql import rows
from serving.web.presenters.invoice import InvoicePanel, invoice_panel
from serving.web.reads import invoice as reads
from tests.features.random_records import random_records

NOW = datetime(2040, 1, 1, tzinfo=UTC)


def panels(connection: Connection) -> dict[str, InvoicePanel]:
    """Of every invoice of the ledger, as known now."""
    query = "SELECT DISTINCT ON (invoice_id) invoice_id, client_id, NULL AS document FROM invoice ORDER BY invoice_id"
    views = {row["invoice_id"]: reads.view_invoice(connection, row, NOW) for row in rows(connection, query)}
    return {name: invoice_panel(view, people={}, entity="", now=NOW) for name, view in views.items()}


@pytest.mark.parametrize("seed", range(5))
def test_a_panel_needs_only_what_its_invoice_names(
    connection: Connection, monkeypatch: pytest.MonkeyPatch, seed: int
) -> None:
    append(connection, random_records(seed, size=300))
    narrow = panels(connection)
    monkeypatch.setattr(reads, "load_named", load_slice)
    assert narrow == panels(connection)
    assert any(line.odd for panel in narrow.values() for line in panel.lines)
    assert any(panel.missing for panel in narrow.values())


def test_what_else_the_client_was_billed_is_not_read(connection: Connection) -> None:
    append(connection, random_records(1, size=300))
    found = load_named(connection, ["i3"])
    assert set(found.column("invoice", "invoice_id")) == {"i3"}
    assert not {"payment", "approval", "note", "dispute"} & set(found.kinds)
