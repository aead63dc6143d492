from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.run_out import RunOut
from ...models.run_request import RunRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: RunRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/runs",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> ProblemDocument | RunOut:
    if response.status_code == 202:
        response_202 = RunOut.from_dict(response.json())

        return response_202

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | RunOut]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: RunRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | RunOut]:
    """Score many invoices

     Score up to 100,000 invoices in the background; look at Location for progress, or be called back.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RunRequest): Which invoices to score together.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RunOut]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    body: RunRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | RunOut | None:
    """Score many invoices

     Score up to 100,000 invoices in the background; look at Location for progress, or be called back.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RunRequest): Which invoices to score together.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RunOut
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: RunRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | RunOut]:
    """Score many invoices

     Score up to 100,000 invoices in the background; look at Location for progress, or be called back.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RunRequest): Which invoices to score together.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RunOut]
    """

    kwargs = _get_kwargs(
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    body: RunRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | RunOut | None:
    """Score many invoices

     Score up to 100,000 invoices in the background; look at Location for progress, or be called back.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RunRequest): Which invoices to score together.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RunOut
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
