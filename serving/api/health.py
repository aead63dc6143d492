"""Endpoints for whoever keeps the service running."""

from typing import Literal

from fastapi import APIRouter
from pydantic import ConfigDict, Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from serving.api.dependencies import State
from serving.api.errors import errors
from serving.contract.types import Published
from serving.problems import Unavailable

router = APIRouter(tags=["health"], responses=errors(405, 406, 413, 415, 500))


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
def read_health() -> HealthOut:
    """The process answers."""
    return HealthOut()


@router.get("/readyz", summary="Ready", responses=errors(503))
def read_readiness(state: State) -> ReadyOut:
    """The database answers and the rules are loaded."""
    try:
        with state.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Unavailable("the database does not answer") from error
    models = state.models.current() is not None
    return ReadyOut(controls=state.controls.version, policy=state.policy.version, models=models)
