from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.score_request import ScoreRequest
from ...models.score_response import ScoreResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: ScoreRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/scores",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
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
    *,
    client: AuthenticatedClient,
    body: ScoreRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | ScoreResponse]:
    """Score one invoice

     Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue. With
    ``callback_url`` a signed
    message tells of the end of the case that the answer names; without a case there is nothing left to
    tell.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (ScoreRequest): What to score: an invoice of the ledger by id, or a whole document.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ScoreResponse]
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
    body: ScoreRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | ScoreResponse | None:
    """Score one invoice

     Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue. With
    ``callback_url`` a signed
    message tells of the end of the case that the answer names; without a case there is nothing left to
    tell.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (ScoreRequest): What to score: an invoice of the ledger by id, or a whole document.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ScoreResponse
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: ScoreRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | ScoreResponse]:
    """Score one invoice

     Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue. With
    ``callback_url`` a signed
    message tells of the end of the case that the answer names; without a case there is nothing left to
    tell.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (ScoreRequest): What to score: an invoice of the ledger by id, or a whole document.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ScoreResponse]
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
    body: ScoreRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | ScoreResponse | None:
    """Score one invoice

     Score an invoice of the ledger by id, or a document that is sent along.

    The answer is stored before it is sent; what needs a person has a case in the queue. With
    ``callback_url`` a signed
    message tells of the end of the case that the answer names; without a case there is nothing left to
    tell.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (ScoreRequest): What to score: an invoice of the ledger by id, or a whole document.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ScoreResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
