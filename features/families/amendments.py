"""The state of the contract's and project's amendments: how much is agreed, refused, and still open."""

from functools import partial

import numpy as np

from features.asof import DAY_US, StateIndex, divide
from features.context import Context
from features.families.rates import MONEY_SCALE, approved_changes
from features.feature import Feature
from features.matrix import FloatArray

_change = partial(Feature, family="change_order", higher_is="worse", evidence=("change_order",))

FEATURES: tuple[Feature, ...] = (
    _change("change_order_age", "number", "days", "Days since the oldest undecided change order of the project was "
            "requested.", "no undecided change order", "a change order has been open for {value} days (usual: {usual})",
            actionable=True),
    _change("change_orders_rejected", "count", "change orders", "Rejected change orders of the project.",
            "invoice has no project", "{value} change orders of the project were rejected (usual: {usual})"),
    _change("contract_growth", "number", "share", "Approved change orders of the contract over its agreed value.",
            "contract without a value", "approved change orders add {value} to the contract (usual: {usual})",
            higher_is="either", evidence=("change_order", "contract")),
    _change("contract_pending_share", "number", "share", "Undecided change orders of the contract over its agreed "
            "value.", "contract without a value", "change orders worth {value} of the contract are undecided (usual: "
            "{usual})", actionable=True, evidence=("change_order", "contract")),
)  # fmt: skip


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    history, project = context.history, context.key("project_id")
    orders = context.pairs("change_order", ("project_id",), project)
    waiting = history.equals("change_order", "status", "draft", "pending")
    rejected = history.equals("change_order", "status", "rejected")
    undecided = orders.where(waiting[orders.row])
    asked = history.column("change_order", "requested_on")[undecided.row]
    age = np.floor(context.as_of / DAY_US)[undecided.query] - asked
    contract = context.entity_codes("contract")
    value = context.gather("contract", "value_amount", context.entity("contract"))
    return {
        "change_order_age": undecided.largest(age),
        "change_orders_rejected": context.known(orders.where(rejected[orders.row]).count(), project >= 0),
        "contract_growth": divide(approved_changes(history).total(contract, context.as_of), value),
        "contract_pending_share": divide(_pending(context).total(contract, context.as_of), value),
    }


def _pending(context: Context) -> StateIndex:
    history = context.history
    waiting = history.equals("change_order", "status", "draft", "pending")
    return history.memo(
        "changes waiting by contract",
        lambda: StateIndex.build(
            np.where(waiting, history.codes("change_order", "contract_id"), -1),
            history.column("change_order", "known_at"),
            end=history.ends("change_order"),
            values=history.column("change_order", "amount"),
            scale=MONEY_SCALE,
        ),
    )
