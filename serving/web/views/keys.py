"""One API key, for administrators: its limits, a new secret, its end."""

from dataclasses import dataclass
from datetime import timedelta
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import AccountAdmin, PathId, State, Transaction
from serving.auth import administration, service
from serving.auth.schemas import LimitsRequest
from serving.limits.allowance import Allowance
from serving.problems import Problem
from serving.sql import Row
from serving.web.access import see_other
from serving.web.attempt import TypedForm, attempt
from serving.web.reads.names import account_names
from serving.web.render import render

router = APIRouter(prefix="/admin/keys", include_in_schema=False, default_response_class=HTMLResponse)


@dataclass(frozen=True)
class KeyPage:
    """Context of ``key.html``.

    Attributes:
        secret: a secret that was just made; shown this once.
        created_by: the person who made the key.
    """

    key: Row
    created_by: str
    secret: str = ""


def _place(key_id: str) -> str:
    return f"/admin/keys/{key_id}"


@router.get("/{key_id}")
def read_key(key_id: PathId, request: Request, connection: Transaction, principal: AccountAdmin) -> Response:
    """What a key may do, how it is used, and what can be changed."""
    found = administration.key(connection, key_id)
    return render(request, "key.html", KeyPage(found, _maker(connection, found)), principal=principal)


def _maker(connection: Transaction, found: Row) -> str:
    maker: str = found["created_by"]
    return account_names(connection, [maker]).get(maker, maker)


@router.post("/{key_id}/rotation")
def rotate_key(
    key_id: PathId,
    request: Request,
    state: State,
    connection: Transaction,
    principal: AccountAdmin,
    overlap_hours: Annotated[int, Form(ge=0, le=168)] = 24,
    valid_days: Annotated[int, Form(ge=1, le=366)] = 90,
) -> Response:
    """A new secret, shown this once; the old one is taken for the overlap."""
    overlap, valid = timedelta(hours=overlap_hours), timedelta(days=valid_days)
    try:
        with connection.begin_nested():
            secret = administration.rotate_key(connection, key_id, overlap=overlap, valid=valid, by=principal)
    except administration.KeyRevoked as refused:
        return see_other(_place(key_id), bad=f"{refused.title}: {refused.detail}.")
    state.keys.forget(key_id)
    found = administration.key(connection, key_id)
    return render(request, "key.html", KeyPage(found, _maker(connection, found), secret), principal=principal)


@router.post("/{key_id}/limits")
def limit_key(key_id: PathId, connection: Transaction, principal: AccountAdmin, typed: TypedForm) -> Response:
    """Limits of its own; an empty field is the general limit."""
    try:
        allowance = _allowance(typed)
    except ValueError:
        return see_other(_place(key_id), bad="Enter a number above 0, or nothing for the general limit.")
    good = "The limits are changed; they hold within two seconds."

    def work() -> None:
        administration.limit_key(connection, key_id, allowance, by=principal)

    return attempt(connection, _place(key_id), work, good=good)


def _allowance(typed: dict[str, str]) -> Allowance:
    sent = {name: typed.get(name) or None for name in LimitsRequest.model_fields}
    asked = LimitsRequest.model_validate(sent)  # a validation error is a ValueError
    return Allowance(asked.requests_per_second, asked.requests_per_day)


@router.post("/{key_id}/revoke")
def revoke_key(
    key_id: PathId,
    state: State,
    connection: Transaction,
    principal: AccountAdmin,
    sure: Annotated[str, Form(max_length=10)] = "",
) -> Response:
    """Make a key useless within seconds; whoever asks has to say that they are sure."""
    if sure != "yes":
        return see_other(_place(key_id), bad="Nothing was changed: tick the box to say that you are sure.")
    try:
        administration.key(connection, key_id)
    except Problem as refused:
        return see_other("/admin", bad=f"{refused.title}: {refused.detail}.")
    revoked = service.revoke_key(connection, key_id, actor=principal.principal_id)
    state.keys.forget(key_id)
    if revoked:
        return see_other("/admin", good="The key is revoked and opens nothing from now on.")
    return see_other("/admin", bad="That key was not in use any more.")
