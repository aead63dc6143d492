"""Rules that say whose a case is: the first active one that matches, in the order of their positions.

The database applies them in the statement that opens or scores a case (``place_case`` of the migration); the preview
asks the same function, so that it cannot promise anything else.
"""

from decimal import Decimal
from typing import Annotated, Any, Final

import orjson
from psycopg.errors import UniqueViolation
from pydantic import ConfigDict, Field, WithJsonSchema, model_validator
from sqlalchemy import Connection

from ledger.records.base import Text
from ledger.records.billing import Cause
from ledger.records.parties import BillingMethod
from serving import audit
from serving.contract.strict import Sent
from serving.contract.types import DecimalText
from serving.ids import new_id
from serving.problems import Conflict, NotFound
from serving.queue.teams import find_team
from serving.routing import Route
from serving.sql import Row, change, first, insert, only, rows

MOST_COUNTED: Final = 10_000
Bound = Annotated[
    Decimal, Field(ge=0), DecimalText, WithJsonSchema({"type": "string", "pattern": r"^[0-9]{1,14}(\.[0-9]{1,6})?$"})
]


class RuleRequest(Sent):
    """A routing rule; what is left out matches everything."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"name": "Large retainers", "position": 10, "team_id": "T1", "amount_from": "50000", "why": "new team"}
            ]
        }
    )

    name: Text = Field(min_length=1, max_length=200, description="what people call it")
    position: int = Field(ge=0, le=1_000_000, description="smaller goes first")
    team_id: Text = Field(min_length=1, max_length=200, description="the team that gets the case")
    skill: Text | None = Field(default=None, min_length=1, max_length=100, description="what its reviewer must know")
    legal_entity_id: Text | None = Field(default=None, max_length=200, description="only of this legal entity")
    client_id: Text | None = Field(default=None, max_length=200, description="only of this client")
    billing_method: BillingMethod | None = Field(default=None, description="only invoices billed in this way")
    cause: Cause | None = Field(default=None, description="only where a control with this cause fired")
    control_id: Text | None = Field(default=None, max_length=100, description="only where this control fired")
    route: Route | None = Field(default=None, description="only this route")
    amount_from: Bound | None = Field(default=None, description="from this amount, group currency")
    amount_below: Bound | None = Field(default=None, description="below this amount, group currency")
    active: bool = Field(default=True, description="false: kept, but passed over")
    why: Text = Field(min_length=1, max_length=4000, description="why the rule is as it is")

    @model_validator(mode="after")
    def _leaves_something(self) -> "RuleRequest":
        if self.amount_from is not None and self.amount_below is not None and self.amount_below <= self.amount_from:
            raise ValueError("amount_below must lie above amount_from")
        return self


class UnknownRule(NotFound):
    """No such rule."""

    slug = "unknown-routing-rule"
    title = "Unknown routing rule"

    def __init__(self, rule_id: str) -> None:
        super().__init__(f"there is no routing rule {rule_id!r}")


class RuleExists(Conflict):
    """Another rule has the name."""

    slug = "routing-rule-exists"
    title = "The name is taken"


def all_rules(connection: Connection) -> list[Row]:
    """Every rule in the order in which they are asked, each with ``matches``: how many open cases it would take now."""
    found = rows(
        connection,
        "SELECT r.*, t.name AS team_name FROM routing_rule r JOIN team t USING (team_id) ORDER BY position, rule_id",
    )
    return [rule | {"matches": matches(connection, rule)} for rule in found]


def find_rule(connection: Connection, rule_id: str) -> Row:
    """A rule; raises ``UnknownRule``."""
    query = "SELECT r.*, t.name AS team_name FROM routing_rule r JOIN team t USING (team_id) WHERE rule_id = %(id)s"
    rule = first(connection, query, {"id": rule_id})
    if rule is None:
        raise UnknownRule(rule_id)
    return rule


def add_rule(connection: Connection, request: RuleRequest, *, actor: str, request_id: str | None = None) -> Row:
    """Write a new rule; raises ``UnknownTeam`` and ``RuleExists``."""
    rule_id = new_id()
    find_team(connection, request.team_id)
    values = _values(request, actor) | {"rule_id": rule_id}
    try:
        with connection.begin_nested():
            insert(connection, "routing_rule", values)
    except UniqueViolation as error:
        raise RuleExists(f"there is a rule {request.name!r} already") from error
    _tell(connection, "routing_rule_added", rule_id, {"new": values}, actor=actor, request_id=request_id)
    return find_rule(connection, rule_id)


def set_rule(
    connection: Connection, rule_id: str, request: RuleRequest, *, actor: str, request_id: str | None = None
) -> Row:
    """Change a rule; the audit log keeps what it was."""
    before = find_rule(connection, rule_id)
    find_team(connection, request.team_id)
    values = _values(request, actor)
    assignments = ", ".join(f"{name} = %({name})s" for name in values)
    statement = f"UPDATE routing_rule SET {assignments}, changed_at = clock_timestamp() WHERE rule_id = %(rule_id)s"  # noqa: S608 - our own column names
    try:
        with connection.begin_nested():
            change(connection, statement, values | {"rule_id": rule_id})
    except UniqueViolation as error:
        raise RuleExists(f"there is a rule {request.name!r} already") from error
    told = {"old": {name: before[name] for name in values}, "new": values}
    _tell(connection, "routing_rule_changed", rule_id, told, actor=actor, request_id=request_id)
    return find_rule(connection, rule_id)


def drop_rule(connection: Connection, rule_id: str, *, actor: str, why: str, request_id: str | None = None) -> None:
    """Delete a rule; the audit log keeps it."""
    before = find_rule(connection, rule_id)
    change(connection, "DELETE FROM routing_rule WHERE rule_id = %(id)s", {"id": rule_id})
    _tell(connection, "routing_rule_dropped", rule_id, {"old": before, "why": why}, actor=actor, request_id=request_id)


def apply_rules(connection: Connection, *, actor: str, why: str, request_id: str | None = None) -> int:
    """Place the open cases anew that nobody placed by hand or holds; how many changed teams."""
    # Naming the score again fires the trigger that places a case.
    statement = """
        WITH before AS (
            SELECT case_id, team_id FROM review_case
            WHERE state IN ('open', 'waiting') AND NOT placed_by_hand ORDER BY case_id FOR UPDATE
        ), placed AS (
            UPDATE review_case c SET score_id = c.score_id FROM before b WHERE c.case_id = b.case_id
            RETURNING c.team_id IS DISTINCT FROM b.team_id AS moved
        ) SELECT count(*) FILTER (WHERE moved) AS moved FROM placed
    """
    moved = int(only(connection, statement)["moved"])
    _tell(
        connection, "routing_rules_applied", "routing_rules", {"moved": moved, "why": why}, actor=actor,
        request_id=request_id,
    )  # fmt: skip
    return moved


def matches(connection: Connection, rule: dict[str, Any]) -> int:
    """How many open cases a rule, stored or not, is about now; counted up to ten thousand."""
    plain = {name: value for name, value in rule.items() if name not in ("changed_at", "team_name", "matches")}
    query = """
        SELECT count(*) AS cases FROM (
            SELECT FROM review_case c, jsonb_populate_record(NULL::routing_rule, %(rule)s::jsonb) r
            WHERE c.state IN ('open', 'claimed', 'waiting') AND routing_rule_matches(r, c) LIMIT %(most)s) found
    """
    document = orjson.dumps(plain, default=str).decode()
    return int(only(connection, query, {"rule": document, "most": MOST_COUNTED})["cases"])


def _values(request: RuleRequest, actor: str) -> dict[str, Any]:
    plain = {name: getattr(request, name) for name in RuleRequest.model_fields}
    for name in ("billing_method", "cause", "route"):
        plain[name] = None if plain[name] is None else plain[name].value
    if plain["skill"] is not None:
        plain["skill"] = plain["skill"].strip().lower()
    return plain | {"changed_by": actor}


def _tell(
    connection: Connection, action: str, rule_id: str, detail: dict[str, Any], *, actor: str, request_id: str | None
) -> None:
    audit.write(connection, action, actor=actor, subject=rule_id, detail=detail, request_id=request_id)
