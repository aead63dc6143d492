"""Endpoints for whoever keeps the service running."""

from fastapi import APIRouter
from pydantic import BaseModel, Field
from sqlalchemy import text
from sqlalchemy.exc import SQLAlchemyError

from serving.api.dependencies import State
from serving.problems import ProblemDocument, Unavailable

router = APIRouter(tags=["health"])


class HealthOut(BaseModel):
    """The process is alive."""

    status: str = "ok"


class ReadyOut(BaseModel):
    """The process can score."""

    status: str = "ready"
    controls: str = Field(description="version of the controls in force")
    policy: str = Field(description="version of the policy in force")
    models: bool = Field(description="whether models speak; without them everything is reviewed")


@router.get("/healthz", summary="Alive")
def health() -> HealthOut:
    """The process answers."""
    return HealthOut()


@router.get("/readyz", summary="Ready", responses={503: {"model": ProblemDocument}})
def ready(state: State) -> ReadyOut:
    """The database answers and the rules are loaded."""
    try:
        with state.engine.connect() as connection:
            connection.execute(text("SELECT 1"))
    except SQLAlchemyError as error:
        raise Unavailable("the database does not answer") from error
    models = state.models.current() is not None
    return ReadyOut(controls=state.controls.version, policy=state.policy.version, models=models)
