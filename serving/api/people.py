"""Endpoints of what administrators change of a person's account beside its roles."""

from collections.abc import Callable

from fastapi import APIRouter, Response
from pydantic import BaseModel

from serving.api.dependencies import PathId
from serving.api.errors import ERRORS
from serving.api.writes import AccountWrite, Write
from serving.auth import administration, people
from serving.auth.people import Described
from serving.auth.schemas import AccountOut, DescriptionRequest, PasswordRequest, ReasonRequest
from serving.contract.strict import StrictRoute

router = APIRouter(prefix="/v1/accounts", tags=["accounts"], responses=ERRORS, route_class=StrictRoute)


def _changed(write: Write, account_id: str, body: BaseModel, work: Callable[[], object]) -> Response:
    """Do it once and answer with the account as it is then; cached logins are forgotten."""

    def make() -> AccountOut:
        work()
        return AccountOut.model_validate(administration.account(write.connection, account_id))

    response = write.once(body, make)
    write.state.keys.forget(account_id)
    return response


@router.put("/{account_id}", response_model=AccountOut, summary="Change a person's name or ledger id")
def describe_account(account_id: PathId, body: DescriptionRequest, write: AccountWrite) -> Response:
    """Segregation of duties compares the ledger id from the next request on."""
    described = Described(body.name, body.resource_id)
    return _changed(
        write,
        account_id,
        body,
        lambda: people.describe(write.connection, account_id, described, by=write.principal, why=body.why),
    )


@router.post("/{account_id}/reactivate", response_model=AccountOut, summary="Reactivate an account")
def reactivate_account(account_id: PathId, body: ReasonRequest, write: AccountWrite) -> Response:
    """Let the person log in again; sessions of before stay ended."""
    return _changed(
        write,
        account_id,
        body,
        lambda: people.reactivate(write.connection, account_id, by=write.principal, why=body.why),
    )


@router.post("/{account_id}/password", response_model=AccountOut, summary="Reset a password")
def reset_password(account_id: PathId, body: PasswordRequest, write: AccountWrite) -> Response:
    """Give the person another password; their sessions end."""
    return _changed(
        write,
        account_id,
        body,
        lambda: people.reset_password(write.connection, account_id, body.password, by=write.principal, why=body.why),
    )


@router.post("/{account_id}/sessions/end", response_model=AccountOut, summary="End a person's sessions")
def end_account_sessions(account_id: PathId, body: ReasonRequest, write: AccountWrite) -> Response:
    """Log the person out everywhere."""
    return _changed(
        write,
        account_id,
        body,
        lambda: administration.end_sessions(write.connection, account_id, by=write.principal, why=body.why),
    )
