from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.problem_document import ProblemDocument
from ...models.proposals_out import ProposalsOut
from ...models.read_proposals_state_type_0 import ReadProposalsStateType0
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    limit: int | Unset = 100,
    state: None | ReadProposalsStateType0 | Unset = UNSET,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    params["limit"] = limit

    json_state: str | Unset | None
    if isinstance(state, Unset):
        json_state = UNSET
    elif isinstance(state, str):
        json_state = state
    else:
        json_state = state
    params["state"] = json_state

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/controls/proposals",
        "params": params,
    }

    return _kwargs


def _parse_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> ProblemDocument | ProposalsOut:
    if response.status_code == 200:
        response_200 = ProposalsOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[ProblemDocument | ProposalsOut]:
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
    state: None | ReadProposalsStateType0 | Unset = UNSET,
) -> Response[ProblemDocument | ProposalsOut]:
    """Proposed sets

     Proposals in any state, newest first.

    Args:
        limit (int | Unset): rows at most Default: 100.
        state (None | ReadProposalsStateType0 | Unset): only one state

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ProposalsOut]
    """

    kwargs = _get_kwargs(
        limit=limit,
        state=state,
    )

    response = client.get_httpx_client().request(
        **kwargs,
    )

    return _build_response(client=client, response=response)


def sync(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    state: None | ReadProposalsStateType0 | Unset = UNSET,
) -> ProblemDocument | ProposalsOut | None:
    """Proposed sets

     Proposals in any state, newest first.

    Args:
        limit (int | Unset): rows at most Default: 100.
        state (None | ReadProposalsStateType0 | Unset): only one state

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ProposalsOut
    """

    return sync_detailed(
        client=client,
        limit=limit,
        state=state,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    state: None | ReadProposalsStateType0 | Unset = UNSET,
) -> Response[ProblemDocument | ProposalsOut]:
    """Proposed sets

     Proposals in any state, newest first.

    Args:
        limit (int | Unset): rows at most Default: 100.
        state (None | ReadProposalsStateType0 | Unset): only one state

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[ProblemDocument | ProposalsOut]
    """

    kwargs = _get_kwargs(
        limit=limit,
        state=state,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    limit: int | Unset = 100,
    state: None | ReadProposalsStateType0 | Unset = UNSET,
) -> ProblemDocument | ProposalsOut | None:
    """Proposed sets

     Proposals in any state, newest first.

    Args:
        limit (int | Unset): rows at most Default: 100.
        state (None | ReadProposalsStateType0 | Unset): only one state

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        ProblemDocument | ProposalsOut
    """

    return (
        await asyncio_detailed(
            client=client,
            limit=limit,
            state=state,
        )
    ).parsed
