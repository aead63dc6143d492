from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.quarantine_page_out import QuarantinePageOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    cursor: int | Unset = 0,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/quarantine",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | QuarantinePageOut:
    if response.status_code == 200:
        response_200 = QuarantinePageOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | QuarantinePageOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    cursor: int | Unset = 0,
    limit: int | Unset = 50,
) -> Response[ProblemDocument | QuarantinePageOut]:
    """Rows that are no records

     Unresolved rows of imports and requests, oldest first.

    Args:
        cursor (int | Unset): next_cursor of the page before Default: 0.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | QuarantinePageOut]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    cursor: int | Unset = 0,
    limit: int | Unset = 50,
) -> ProblemDocument | QuarantinePageOut | None:
    """Rows that are no records

     Unresolved rows of imports and requests, oldest first.

    Args:
        cursor (int | Unset): next_cursor of the page before Default: 0.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | QuarantinePageOut
    """

    return sync_detailed(
        client=client,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    cursor: int | Unset = 0,
    limit: int | Unset = 50,
) -> Response[ProblemDocument | QuarantinePageOut]:
    """Rows that are no records

     Unresolved rows of imports and requests, oldest first.

    Args:
        cursor (int | Unset): next_cursor of the page before Default: 0.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | QuarantinePageOut]
    """

    kwargs = _get_kwargs(
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    cursor: int | Unset = 0,
    limit: int | Unset = 50,
) -> ProblemDocument | QuarantinePageOut | None:
    """Rows that are no records

     Unresolved rows of imports and requests, oldest first.

    Args:
        cursor (int | Unset): next_cursor of the page before Default: 0.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | QuarantinePageOut
    """

    return (
        await asyncio_detailed(
            client=client,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
