from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import httpx

from ...client import AuthenticatedClient, Client
from ...models.explanation_response import ExplanationResponse
from ...models.problem_document import ProblemDocument
from ...types import Response


def _get_kwargs(
    score_id: str,
) -> dict[str, Any]:

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/scores/{score_id}/explanation".format(
            score_id=quote(str(score_id), safe=""),
        ),
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ExplanationResponse | ProblemDocument:
    if response.status_code == 200:
        response_200 = ExplanationResponse.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ExplanationResponse | ProblemDocument]:
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
) -> Response[ExplanationResponse | ProblemDocument]:
    """What stands behind a score

     What would clear the invoice, its odd lines, and the records behind the reasons.

    Worked out when asked for, from what was known when it was scored; missing models leave lists empty
    and are told
    in ``degraded``.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExplanationResponse | ProblemDocument]
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
) -> ExplanationResponse | ProblemDocument | None:
    """What stands behind a score

     What would clear the invoice, its odd lines, and the records behind the reasons.

    Worked out when asked for, from what was known when it was scored; missing models leave lists empty
    and are told
    in ``degraded``.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExplanationResponse | ProblemDocument
    """

    return sync_detailed(
        score_id=score_id,
        client=client,
    ).parsed


async def asyncio_detailed(
    score_id: str,
    *,
    client: AuthenticatedClient,
) -> Response[ExplanationResponse | ProblemDocument]:
    """What stands behind a score

     What would clear the invoice, its odd lines, and the records behind the reasons.

    Worked out when asked for, from what was known when it was scored; missing models leave lists empty
    and are told
    in ``degraded``.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ExplanationResponse | ProblemDocument]
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
) -> ExplanationResponse | ProblemDocument | None:
    """What stands behind a score

     What would clear the invoice, its odd lines, and the records behind the reasons.

    Worked out when asked for, from what was known when it was scored; missing models leave lists empty
    and are told
    in ``degraded``.

    Args:
        score_id (str): id as the service gave it

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ExplanationResponse | ProblemDocument
    """

    return (
        await asyncio_detailed(
            score_id=score_id,
            client=client,
        )
    ).parsed
