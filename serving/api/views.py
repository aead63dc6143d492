"""Endpoints of saved views of the queue: one's own, and those of one's teams."""

from fastapi import APIRouter, Response
from pydantic import ValidationError

from serving.api.dependencies import CaseReader, PathId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import ReadWrite
from serving.contract.strict import StrictRoute
from serving.problems import Invalid
from serving.queue.saved_views import drop_view, find_view, save_view, set_default, views_of
from serving.queue.team_schemas import ViewOut, ViewRequest, ViewsOut, view_out
from serving.web.presenters.queue_filters import QueueQuery

router = APIRouter(prefix="/v1/views", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


@router.get("", summary="Saved views")
def list_views(connection: Transaction, principal: CaseReader) -> ViewsOut:
    """The caller's own views and those shared with the caller's teams."""
    return ViewsOut(views=[view_out(view) for view in views_of(connection, principal)])


@router.post("", status_code=201, response_model=ViewOut, summary="Save a view")
def keep_view(body: ViewRequest, write: ReadWrite) -> Response:
    """Keep a view of the queue under a name, alone or for a team."""

    def make() -> ViewOut:
        view = save_view(
            write.connection, body.name, _checked(body.parameters), principal=write.principal, team_id=body.team_id
        )
        return view_out(view)

    return write.once(body, make, status=201)


def _checked(parameters: dict[str, str]) -> dict[str, str]:
    """The parameters that mean something to the queue; raises ``Invalid`` for a value that does not."""
    try:
        kept = QueueQuery.model_validate(parameters).parameters()
    except ValidationError as error:
        place = str(error.errors()[0]["loc"][0])
        raise Invalid.at(f"/parameters/{place}", error.errors()[0]["msg"]) from error
    if not kept:
        raise Invalid.at("/parameters", "narrow the queue to nothing")
    return kept


@router.delete("/{view_id}", status_code=204, summary="Delete a view")
def delete_view(view_id: PathId, write: ReadWrite) -> Response:
    """Delete one of the caller's own views."""
    return write.once(None, lambda: drop_view(write.connection, view_id, write.principal))


@router.post("/{view_id}/default", response_model=ViewOut, summary="Open the queue with a view")
def open_with(view_id: PathId, write: ReadWrite) -> Response:
    """Open the caller's queue page with this view from now on."""

    def make() -> ViewOut:
        set_default(write.connection, view_id, write.principal)
        return view_out(find_view(write.connection, view_id, write.principal))

    return write.once(None, make)
