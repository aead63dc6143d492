"""Endpoints that show what decides: policy and models; and the audit log's verification."""

from typing import Any

from fastapi import APIRouter
from pydantic import BaseModel, Field

from serving import audit
from serving.api.dependencies import AuditReader, ModelReader, RuleReader, State, Transaction
from serving.api.errors import ERRORS

router = APIRouter(prefix="/v1", tags=["rules"], responses=ERRORS)


class PolicyOut(BaseModel):
    """The policy in force."""

    version: str
    policy: dict[str, Any]


class ModelsOut(BaseModel):
    """The models in force."""

    available: bool = Field(description="whether any model speaks; without one everything is reviewed")
    models: list[dict[str, Any]]


class BreakOut(BaseModel):
    """A place where the audit chain does not hold."""

    stream: int
    position: int
    reason: str


class AuditOut(BaseModel):
    """What a verification of the audit log found."""

    holds: bool
    entries: int
    breaks: list[BreakOut]
    heads: dict[int, str] = Field(description="stream → digest of its last entry; keep them to prove later changes")


@router.get("/policy", summary="The policy in force")
def read_policy(state: State, principal: RuleReader) -> PolicyOut:  # noqa: ARG001 - checked
    """Limits, sampling and service levels."""
    return PolicyOut(version=state.policy.version, policy=state.policy.content)


@router.get("/models", summary="The models in force")
def read_models(state: State, principal: ModelReader) -> ModelsOut:  # noqa: ARG001 - checked
    """What is loaded, with digests."""
    return ModelsOut(available=state.models.current() is not None, models=state.models.describe())


@router.get("/audit/verification", summary="Verify the audit log")
def verify_audit(connection: Transaction, principal: AuditReader) -> AuditOut:  # noqa: ARG001 - checked
    """Recompute the whole chain."""
    found = audit.verify(connection)
    breaks = [BreakOut(stream=b.stream, position=b.position, reason=b.reason) for b in found.breaks]
    return AuditOut(holds=found.holds, entries=found.entries, breaks=breaks, heads=found.heads)
