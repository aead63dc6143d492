"""Teams, routing rules and saved views as sent and published."""

from datetime import datetime

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Text
from serving.contract.strict import Sent
from serving.contract.types import MoneyText, Published
from serving.sql import Row

_WHY = Field(min_length=1, max_length=4000, description="why; the audit log keeps it")
EXAMPLE_MEMBER: dict[str, JsonValue] = {
    "account_id": "019c6a3e-0000-7000-8000-000000000003", "name": "Rita Reviewer", "active": True,
    "skills": ["retainers"], "most_cases": 10, "assigned_cases": 3,
}  # fmt: skip
EXAMPLE_TEAM: dict[str, JsonValue] = {
    "team_id": "019c6a3e-0000-7000-8000-00000000000a", "name": "Key accounts", "auto_assign": True, "open_cases": 12,
    "members": [EXAMPLE_MEMBER], "created_at": "2026-02-10T12:00:00Z",
}  # fmt: skip
EXAMPLE_RULE: dict[str, JsonValue] = {
    "rule_id": "019c6a3e-0000-7000-8000-00000000000b", "position": 10, "name": "Large retainers",
    "team_id": "019c6a3e-0000-7000-8000-00000000000a", "team_name": "Key accounts", "skill": "retainers",
    "legal_entity_id": None, "client_id": None, "billing_method": "retainer", "cause": None, "control_id": None,
    "route": None, "amount_from": "50000", "amount_below": None, "active": True, "why": "new team",
    "changed_by": "019c6a3e-0000-7000-8000-000000000003", "changed_at": "2026-02-10T12:00:00Z",
}  # fmt: skip
EXAMPLE_VIEW: dict[str, JsonValue] = {
    "view_id": "019c6a3e-0000-7000-8000-00000000000c", "name": "Holds of Acme", "parameters": {"route": "hold"},
    "team_id": None, "team_name": None, "mine": True, "is_default": False, "created_at": "2026-02-10T12:00:00Z",
}  # fmt: skip


class TeamRequest(Sent):
    """A new team."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Key accounts", "why": "reorganised"}]})

    name: Text = Field(min_length=1, max_length=200, description="what people call it")
    why: Text = _WHY


class TeamChange(TeamRequest):
    """What a team shall be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Key accounts", "auto_assign": True, "why": "it grew"}]}
    )

    auto_assign: bool = Field(description="give its open cases to its members without being asked")


class MemberRequest(Sent):
    """A member as it shall be."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"skills": ["retainers"], "most_cases": 10, "why": "joined"}]}
    )

    skills: list[Text] = Field(default=[], max_length=50, description="what the person knows, in the words of rules")
    most_cases: int = Field(default=10, ge=0, le=1000, description="open cases that auto-assignment gives at once")
    why: Text = _WHY


class WhyOnly(Sent):
    """A reason."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "reorganised"}]})

    why: Text = _WHY


class MemberOut(Published):
    """A member of a team."""

    account_id: str = Field(description="the account")
    name: str = Field(description="whose it is")
    active: bool = Field(description="whether the person can log in")
    skills: list[str] = Field(description="what the person knows")
    most_cases: int = Field(description="open cases that auto-assignment gives at once")
    assigned_cases: int = Field(description="open cases assigned to the person now")


class TeamOut(Published):
    """A team."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_TEAM]})

    team_id: str = Field(description="id of the team")
    name: str = Field(description="its name")
    auto_assign: bool = Field(description="its open cases are given to its members without being asked")
    open_cases: int = Field(description="its open cases now")
    members: list[MemberOut] = Field(description="its members, by name")
    created_at: datetime = Field(description="when it was made")


class TeamsOut(Published):
    """All teams."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"teams": [EXAMPLE_TEAM]}]})

    teams: list[TeamOut] = Field(description="the teams, by name")


class RuleOut(Published):
    """A routing rule; null fields match everything."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_RULE]})

    rule_id: str = Field(description="id of the rule")
    position: int = Field(description="smaller goes first")
    name: str = Field(description="its name")
    team_id: str = Field(description="the team that gets the case")
    team_name: str = Field(description="its name")
    skill: str | None = Field(description="what its reviewer must know")
    legal_entity_id: str | None = Field(description="only of this legal entity")
    client_id: str | None = Field(description="only of this client")
    billing_method: str | None = Field(description="only invoices billed in this way")
    cause: str | None = Field(description="only where a control with this cause fired")
    control_id: str | None = Field(description="only where this control fired")
    route: str | None = Field(description="only this route")
    amount_from: MoneyText | None = Field(description="from this amount, group currency")
    amount_below: MoneyText | None = Field(description="below this amount, group currency")
    active: bool = Field(description="false: kept, but passed over")
    why: str = Field(description="why it is as it is")
    changed_by: str = Field(description="who wrote it last")
    changed_at: datetime = Field(description="when")


class RulesOut(Published):
    """All routing rules."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"rules": [EXAMPLE_RULE]}]})

    rules: list[RuleOut] = Field(description="the rules, in the order in which they are asked")


class RulePreviewOut(Published):
    """What a rule would be about."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"matches": 120}]})

    matches: int = Field(description="open cases that it matches now, counted up to 10,000")


class AppliedOut(Published):
    """What placing the open cases anew did."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"moved": 12}]})

    moved: int = Field(description="cases that changed teams")


class ViewRequest(Sent):
    """A view to keep."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"name": "Holds", "parameters": {"route": "hold"}}]})

    name: Text = Field(min_length=1, max_length=100, description="what people call it")
    parameters: dict[str, Text] = Field(
        min_length=1, max_length=30, description="parameters of the queue page's address"
    )
    team_id: Text | None = Field(default=None, max_length=200, description="share it with a team of yours")


class ViewOut(Published):
    """A saved view of the queue."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_VIEW]})

    view_id: str = Field(description="id of the view")
    name: str = Field(description="its name")
    parameters: dict[str, str] = Field(description="parameters of the queue page's address")
    team_id: str | None = Field(description="the team it is shared with")
    team_name: str | None = Field(description="its name")
    mine: bool = Field(description="the caller made it")
    is_default: bool = Field(description="the caller's queue opens with it")
    created_at: datetime = Field(description="when it was made")


class ViewsOut(Published):
    """The caller's views."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"views": [EXAMPLE_VIEW]}]})

    views: list[ViewOut] = Field(description="own views and those shared with the caller's teams, by name")


def team_out(row: Row) -> TeamOut:
    """The published form of a team."""
    return TeamOut.model_validate(row)


def rule_out(row: Row) -> RuleOut:
    """The published form of a rule."""
    return RuleOut.model_validate(row)


def view_out(row: Row) -> ViewOut:
    """The published form of a view."""
    return ViewOut.model_validate(row)
