from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.quarantined_out import QuarantinedOut
from ...types import Response


def _get_kwargs(
    quarantine_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/quarantine/{quarantine_id}".format(
            quarantine_id=quote(str(quarantine_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | QuarantinedOut:
    if response.status_code == 200:
        response_200 = QuarantinedOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | QuarantinedOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ProblemDocument | QuarantinedOut]:
    """A row that is no record

     The row as it came, and why it was refused.

    Args:
        quarantine_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | QuarantinedOut]
    """

    kwargs = _get_kwargs(
        quarantine_id=quarantine_id,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
) -> ProblemDocument | QuarantinedOut | None:
    """A row that is no record

     The row as it came, and why it was refused.

    Args:
        quarantine_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | QuarantinedOut
    """

    return sync_detailed(
        quarantine_id=quarantine_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ProblemDocument | QuarantinedOut]:
    """A row that is no record

     The row as it came, and why it was refused.

    Args:
        quarantine_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | QuarantinedOut]
    """

    kwargs = _get_kwargs(
        quarantine_id=quarantine_id,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
) -> ProblemDocument | QuarantinedOut | None:
    """A row that is no record

     The row as it came, and why it was refused.

    Args:
        quarantine_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | QuarantinedOut
    """

    return (
        await asyncio_detailed(
            quarantine_id=quarantine_id,
            client=client,
        )
    ).parsed
