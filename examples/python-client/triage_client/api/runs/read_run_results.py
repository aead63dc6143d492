from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.route import Route
from ...models.run_results_out import RunResultsOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    run_id: str,
    *,
    route: None | Route | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_route: str | Unset | None
    if isinstance(route, Unset):
        json_route = UNSET
    elif isinstance(route, str):
        json_route = route
    else:
        json_route = route
    params["route"] = json_route

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/runs/{run_id}/results".format(
            run_id=quote(str(run_id), safe=""),
        ),
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | RunResultsOut:
    if response.status_code == 200:
        response_200 = RunResultsOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | RunResultsOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    run_id: str,
    *,
    client: AuthenticatedClient,
    route: None | Route | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> Response[ProblemDocument | RunResultsOut]:
    """What a run says of each invoice

     Results so far by invoice id: a page, or the whole stream with ``Accept: application/x-ndjson``.

    Args:
        run_id (str): id as the service gave it
        route (None | Route | Unset): only one route
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page; a stream has no pages Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RunResultsOut]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
        route=route,
        cursor=cursor,
        limit=limit,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    run_id: str,
    *,
    client: AuthenticatedClient,
    route: None | Route | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> ProblemDocument | RunResultsOut | None:
    """What a run says of each invoice

     Results so far by invoice id: a page, or the whole stream with ``Accept: application/x-ndjson``.

    Args:
        run_id (str): id as the service gave it
        route (None | Route | Unset): only one route
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page; a stream has no pages Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RunResultsOut
    """

    return sync_detailed(
        run_id=run_id,
        client=client,
        route=route,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    run_id: str,
    *,
    client: AuthenticatedClient,
    route: None | Route | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> Response[ProblemDocument | RunResultsOut]:
    """What a run says of each invoice

     Results so far by invoice id: a page, or the whole stream with ``Accept: application/x-ndjson``.

    Args:
        run_id (str): id as the service gave it
        route (None | Route | Unset): only one route
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page; a stream has no pages Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RunResultsOut]
    """

    kwargs = _get_kwargs(
        run_id=run_id,
        route=route,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    run_id: str,
    *,
    client: AuthenticatedClient,
    route: None | Route | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 200,
) -> ProblemDocument | RunResultsOut | None:
    """What a run says of each invoice

     Results so far by invoice id: a page, or the whole stream with ``Accept: application/x-ndjson``.

    Args:
        run_id (str): id as the service gave it
        route (None | Route | Unset): only one route
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page; a stream has no pages Default: 200.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RunResultsOut
    """

    return (
        await asyncio_detailed(
            run_id=run_id,
            client=client,
            route=route,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
