"""Endpoints that show the models: what is loaded, what is guaranteed of it, and what was live when."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import ModelReader, State, Transaction
from serving.api.errors import ERRORS
from serving.contract.types import LARGEST
from serving.model_schemas import (
    CertificatesOut,
    DeploymentPageOut,
    ModelsOut,
    certificates_out,
    deployment_out,
    models_out,
)
from serving.sql import rows

router = APIRouter(prefix="/v1", tags=["models"], responses=ERRORS)

_DEPLOYMENTS = """
SELECT deployment_id, deployed_at, action, risk, version, digest, previous_version, gates, who, why
FROM deployment LEFT JOIN deployment_outcome USING (deployment_id)
WHERE deployment_id < %(before)s AND (%(risk)s::text IS NULL OR risk = %(risk)s)
    AND outcome IS DISTINCT FROM 'abandoned'
ORDER BY deployment_id DESC LIMIT %(limit)s
"""


class DeploymentQuery(BaseModel):
    """Which moves of champions, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    risk: str | None = Field(default=None, pattern="^[a-z]{1,40}$", description="only one risk")
    cursor: int = Field(default=LARGEST, ge=1, le=LARGEST, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=500, description="rows of a page")


@router.get("/models", summary="The models in force")
def list_models(state: State, principal: ModelReader) -> ModelsOut:  # noqa: ARG001 - checked
    """What is loaded, with digests and what training noted."""
    return models_out(state.models.current() is not None, state.models.describe())


@router.get("/certificates", summary="What is guaranteed")
def list_certificates(state: State, principal: ModelReader) -> CertificatesOut:  # noqa: ARG001 - checked
    """The certificate of the champion in force: tolerances, confidence, and a threshold per segment."""
    return certificates_out(state.models.current())


@router.get("/deployments", summary="What was live when")
def list_deployments(
    connection: Transaction,
    principal: ModelReader,  # noqa: ARG001 - checked
    query: Annotated[DeploymentQuery, Query()],
) -> DeploymentPageOut:
    """Every move of a champion, newest first, with who and why; the ledger of deployments is append-only."""
    parameters = {"before": query.cursor, "risk": query.risk, "limit": query.limit + 1}
    found = [deployment_out(row) for row in rows(connection, _DEPLOYMENTS, parameters)]
    page = found[: query.limit]
    return DeploymentPageOut(deployments=page, next_cursor=page[-1].deployment_id if len(found) > len(page) else None)
