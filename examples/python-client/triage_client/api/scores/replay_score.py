import datetime
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.models import Models
from ...models.problem_document import ProblemDocument
from ...models.replay_out import ReplayOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    score_id: str,
    *,
    as_of: datetime.datetime | None | Unset = UNSET,
    models: Models | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_as_of: str | Unset | None
    if isinstance(as_of, Unset):
        json_as_of = UNSET
    elif isinstance(as_of, datetime.datetime):
        json_as_of = as_of.isoformat()
    else:
        json_as_of = as_of
    params["as_of"] = json_as_of

    json_models: str | Unset = UNSET
    if not isinstance(models, Unset):
        json_models = models

    params["models"] = json_models

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/scores/{score_id}/replay".format(
            score_id=quote(str(score_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemDocument | ReplayOut:
    if response.status_code == 200:
        response_200 = ReplayOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | ReplayOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    score_id: str,
    *,
    client: AuthenticatedClient,
    as_of: datetime.datetime | None | Unset = UNSET,
    models: Models | Unset = UNSET,
) -> Response[ProblemDocument | ReplayOut]:
    """Make a score again

     Recompute a score from the ledger as it was known, and compare it byte for byte; nothing is stored.

    ``as_of`` asks instead what would have been said at another moment, and ``models=current`` what is
    said today.

    Args:
        score_id (str): id as the service gave it
        as_of (datetime.datetime | None | Unset): another moment (RFC 3339, not in the future)
        models (Models | Unset): Whose models and rules judge.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ReplayOut]
    """

    kwargs = _get_kwargs(
        score_id=score_id,
        as_of=as_of,
        models=models,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    score_id: str,
    *,
    client: AuthenticatedClient,
    as_of: datetime.datetime | None | Unset = UNSET,
    models: Models | Unset = UNSET,
) -> ProblemDocument | ReplayOut | None:
    """Make a score again

     Recompute a score from the ledger as it was known, and compare it byte for byte; nothing is stored.

    ``as_of`` asks instead what would have been said at another moment, and ``models=current`` what is
    said today.

    Args:
        score_id (str): id as the service gave it
        as_of (datetime.datetime | None | Unset): another moment (RFC 3339, not in the future)
        models (Models | Unset): Whose models and rules judge.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ReplayOut
    """

    return sync_detailed(
        score_id=score_id,
        client=client,
        as_of=as_of,
        models=models,
    ).parsed


async def asyncio_detailed(
    score_id: str,
    *,
    client: AuthenticatedClient,
    as_of: datetime.datetime | None | Unset = UNSET,
    models: Models | Unset = UNSET,
) -> Response[ProblemDocument | ReplayOut]:
    """Make a score again

     Recompute a score from the ledger as it was known, and compare it byte for byte; nothing is stored.

    ``as_of`` asks instead what would have been said at another moment, and ``models=current`` what is
    said today.

    Args:
        score_id (str): id as the service gave it
        as_of (datetime.datetime | None | Unset): another moment (RFC 3339, not in the future)
        models (Models | Unset): Whose models and rules judge.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ReplayOut]
    """

    kwargs = _get_kwargs(
        score_id=score_id,
        as_of=as_of,
        models=models,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    score_id: str,
    *,
    client: AuthenticatedClient,
    as_of: datetime.datetime | None | Unset = UNSET,
    models: Models | Unset = UNSET,
) -> ProblemDocument | ReplayOut | None:
    """Make a score again

     Recompute a score from the ledger as it was known, and compare it byte for byte; nothing is stored.

    ``as_of`` asks instead what would have been said at another moment, and ``models=current`` what is
    said today.

    Args:
        score_id (str): id as the service gave it
        as_of (datetime.datetime | None | Unset): another moment (RFC 3339, not in the future)
        models (Models | Unset): Whose models and rules judge.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ReplayOut
    """

    return (
        await asyncio_detailed(
            score_id=score_id,
            client=client,
            as_of=as_of,
            models=models,
        )
    ).parsed
