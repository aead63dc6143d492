"""Proposals for the tests: a set that differs in one control, and people who carry it into force."""

from typing import Any

from sqlalchemy import Connection

from serving.controls import activation, lifecycle
from serving.controls.backtest import backtest
from serving.controls.lifecycle import Actor
from serving.controls.load import compiled_set, document_of
from serving.controls.ruleset import ControlSet
from serving.sql import Row
from tests.serving.controls.firm import CONTROLS
from tests.serving.factories import NOW

ANNA = Actor("anna", "audit finding 7")
BERT = Actor("bert", "looked at it")


def changed(control_id: str = "rate_off_card", **changes: Any) -> ControlSet:
    """The shipped set with one control changed."""
    content = {
        **CONTROLS.content,
        "controls": [one | (changes if one["id"] == control_id else {}) for one in CONTROLS.content["controls"]],
    }
    return compiled_set(document_of(content, place="mine"), place="mine")


STRICT = changed(severity="hard_stop")


def proposed(connection: Connection, controls: ControlSet = STRICT, base: ControlSet = CONTROLS) -> str:
    """A proposal of Anna's."""
    activation.ship(connection, base)
    return str(lifecycle.propose(connection, controls, base, actor=ANNA)["proposal_id"])


def backtested(connection: Connection, controls: ControlSet = STRICT, base: ControlSet = CONTROLS) -> str:
    """The same, back-tested."""
    proposal_id = proposed(connection, controls, base)
    backtest(connection, proposal_id, actor=ANNA, now=NOW)
    return proposal_id


def activated(connection: Connection, controls: ControlSet = STRICT, base: ControlSet = CONTROLS) -> Row:
    """The same, approved by Bert and in force."""
    proposal_id = backtested(connection, controls, base)
    lifecycle.approve(connection, proposal_id, actor=BERT)
    return lifecycle.activate(connection, proposal_id, actor=BERT)
