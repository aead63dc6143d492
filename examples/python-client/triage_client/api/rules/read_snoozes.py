from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.snoozes_out import SnoozesOut
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 100,
    in_force: bool | None | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_in_force: bool | Unset | None
    if isinstance(in_force, Unset):
        json_in_force = UNSET
    else:
        json_in_force = in_force
    params["in_force"] = json_in_force

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/controls/snoozes",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemDocument | SnoozesOut:
    if response.status_code == 200:
        response_200 = SnoozesOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | SnoozesOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    in_force: bool | None | Unset = UNSET,
) -> Response[ProblemDocument | SnoozesOut]:
    """What is snoozed

     Snoozes, newest first, those that are over too.

    Args:
        limit (int | Unset): rows at most Default: 100.
        in_force (bool | None | Unset): only those that silence their control now, or only others

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | SnoozesOut]
    """

    kwargs = _get_kwargs(
        limit=limit,
        in_force=in_force,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    in_force: bool | None | Unset = UNSET,
) -> ProblemDocument | SnoozesOut | None:
    """What is snoozed

     Snoozes, newest first, those that are over too.

    Args:
        limit (int | Unset): rows at most Default: 100.
        in_force (bool | None | Unset): only those that silence their control now, or only others

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | SnoozesOut
    """

    return sync_detailed(
        client=client,
        limit=limit,
        in_force=in_force,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    in_force: bool | None | Unset = UNSET,
) -> Response[ProblemDocument | SnoozesOut]:
    """What is snoozed

     Snoozes, newest first, those that are over too.

    Args:
        limit (int | Unset): rows at most Default: 100.
        in_force (bool | None | Unset): only those that silence their control now, or only others

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | SnoozesOut]
    """

    kwargs = _get_kwargs(
        limit=limit,
        in_force=in_force,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    in_force: bool | None | Unset = UNSET,
) -> ProblemDocument | SnoozesOut | None:
    """What is snoozed

     Snoozes, newest first, those that are over too.

    Args:
        limit (int | Unset): rows at most Default: 100.
        in_force (bool | None | Unset): only those that silence their control now, or only others

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | SnoozesOut
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            in_force=in_force,
        )
    ).parsed
