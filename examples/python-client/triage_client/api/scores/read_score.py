from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.score_response import ScoreResponse
from ...types import Response


def _get_kwargs(
    score_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/scores/{score_id}".format(
            score_id=quote(str(score_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | ScoreResponse:
    if response.status_code == 200:
        response_200 = ScoreResponse.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | ScoreResponse]:
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
) -> Response[ProblemDocument | ScoreResponse]:
    """A stored score

     The score as it was answered.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ScoreResponse]
    """

    kwargs = _get_kwargs(
        score_id=score_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    score_id: str,
    *,
    client: AuthenticatedClient,
) -> ProblemDocument | ScoreResponse | None:
    """A stored score

     The score as it was answered.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ScoreResponse
    """

    return sync_detailed(
        score_id=score_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    score_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ProblemDocument | ScoreResponse]:
    """A stored score

     The score as it was answered.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ScoreResponse]
    """

    kwargs = _get_kwargs(
        score_id=score_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    score_id: str,
    *,
    client: AuthenticatedClient,
) -> ProblemDocument | ScoreResponse | None:
    """A stored score

     The score as it was answered.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ScoreResponse
    """

    return (
        await asyncio_detailed(
            score_id=score_id,
            client=client,
        )
    ).parsed
