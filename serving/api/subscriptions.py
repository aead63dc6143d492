"""Endpoints of standing subscriptions: every case and run of a kind, told to one URL until it is ended."""

from typing import Annotated

from fastapi import APIRouter, Query, Response
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import CaseReader, PathId, PlainId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import ReadWrite
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.callbacks import standing
from serving.callbacks.schemas import SubscriptionOut, SubscriptionRequest, SubscriptionsOut, subscription_out
from serving.callbacks.wishes import wish_of
from serving.contract.strict import StrictRoute

router = APIRouter(prefix="/v1/callback-subscriptions", tags=["callbacks"], responses=ERRORS, route_class=StrictRoute)


class SubscriptionQuery(BaseModel):
    """Which subscriptions, from where."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    cursor: PlainId | None = Field(default=None, description="next_cursor of the page before")
    limit: int = Field(default=50, ge=1, le=200, description="rows of a page")


@router.post("", status_code=201, response_model=SubscriptionOut, summary="Subscribe to cases and runs")
def create_subscription(body: SubscriptionRequest, write: ReadWrite) -> Response:
    """Send a signed message for every case that is opened or decided, or every run that is finished.

    A caller hears of what it asked for itself; with ``cases:all`` of everybody's.
    """

    def make() -> SubscriptionOut:
        wish = wish_of(write.connection, write.state, body.callback_url, body.correlation_id)
        assert wish is not None
        row = standing.subscribe(
            write.connection, wish, body.events, principal=write.principal, request_id=write.request_id
        )
        return subscription_out(row)

    return write.once(body, make, status=201)


@router.get("", summary="Standing subscriptions, newest first")
def list_subscriptions(
    connection: Transaction, principal: CaseReader, query: Annotated[SubscriptionQuery, Query()]
) -> SubscriptionsOut:
    """The caller's own; administrators of callbacks see everybody's."""
    found = standing.listed(connection, asked_by=_asker(principal), cursor=query.cursor, limit=query.limit)
    cursor = found[-1]["standing_id"] if len(found) == query.limit else None
    return SubscriptionsOut(subscriptions=[subscription_out(row) for row in found], next_cursor=cursor)


@router.post("/{standing_id}/end", response_model=SubscriptionOut, summary="End a subscription")
def end_subscription(standing_id: PathId, write: ReadWrite) -> Response:
    """Tell nothing more; messages on their way still arrive."""

    def make() -> SubscriptionOut:
        row = standing.end(
            write.connection,
            standing_id,
            principal=write.principal,
            asked_by=_asker(write.principal),
            request_id=write.request_id,
        )
        return subscription_out(row)

    return write.once(None, make)


def _asker(principal: Principal) -> str | None:
    return None if principal.may(Scope.CALLBACKS_ADMIN) else principal.principal_id
