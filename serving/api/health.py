"""Endpoints for whoever keeps the service running."""

from typing import Literal

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from pydantic import ConfigDict, Field

from serving.api.dependencies import State
from serving.api.errors import errors
from serving.contract.types import Published
from serving.overload.budget import answers
from serving.problems import Unavailable
from serving.state import ServingState

router = APIRouter(tags=["health"], responses=errors(405, 406, 413, 415, 500))


# Threads of requests may all be waiting for the very database that is asked after.
_OWN_THREADS = CapacityLimiter(2)


class HealthOut(Published):
    """The process is alive."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"status": "ok"}]})

    status: Literal["ok"] = Field(default="ok", description="the process answers")


class ReadyOut(Published):
    """The process can score."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {"status": "ready", "controls": "controls-1-4bf1a2", "policy": "policy-1-0a1b2c", "models": True}
            ]
        }
    )

    status: Literal["ready"] = Field(default="ready", description="the process can score")
    controls: str = Field(description="version of the controls in force")
    policy: str = Field(description="version of the policy in force")
    models: bool = Field(description="whether models speak; without them everything is reviewed")


@router.get("/healthz", summary="Alive")
async def read_health() -> HealthOut:
    """The process answers."""
    return HealthOut()


@router.get("/readyz", summary="Ready", responses=errors(503))
async def read_readiness(state: State) -> ReadyOut:
    """The database answers, the rules are loaded, and the process is not about to end."""
    if state.drain.begun:
        raise Unavailable("this process is about to end")
    return await to_thread.run_sync(_look, state, limiter=_OWN_THREADS)


def _look(state: ServingState) -> ReadyOut:
    """All of it in a thread: rules and models are looked up too, and whoever asks for health must not wait for that."""
    if not answers(state.engine):
        raise Unavailable("the database does not answer")
    models = state.models.current() is not None
    return ReadyOut(controls=state.controls.version, policy=state.policy.version, models=models)
