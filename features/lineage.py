"""Which record versions could count for an invoice: the slice's rules, applied to columns in memory."""

from collections.abc import Iterable, Mapping

import numpy as np

from features.asof import known_before
from features.matrix import BoolArray, IntArray
from features.reach import REACH, Reach
from ledger.read import Columns

# Record ids from here on belong to records that are not in the ledger (inline documents).
INLINE_RECORD_ID = 1 << 62

Sets = dict[str, set[str]]


def lineage(columns: Mapping[str, Columns], invoice_id: str, as_of: int) -> dict[str, IntArray]:
    """Record ids per kind that a feature of the invoice could have read at ``as_of`` (microseconds), ascending."""
    keys = _key_sets(columns, invoice_id)
    found: dict[str, IntArray] = {}
    for kind in REACH.keys() & columns.keys():
        table = columns[kind]
        counts = _reached(table, REACH[kind], keys) & known_before(table["known_at"], as_of)
        ids = np.sort(table["record_id"][counts & (table["record_id"] < INLINE_RECORD_ID)])
        if len(ids):
            found[kind] = ids
    return found


def _reached(table: Columns, reach: Reach, keys: Sets) -> BoolArray:
    """Every version of the things of which any version matches."""
    matches = np.zeros(len(table["record_id"]), dtype=bool)
    for column, name in (*reach.ways, *reach.recent):
        matches |= _among(table, column, keys[name])
    entities = list(zip(*(table[name].tolist() for name in reach.entity), strict=True))
    reached = {entities[row] for row in np.flatnonzero(matches).tolist()}
    return np.array([entity in reached for entity in entities], dtype=bool)


def _among(table: Columns, column: str, wanted: set[str]) -> BoolArray:
    return np.array([value in wanted for value in table[column].tolist()], dtype=bool)


def _key_sets(columns: Mapping[str, Columns], invoice_id: str) -> Sets:
    def ids(kind: str, wanted: str, by: str, among: Iterable[str]) -> set[str]:
        if kind not in columns:
            return set()
        table = columns[kind]
        return set(table[wanted][_among(table, by, set(among))].tolist()) - {None}

    own = {invoice_id}
    keys: Sets = {
        name: ids("invoice", column, "invoice_id", own)
        for name, column in (
            ("clients", "client_id"),
            ("projects", "project_id"),
            ("legal_entities", "legal_entity_id"),
            ("currencies", "currency"),
        )
    }
    keys |= {
        name: ids("invoice_line", column, "invoice_id", own)
        for name, column in (
            ("milestones", "milestone_id"),
            ("expenses", "expense_id"),
            ("change_orders", "change_order_id"),
            ("resources", "resource_id"),
        )
    }
    projects = keys["projects"]
    keys["invoices"] = own
    keys["contracts"] = ids("invoice", "contract_id", "invoice_id", own) | ids(
        "project", "contract_id", "project_id", projects
    )
    # What the contract names belongs to the invoice too: a correction may put it on the header.
    keys["legal_entities"] |= ids("contract", "legal_entity_id", "contract_id", keys["contracts"])
    keys["currencies"] |= ids("contract", "currency", "contract_id", keys["contracts"])
    keys["rate_cards"] = ids("contract", "rate_card_id", "contract_id", keys["contracts"])
    keys["resources"] |= ids("time_entry", "resource_id", "project_id", projects)
    keys["approvers"] = ids("approval", "approver_id", "project_id", projects)
    keys["approvers"] |= ids("approval", "approver_id", "subject_id", own)
    keys["approvers"] |= ids("project", "manager_id", "project_id", projects)
    return keys
