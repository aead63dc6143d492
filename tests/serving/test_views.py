"""The columns of the views that training and monitoring read are a contract, and documented."""

from pathlib import Path

import pytest
from sqlalchemy import Connection, text

CONTRACTS = {
    "score_log_v1": (
        "score_id text", "run_id text", "invoice_id text", "client_id text", "as_of timestamp with time zone",
        "scored_at timestamp with time zone", "amount numeric", "currency text", "group_amount numeric",
        "group_currency text", "features ARRAY", "catalogue_digest text", "model_digests jsonb",
        "control_version text", "policy_version text", "risks jsonb", "route text", "decided_by text",
        "sampled boolean", "propensity double precision", "case_id text", "inline boolean", "stage text",
        "disposition text",
    ),
    "review_log_v1": (
        "decision_id text", "case_id text", "score_id text", "invoice_id text", "client_id text", "action text",
        "reason_code text", "note text", "reviewer_id text", "saw_score boolean",
        "decided_at timestamp with time zone", "final boolean", "as_of timestamp with time zone", "route text",
        "decided_by text", "sampled boolean", "propensity double precision", "catalogue_digest text",
        "model_digests jsonb", "features ARRAY",
    ),
    "second_look_v1": (
        "look_id text", "case_id text", "invoice_id text", "client_id text", "team_id text",
        "propensity double precision", "drawn_at timestamp with time zone", "looked_at timestamp with time zone",
        "first_reviewer text", "second_reviewer text", "first_action text", "second_action text", "first_reason text",
        "second_reason text", "agrees boolean", "first_saw_score boolean", "settled_for text",
        "settled_at timestamp with time zone",
    ),
    "second_look_agreement_v1": (
        "looks bigint", "agreement double precision", "agreement_by_chance double precision", "kappa double precision",
        "kappa_low double precision", "kappa_high double precision",
    ),
}  # fmt: skip


@pytest.mark.parametrize("view", CONTRACTS)
def test_the_columns_are_what_readers_rely_on(connection: Connection, view: str) -> None:
    source = "information_schema.columns WHERE table_name = :v ORDER BY ordinal_position"
    query = f"SELECT column_name, data_type FROM {source}"
    found = tuple(f"{name} {kind}" for name, kind in connection.execute(text(query), {"v": view}))
    assert found == CONTRACTS[view]


@pytest.mark.parametrize("view", CONTRACTS)
def test_each_column_is_documented(view: str) -> None:
    page = (Path(__file__).parents[2] / "docs" / "queue.md").read_text(encoding="utf-8")
    section = page.split(f"### `{view}`")[1].split("\n#")[0]
    assert [column for column in CONTRACTS[view] if f"| `{column.split()[0]}` |" not in section] == []
