"""Saved views of the queue: keep one, open the queue with it, delete it."""

from typing import Annotated
from urllib.parse import parse_qsl

from fastapi import APIRouter, Form, Response
from fastapi.responses import HTMLResponse
from pydantic import ValidationError

from serving.api.dependencies import CaseReader, PathId, Transaction
from serving.problems import Problem
from serving.queue.saved_views import drop_view, find_view, save_view, set_default
from serving.web.access import see_other
from serving.web.presenters.queue import link
from serving.web.presenters.queue_filters import QueueQuery

router = APIRouter(prefix="/queue/views", include_in_schema=False, default_response_class=HTMLResponse)


@router.post("")
def keep(
    connection: Transaction,
    principal: CaseReader,
    name: Annotated[str, Form(max_length=100)] = "",
    query: Annotated[str, Form(max_length=4000)] = "",
    team: Annotated[str, Form(max_length=200)] = "",
) -> Response:
    """Keep what the list is narrowed to under a name."""
    try:
        parameters = QueueQuery.model_validate(dict(parse_qsl(query))).parameters()
    except ValidationError:
        return see_other("/queue", bad="That is no view of the queue.")
    title = name.replace("\x00", "").strip()
    if not title or not parameters:
        return see_other(link(parameters), bad="A view needs a name, and something that it is narrowed to.")
    try:
        with connection.begin_nested():
            save_view(connection, title, parameters, principal=principal, team_id=team or None)
    except Problem as refused:
        return see_other(link(parameters), bad=f"{refused.title}: {refused.detail}.")
    return see_other(link(parameters), good=f"The view “{title}” is kept.")


@router.post("/{view_id}")
def change(
    view_id: PathId,
    connection: Transaction,
    principal: CaseReader,
    do: Annotated[str, Form(pattern="^(first|plain|drop)$")] = "first",
) -> Response:
    """Open the queue with a view, stop doing so, or delete it."""
    view = find_view(connection, view_id, principal)
    if do == "drop":
        drop_view(connection, view_id, principal)
        return see_other("/queue?order=priority", good=f"The view “{view['name']}” is deleted.")
    set_default(connection, view_id if do == "first" else None, principal)
    said = f"The queue opens with “{view['name']}”." if do == "first" else "The queue opens with all open cases."
    return see_other(link(view["parameters"]), good=said)
