from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.record_result import RecordResult
from ...models.repair_request import RepairRequest
from ...types import UNSET, Response, Unset


def _get_kwargs(
    quarantine_id: str,
    *,
    body: RepairRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> dict[str, Any]:
    headers: dict[str, Any] = {}
    if not isinstance(idempotency_key, Unset):
        headers["idempotency-key"] = idempotency_key

    _kwargs: dict[str, Any] = {
        "method": "post",
        "url": "/v1/quarantine/{quarantine_id}/repair".format(
            quarantine_id=quote(str(quarantine_id), safe=""),
        ),
    }

    _kwargs["json"] = body.to_dict()

    headers["Content-Type"] = "application/json"

    _kwargs["headers"] = headers
    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | RecordResult:
    if response.status_code == 200:
        response_200 = RecordResult.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | RecordResult]:
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
    body: RepairRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | RecordResult]:
    """Repair a row

     Correct fields of a sent row and read it again; rows of files are repaired with their mapping.

    Args:
        quarantine_id (str): id as the service gave it
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RepairRequest): Corrections of a row in quarantine.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RecordResult]
    """

    kwargs = _get_kwargs(
        quarantine_id=quarantine_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
    body: RepairRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | RecordResult | None:
    """Repair a row

     Correct fields of a sent row and read it again; rows of files are repaired with their mapping.

    Args:
        quarantine_id (str): id as the service gave it
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RepairRequest): Corrections of a row in quarantine.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RecordResult
    """

    return sync_detailed(
        quarantine_id=quarantine_id,
        client=client,
        body=body,
        idempotency_key=idempotency_key,
    ).parsed


async def asyncio_detailed(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
    body: RepairRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> Response[ProblemDocument | RecordResult]:
    """Repair a row

     Correct fields of a sent row and read it again; rows of files are repaired with their mapping.

    Args:
        quarantine_id (str): id as the service gave it
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RepairRequest): Corrections of a row in quarantine.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | RecordResult]
    """

    kwargs = _get_kwargs(
        quarantine_id=quarantine_id,
        body=body,
        idempotency_key=idempotency_key,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    quarantine_id: str,
    *,
    client: AuthenticatedClient,
    body: RepairRequest,
    idempotency_key: None | str | Unset = UNSET,
) -> ProblemDocument | RecordResult | None:
    """Repair a row

     Correct fields of a sent row and read it again; rows of files are repaired with their mapping.

    Args:
        quarantine_id (str): id as the service gave it
        idempotency_key (None | str | Unset): send the same key again to get the same answer
            instead of doing it twice
        body (RepairRequest): Corrections of a row in quarantine.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | RecordResult
    """

    return (
        await asyncio_detailed(
            quarantine_id=quarantine_id,
            client=client,
            body=body,
            idempotency_key=idempotency_key,
        )
    ).parsed
