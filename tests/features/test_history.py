"""A slice reads what its invoice can reach, and nothing else."""

from sqlalchemy import Connection

from features.build import build_features
from features.history import load_history, load_slice
from features.moments import scoring_moments
from ledger.store import append
from tests.features.builders import make

RECORDS = [
    make("client", client_id="c"),
    make("client", client_id="other"),
    make("contract"),
    make("project", manager_id="boss"),
    make("invoice", known=3, project_id="p", contract_id="k"),
    make("invoice", known=4, invoice_id="earlier"),
    make("invoice", known=4, invoice_id="foreign", client_id="other"),
    make("invoice_line", known=3),
    make("approval", known=2, approver_id="boss"),
    make("approval", known=2, approval_id="elsewhere", approver_id="boss", project_id="q"),
    make("approval", known=2, approval_id="unrelated", approver_id="x", project_id="q"),
    make("note", known=1, project_id="p"),
]


def test_a_slice_holds_only_what_its_invoice_can_reach(connection: Connection) -> None:
    append(connection, RECORDS)
    history = load_slice(connection, ["i"])
    assert set(history.column("invoice", "invoice_id")) == {"i", "earlier"}
    assert set(history.column("approval", "approval_id")) == {"approval-2", "elsewhere"}
    assert history.column("client", "client_id").tolist() == ["c"]


def test_one_row_on_its_slice_has_the_bytes_of_the_batch(connection: Connection) -> None:
    append(connection, RECORDS)
    everything = load_history(connection)
    ids, moments = scoring_moments(everything)
    batch = build_features(everything, ids, moments)
    for row, invoice_id in enumerate(ids):
        alone = build_features(load_slice(connection, [invoice_id]), ids[row : row + 1], moments[row : row + 1])
        assert alone.values.tobytes() == batch.values[row : row + 1].tobytes()
