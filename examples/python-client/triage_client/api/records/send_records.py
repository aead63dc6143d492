from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.records_request import RecordsRequest
from ...models.records_response import RecordsResponse
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    body: RecordsRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/records",
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | RecordsResponse:
    if response.status_code == 200:
        response_200 = RecordsResponse.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | RecordsResponse]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    body: RecordsRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | RecordsResponse]:
    """Send records

     Append records to the ledger; a bad one goes to quarantine and the others are taken.

    A record is named by source, source_id and version: sent again it is a duplicate, with other content
    a conflict.
    It counts for scores from its ``known_at`` on, which is its arrival unless the caller may say
    otherwise.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RecordsRequest): Records of any kinds: objects with ``kind``, the envelope, and the
            columns of docs/data-dictionary.md.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RecordsResponse]
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
    body: RecordsRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | RecordsResponse | None:
    """Send records

     Append records to the ledger; a bad one goes to quarantine and the others are taken.

    A record is named by source, source_id and version: sent again it is a duplicate, with other content
    a conflict.
    It counts for scores from its ``known_at`` on, which is its arrival unless the caller may say
    otherwise.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RecordsRequest): Records of any kinds: objects with ``kind``, the envelope, and the
            columns of docs/data-dictionary.md.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RecordsResponse
    """

    return sync_detailed(
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    body: RecordsRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | RecordsResponse]:
    """Send records

     Append records to the ledger; a bad one goes to quarantine and the others are taken.

    A record is named by source, source_id and version: sent again it is a duplicate, with other content
    a conflict.
    It counts for scores from its ``known_at`` on, which is its arrival unless the caller may say
    otherwise.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RecordsRequest): Records of any kinds: objects with ``kind``, the envelope, and the
            columns of docs/data-dictionary.md.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RecordsResponse]
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
    body: RecordsRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | RecordsResponse | None:
    """Send records

     Append records to the ledger; a bad one goes to quarantine and the others are taken.

    A record is named by source, source_id and version: sent again it is a duplicate, with other content
    a conflict.
    It counts for scores from its ``known_at`` on, which is its arrival unless the caller may say
    otherwise.

    Args:
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RecordsRequest): Records of any kinds: objects with ``kind``, the envelope, and the
            columns of docs/data-dictionary.md.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RecordsResponse
    """

    return (
        await asyncio_detailed(
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
