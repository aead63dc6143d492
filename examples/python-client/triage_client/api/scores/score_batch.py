from http import HTTPStatus
from io import BytesIO
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.batch_request import BatchRequest
from ...models.problem_document import ProblemDocument
from ...types import UNSET, File, Response, Unset


def _get_kwargs(
    *,
    body: BatchRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/scores/batch",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> File | ProblemDocument:
    if response.status_code == 200:
        response_200 = File(payload=BytesIO(response.content))

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[File | ProblemDocument]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: BatchRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[File | ProblemDocument]:
    """Score many invoices now

     Score up to 1,000 invoices; the answer has a JSON line per item, in order, sent as blocks are
    stored.

    A line tells a score or a problem, never fails the others, and is durable when it is sent. With an
    Idempotency-Key,
    a batch that broke off is sent again: what was scored is told again (``replayed``), the rest is
    scored.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (BatchRequest): What to score, at one moment.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[File | ProblemDocument]
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
    body: BatchRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> File | ProblemDocument | None:
    """Score many invoices now

     Score up to 1,000 invoices; the answer has a JSON line per item, in order, sent as blocks are
    stored.

    A line tells a score or a problem, never fails the others, and is durable when it is sent. With an
    Idempotency-Key,
    a batch that broke off is sent again: what was scored is told again (``replayed``), the rest is
    scored.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (BatchRequest): What to score, at one moment.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        File | ProblemDocument
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: BatchRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[File | ProblemDocument]:
    """Score many invoices now

     Score up to 1,000 invoices; the answer has a JSON line per item, in order, sent as blocks are
    stored.

    A line tells a score or a problem, never fails the others, and is durable when it is sent. With an
    Idempotency-Key,
    a batch that broke off is sent again: what was scored is told again (``replayed``), the rest is
    scored.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (BatchRequest): What to score, at one moment.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[File | ProblemDocument]
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
    body: BatchRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> File | ProblemDocument | None:
    """Score many invoices now

     Score up to 1,000 invoices; the answer has a JSON line per item, in order, sent as blocks are
    stored.

    A line tells a score or a problem, never fails the others, and is durable when it is sent. With an
    Idempotency-Key,
    a batch that broke off is sent again: what was scored is told again (``replayed``), the rest is
    scored.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (BatchRequest): What to score, at one moment.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        File | ProblemDocument
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
