"""Endpoints of accounts and keys, for administrators."""

from collections.abc import Callable
from datetime import timedelta

from fastapi import APIRouter, Response
from pydantic import BaseModel

from serving.api.dependencies import AccountAdmin, PathId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import REPLAYED, AccountWrite, Write
from serving.auth import administration, service
from serving.auth.schemas import (
    AccountOut,
    AccountRequest,
    AccountsOut,
    KeyMadeOut,
    KeyOut,
    KeyRequest,
    KeysOut,
    RolesRequest,
    RotationRequest,
    key_made,
)
from serving.contract.strict import StrictRoute

router = APIRouter(prefix="/v1", tags=["accounts"], responses=ERRORS, route_class=StrictRoute)


def _told_once(write: Write, body: BaseModel, make: Callable[[], str], *, status: int) -> Response:
    """An answer with a new secret; what is kept for a repetition has none."""
    made: list[str] = []

    def without_secret() -> KeyMadeOut:
        made.append(make())
        return key_made(administration.key(write.connection, made[0].split("_")[1]), None)

    response = write.once(body, without_secret, status=status)
    if response.headers.get(REPLAYED):
        return response
    told = key_made(administration.key(write.connection, made[0].split("_")[1]), made[0])
    return Response(told.model_dump_json(), status, media_type="application/json")


@router.get("/keys", summary="Every API key")
def list_keys(connection: Transaction, principal: AccountAdmin) -> KeysOut:  # noqa: ARG001 - checked
    """Keys without their secrets, newest first."""
    return KeysOut(keys=[KeyOut.model_validate(row) for row in administration.keys(connection)])


@router.post("/keys", status_code=201, response_model=KeyMadeOut, summary="Make an API key")
def create_key(body: KeyRequest, write: AccountWrite) -> Response:
    """Make a key for a machine; its secret is told once. No key decides cases or administers."""

    def make() -> str:
        valid = timedelta(days=body.valid_days)
        return service.create_key(
            write.connection,
            body.name,
            body.scopes,
            actor=write.principal.principal_id,
            valid=valid,
            sandbox=body.kind == "test",
        )

    return _told_once(write, body, make, status=201)


@router.post("/keys/{key_id}/rotation", response_model=KeyMadeOut, summary="Change a key's secret")
def rotate_key(key_id: PathId, body: RotationRequest, write: AccountWrite) -> Response:
    """A new secret under the same id; the old one is taken for the overlap, so that no request fails meanwhile."""
    overlap, valid = timedelta(hours=body.overlap_hours), timedelta(days=body.valid_days)

    def make() -> str:
        return administration.rotate_key(write.connection, key_id, overlap=overlap, valid=valid, by=write.principal)

    response = _told_once(write, body, make, status=200)
    write.state.keys.forget(key_id)
    return response


@router.post("/keys/{key_id}/revoke", response_model=KeyOut, summary="Revoke a key")
def revoke_key(key_id: PathId, write: AccountWrite) -> Response:
    """Make a key useless within seconds; revoking it again changes nothing."""

    def make() -> KeyOut:
        administration.key(write.connection, key_id)
        service.revoke_key(write.connection, key_id, actor=write.principal.principal_id)
        return KeyOut.model_validate(administration.key(write.connection, key_id))

    response = write.once(None, make)
    write.state.keys.forget(key_id)
    return response


@router.get("/accounts", summary="Every account")
def list_accounts(connection: Transaction, principal: AccountAdmin) -> AccountsOut:  # noqa: ARG001 - checked
    """Accounts by login name."""
    return AccountsOut(accounts=[AccountOut.model_validate(row) for row in administration.accounts(connection)])


@router.post("/accounts", status_code=201, response_model=AccountOut, summary="Make an account")
def create_account(body: AccountRequest, write: AccountWrite) -> Response:
    """Make an account for a person."""

    def make() -> AccountOut:
        administration.refuse_both(body.roles)
        administration.refuse_taken(write.connection, body.login)
        new = service.NewAccount(body.login, body.name, body.password, tuple(body.roles), body.resource_id)
        account_id = service.create_account(write.connection, new, actor=write.principal.principal_id)
        return _account(write, account_id)

    return write.once(body, make, status=201)


@router.put("/accounts/{account_id}/roles", response_model=AccountOut, summary="Change an account's roles")
def change_roles(account_id: PathId, body: RolesRequest, write: AccountWrite) -> Response:
    """Give an account other roles; they hold from its next request on."""

    def make() -> AccountOut:
        administration.set_roles(write.connection, account_id, body.roles, by=write.principal, why=body.why)
        return _account(write, account_id)

    return write.once(body, make)


@router.post("/accounts/{account_id}/deactivate", response_model=AccountOut, summary="Deactivate an account")
def deactivate_account(account_id: PathId, write: AccountWrite) -> Response:
    """Let nobody log in with it; sessions end at once. Nobody deactivates their own."""

    def make() -> AccountOut:
        administration.deactivate(write.connection, account_id, by=write.principal)
        return _account(write, account_id)

    response = write.once(None, make)
    write.state.keys.forget(account_id)
    return response


def _account(write: Write, account_id: str) -> AccountOut:
    return AccountOut.model_validate(administration.account(write.connection, account_id))
