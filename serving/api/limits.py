"""Endpoint of how much a key may ask, for administrators."""

from fastapi import APIRouter, Response

from serving.api.dependencies import PathId
from serving.api.errors import ERRORS
from serving.api.writes import AccountWrite
from serving.auth import administration
from serving.auth.schemas import KeyOut, LimitsRequest
from serving.contract.strict import StrictRoute
from serving.limits.allowance import Allowance

router = APIRouter(prefix="/v1/keys", tags=["accounts"], responses=ERRORS, route_class=StrictRoute)


@router.put("/{key_id}/limits", response_model=KeyOut, summary="Limit a key")
def limit_key(key_id: PathId, body: LimitsRequest, write: AccountWrite) -> Response:
    """Requests per second and day for this key alone; null takes the general limit. In force within seconds."""

    def make() -> KeyOut:
        allowance = Allowance(body.requests_per_second, body.requests_per_day)
        administration.limit_key(write.connection, key_id, allowance, by=write.principal)
        return KeyOut.model_validate(administration.key(write.connection, key_id))

    response = write.once(body, make)
    write.state.keys.forget(key_id)
    return response
