from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.deployment_page_out import DeploymentPageOut
from ...models.problem_document import ProblemDocument
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    risk: None | str | Unset = UNSET,
    cursor: int | Unset = 9007199254740991,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_risk: str | Unset | None
    if isinstance(risk, Unset):
        json_risk = UNSET
    else:
        json_risk = risk
    params["risk"] = json_risk

    params["cursor"] = cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/deployments",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> DeploymentPageOut | ProblemDocument:
    if response.status_code == 200:
        response_200 = DeploymentPageOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[DeploymentPageOut | ProblemDocument]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    risk: None | str | Unset = UNSET,
    cursor: int | Unset = 9007199254740991,
    limit: int | Unset = 50,
) -> Response[DeploymentPageOut | ProblemDocument]:
    """What was live when

     Every move of a champion, newest first, with who and why; the ledger of deployments is append-only.

    Args:
        risk (None | str | Unset): only one risk
        cursor (int | Unset): next_cursor of the page before Default: 9007199254740991.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeploymentPageOut | ProblemDocument]
    """

    kwargs = _get_kwargs(
        risk=risk,
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
    risk: None | str | Unset = UNSET,
    cursor: int | Unset = 9007199254740991,
    limit: int | Unset = 50,
) -> DeploymentPageOut | ProblemDocument | None:
    """What was live when

     Every move of a champion, newest first, with who and why; the ledger of deployments is append-only.

    Args:
        risk (None | str | Unset): only one risk
        cursor (int | Unset): next_cursor of the page before Default: 9007199254740991.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeploymentPageOut | ProblemDocument
    """

    return sync_detailed(
        client=client,
        risk=risk,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    risk: None | str | Unset = UNSET,
    cursor: int | Unset = 9007199254740991,
    limit: int | Unset = 50,
) -> Response[DeploymentPageOut | ProblemDocument]:
    """What was live when

     Every move of a champion, newest first, with who and why; the ledger of deployments is append-only.

    Args:
        risk (None | str | Unset): only one risk
        cursor (int | Unset): next_cursor of the page before Default: 9007199254740991.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[DeploymentPageOut | ProblemDocument]
    """

    kwargs = _get_kwargs(
        risk=risk,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    risk: None | str | Unset = UNSET,
    cursor: int | Unset = 9007199254740991,
    limit: int | Unset = 50,
) -> DeploymentPageOut | ProblemDocument | None:
    """What was live when

     Every move of a champion, newest first, with who and why; the ledger of deployments is append-only.

    Args:
        risk (None | str | Unset): only one risk
        cursor (int | Unset): next_cursor of the page before Default: 9007199254740991.
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        DeploymentPageOut | ProblemDocument
    """

    return (
        await asyncio_detailed(
            client=client,
            risk=risk,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
