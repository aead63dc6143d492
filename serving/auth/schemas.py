"""Accounts and keys, as published."""

from datetime import datetime
from typing import Annotated, Literal

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Id, Text
from serving.auth.scopes import Role, Scope
from serving.contract.strict import Sent
from serving.contract.types import Published, open_words
from serving.sql import Row

EXAMPLE_KEY: dict[str, JsonValue] = {
    "key_id": "4f2a90c1d3e5", "name": "billing engine", "kind": "live", "scopes": ["scores:write"], "state": "live",
    "created_by": "019c6a3e-0000-7000-8000-000000000007", "created_at": "2026-02-10T12:00:00Z",
    "expires_at": "2026-05-11T12:00:00Z", "revoked_at": None, "rotated_at": None, "previous_until": None,
    "last_used_at": None, "requests_per_second": None, "requests_per_day": 50000, "requests_today": 1204,
}  # fmt: skip
EXAMPLE_ACCOUNT: dict[str, JsonValue] = {
    "account_id": "019c6a3e-0000-7000-8000-000000000003", "login": "rita", "name": "Rita Reviewer",
    "roles": ["reviewer"], "resource_id": "R-12", "active": True,
    "created_at": "2026-01-05T09:00:00Z",
}  # fmt: skip
KnownScope = Annotated[Scope, open_words(Scope)]
KnownRole = Annotated[Role, open_words(Role)]
Days = Field(default=90, ge=1, le=3650, description="days until the key expires")


class KeyRequest(Sent):
    """A new key."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "billing engine", "scopes": ["scores:write", "scores:read"]}]}
    )

    name: Text = Field(min_length=1, max_length=200, description="what the key is for")
    scopes: list[Scope] = Field(min_length=1, max_length=50, description="what it may do")
    valid_days: int = Days
    kind: Literal["live", "test"] = Field(
        default="live", description="test: it reaches the sandbox alone, whose invoice ids and outcomes are documented"
    )


class RotationRequest(Sent):
    """A new secret for a key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"overlap_hours": 24}]})

    overlap_hours: int = Field(default=24, ge=0, le=168, description="hours in which the old secret is taken as well")
    valid_days: int = Days


class LimitsRequest(Sent):
    """How much a key may ask."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"requests_per_second": 50, "requests_per_day": 100000}]})

    requests_per_second: float | None = Field(
        default=None, ge=0.01, le=1e6, description="null: the general limit of TRIAGE_KEY_REQUESTS_PER_SECOND, if any"
    )
    requests_per_day: int | None = Field(
        default=None, ge=1, le=10**12, description="null: the general limit of TRIAGE_KEY_REQUESTS_PER_DAY, if any"
    )


class KeyOut(Published):
    """A key, without its secret."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_KEY]})

    key_id: str = Field(description="public part of the key")
    name: str = Field(description="what it is for")
    kind: Literal["live", "test"] = Field(description="test: it reaches the sandbox alone")
    scopes: list[KnownScope] = Field(description="what it may do")
    state: Literal["live", "expired", "revoked"] = Field(description="whether it is taken")
    created_by: str = Field(description="who made it")
    created_at: datetime = Field(description="when it was made")
    expires_at: datetime = Field(description="until when it is taken")
    revoked_at: datetime | None = Field(description="when it was revoked")
    rotated_at: datetime | None = Field(description="when its secret was changed last")
    previous_until: datetime | None = Field(description="until when the secret before that is taken as well")
    last_used_at: datetime | None = Field(description="when it was used last, to the hour")
    requests_per_second: float | None = Field(description="limit of this key alone; null: the general one")
    requests_per_day: int | None = Field(description="limit of this key alone; null: the general one")
    requests_today: int = Field(description="requests since midnight UTC, counted while a limit holds")


class KeyMadeOut(KeyOut):
    """A key with its secret, which is told once."""

    model_config = ConfigDict(json_schema_extra={"examples": [{**EXAMPLE_KEY, "key": "triage_4f2a90c1d3e5_c2VjcmV0"}]})

    key: str | None = Field(description="send it as Bearer; kept nowhere, so null in a repeated answer")


class KeysOut(Published):
    """Every key."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"keys": [EXAMPLE_KEY]}]})

    keys: list[KeyOut] = Field(description="newest first")


Roles = Annotated[list[Role], Field(min_length=1, max_length=10)]


class AccountRequest(Sent):
    """A new account."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"login": "rita", "name": "Rita Reviewer", "password": "correct horse battery", "roles": ["reviewer"]}
            ]
        }
    )

    login: Id = Field(description="login name")
    name: Text = Field(min_length=1, max_length=200, description="name of the person")
    password: Text = Field(min_length=12, max_length=1000, description="first password")
    roles: Roles = Field(description="what the person is for; nobody both administers accounts and decides cases")
    resource_id: Id | None = Field(default=None, description="who this is in the ledger; duties are separated by it")


class RolesRequest(Sent):
    """Other roles of an account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"roles": ["senior_reviewer"]}]})

    roles: Roles = Field(description="what the person is for from now on")
    why: Text | None = Field(default=None, min_length=3, max_length=1000, description="why, for the record")


class DescriptionRequest(Sent):
    """Another name or ledger id of a person."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"name": "Rita Reviewer", "resource_id": "R-12", "why": "married"}]}
    )

    name: Text = Field(min_length=1, max_length=200, description="name of the person")
    resource_id: Id | None = Field(default=None, description="who this is in the ledger; null: nobody")
    why: Text = Field(min_length=3, max_length=1000, description="why, for the record")


class PasswordRequest(Sent):
    """Another password of a person."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"password": "battery staple correct", "why": "forgotten"}]}
    )

    password: Text = Field(min_length=12, max_length=1000, description="the new password")
    why: Text = Field(min_length=3, max_length=1000, description="why, for the record")


class ReasonRequest(Sent):
    """A change of an account, and why."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"why": "left the firm, came back"}]})

    why: Text = Field(min_length=3, max_length=1000, description="why, for the record")


class AccountOut(Published):
    """An account, without its password."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_ACCOUNT]})

    account_id: str = Field(description="id of the account")
    login: str = Field(description="login name")
    name: str = Field(description="name of the person")
    roles: list[KnownRole] = Field(description="what the person is for")
    resource_id: str | None = Field(description="who this is in the ledger")
    active: bool = Field(description="the person may log in")
    last_login_at: datetime | None = Field(default=None, description="when the person logged in last, in a browser")
    sessions: int = Field(default=0, description="sessions that are open")
    teams: list[str] = Field(default=[], description="names of the teams the person is in")
    created_at: datetime = Field(description="when it was made")


class AccountsOut(Published):
    """Every account."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"accounts": [EXAMPLE_ACCOUNT]}]})

    accounts: list[AccountOut] = Field(description="by login name")


def key_made(row: Row, key: str | None) -> KeyMadeOut:
    """The published form of a key whose secret is told."""
    return KeyMadeOut.model_validate({**row, "key": key})
