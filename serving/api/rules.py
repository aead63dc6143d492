"""Endpoints that show the policy in every version that decided."""

from datetime import datetime

from fastapi import APIRouter
from pydantic import ConfigDict, Field, JsonValue

from serving.api.dependencies import PathId, RuleReader, State, Transaction
from serving.api.errors import ERRORS
from serving.contract.types import Published
from serving.problems import NotFound
from serving.sql import first, rows

router = APIRouter(prefix="/v1", tags=["rules"], responses=ERRORS)

EXAMPLE_VERSION: dict[str, JsonValue] = {
    "version": "policy-1-0a1b2c3d4e5f", "first_used_at": "2026-01-05T09:00:00Z",
}  # fmt: skip


class PolicyOut(Published):
    """A version of the policy."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"version": "policy-1-0a1b2c3d4e5f", "policy": {"number": 1, "alpha": 0.05}}]}
    )

    version: str = Field(description="number and digest of the content")
    policy: dict[str, JsonValue] = Field(description="limits, sampling and service levels, as in the policy file")


class PolicyVersionOut(Published):
    """A version of the policy that decided."""

    version: str = Field(description="number and digest of the content")
    first_used_at: datetime = Field(description="when it was in force first")


class PolicyVersionsOut(Published):
    """Every version of the policy that ever decided."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"current": "policy-1-0a1b2c3d4e5f", "policies": [EXAMPLE_VERSION]}]}
    )

    current: str = Field(description="the version in force")
    policies: list[PolicyVersionOut] = Field(description="newest first")


@router.get("/policy", summary="The policy in force")
def read_policy(state: State, principal: RuleReader) -> PolicyOut:  # noqa: ARG001 - checked
    """Limits, sampling and service levels."""
    return PolicyOut(version=state.policy.version, policy=state.policy.content)


@router.get("/policies", summary="Every policy that decided")
def list_policies(state: State, connection: Transaction, principal: RuleReader) -> PolicyVersionsOut:  # noqa: ARG001 - checked
    """The versions of the policy that scores name, newest first."""
    query = "SELECT version, first_used_at FROM rule_set WHERE kind = 'policy' ORDER BY first_used_at DESC, version"
    found = [PolicyVersionOut.model_validate(row) for row in rows(connection, query)]
    return PolicyVersionsOut(current=state.policy.version, policies=found)


@router.get("/policies/{version}", summary="A policy that decided")
def read_policy_version(
    version: PathId,
    connection: Transaction,
    principal: RuleReader,  # noqa: ARG001 - checked
) -> PolicyOut:
    """A version of the policy as it was."""
    query = "SELECT version, content AS policy FROM rule_set WHERE kind = 'policy' AND version = %(version)s"
    row = first(connection, query, {"version": version})
    if row is None:
        raise NotFound(f"no policy {version!r} ever decided")
    return PolicyOut.model_validate(row)
