"""The endpoint that Prometheus asks."""

from typing import Annotated

from fastapi import APIRouter, Depends, Response
from sqlalchemy.exc import SQLAlchemyError

from serving.api.dependencies import Authenticator, State
from serving.api.errors import ERRORS
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.observe.metrics import MEDIA_TYPE, exposition

router = APIRouter(tags=["health"], responses=ERRORS)
_TEXT = {"type": "string"}
_SHOWN = '# TYPE triage_requests_total counter\ntriage_requests_total{route="/v1/scores"} 12.0\n'
MetricsReader = Annotated[Principal, Depends(Authenticator(Scope.METRICS_READ))]


@router.get(
    "/metrics",
    summary="Metrics",
    response_class=Response,
    responses={
        200: {"description": "Prometheus' text format", "content": {"text/plain": {"schema": _TEXT, "example": _SHOWN}}}
    },
)
def read_metrics(state: State, principal: MetricsReader) -> Response:  # noqa: ARG001 - checked
    """What this process did, and what waits in the database: cases, jobs, callbacks."""
    try:
        with state.engine.connect() as connection:
            page = exposition(connection)
    except SQLAlchemyError:
        page = exposition(None)
    return Response(page, media_type=MEDIA_TYPE)
