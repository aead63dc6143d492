from http import HTTPStatus
from typing import Any

import httpx

from ...client import AuthenticatedClient, Client
from ...models.case_order import CaseOrder
from ...models.case_page_out import CasePageOut
from ...models.case_state import CaseState
from ...models.problem_document import ProblemDocument
from ...models.route import Route
from ...types import UNSET, Response, Unset


def _get_kwargs(
    *,
    state: list[CaseState] | Unset = UNSET,
    route: None | Route | Unset = UNSET,
    client_id: None | str | Unset = UNSET,
    invoice_id: None | str | Unset = UNSET,
    mine: bool | Unset = False,
    overdue: bool | Unset = False,
    order: CaseOrder | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> dict[str, Any]:

    params: dict[str, Any] = {}

    json_state: list[str] | Unset = UNSET
    if not isinstance(state, Unset):
        json_state = []
        for state_item_data in state:
            state_item: str = state_item_data
            json_state.append(state_item)

    params["state"] = json_state

    json_route: str | Unset | None
    if isinstance(route, Unset):
        json_route = UNSET
    elif isinstance(route, str):
        json_route = route
    else:
        json_route = route
    params["route"] = json_route

    json_client_id: str | Unset | None
    if isinstance(client_id, Unset):
        json_client_id = UNSET
    else:
        json_client_id = client_id
    params["client_id"] = json_client_id

    json_invoice_id: str | Unset | None
    if isinstance(invoice_id, Unset):
        json_invoice_id = UNSET
    else:
        json_invoice_id = invoice_id
    params["invoice_id"] = json_invoice_id

    params["mine"] = mine

    params["overdue"] = overdue

    json_order: str | Unset = UNSET
    if not isinstance(order, Unset):
        json_order = order

    params["order"] = json_order

    json_cursor: str | Unset | None
    if isinstance(cursor, Unset):
        json_cursor = UNSET
    else:
        json_cursor = cursor
    params["cursor"] = json_cursor

    params["limit"] = limit

    params = {k: v for k, v in params.items() if v is not UNSET and v is not None}

    _kwargs: dict[str, Any] = {
        "method": "get",
        "url": "/v1/cases",
        "params": params,
    }

    return _kwargs


def _parse_response(*, client: AuthenticatedClient | Client, response: httpx.Response) -> CasePageOut | ProblemDocument:
    if response.status_code == 200:
        response_200 = CasePageOut.from_dict(response.json())

        return response_200

    response_default = ProblemDocument.from_dict(response.json())

    return response_default


def _build_response(
    *, client: AuthenticatedClient | Client, response: httpx.Response
) -> Response[CasePageOut | ProblemDocument]:
    return Response(
        status_code=HTTPStatus(response.status_code),
        content=response.content,
        headers=response.headers,
        parsed=_parse_response(client=client, response=response),
    )


def sync_detailed(
    *,
    client: AuthenticatedClient,
    state: list[CaseState] | Unset = UNSET,
    route: None | Route | Unset = UNSET,
    client_id: None | str | Unset = UNSET,
    invoice_id: None | str | Unset = UNSET,
    mine: bool | Unset = False,
    overdue: bool | Unset = False,
    order: CaseOrder | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> Response[CasePageOut | ProblemDocument]:
    """The queue

     Cases, those that protect the most cash first.

    Args:
        state (list[CaseState] | Unset): default: all open states
        route (None | Route | Unset): only one route
        client_id (None | str | Unset): only one client
        invoice_id (None | str | Unset): only one invoice
        mine (bool | Unset): only what the caller holds Default: False.
        overdue (bool | Unset): only what is past its due moment Default: False.
        order (CaseOrder | Unset): What comes first.
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CasePageOut | ProblemDocument]
    """

    kwargs = _get_kwargs(
        state=state,
        route=route,
        client_id=client_id,
        invoice_id=invoice_id,
        mine=mine,
        overdue=overdue,
        order=order,
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
    state: list[CaseState] | Unset = UNSET,
    route: None | Route | Unset = UNSET,
    client_id: None | str | Unset = UNSET,
    invoice_id: None | str | Unset = UNSET,
    mine: bool | Unset = False,
    overdue: bool | Unset = False,
    order: CaseOrder | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> CasePageOut | ProblemDocument | None:
    """The queue

     Cases, those that protect the most cash first.

    Args:
        state (list[CaseState] | Unset): default: all open states
        route (None | Route | Unset): only one route
        client_id (None | str | Unset): only one client
        invoice_id (None | str | Unset): only one invoice
        mine (bool | Unset): only what the caller holds Default: False.
        overdue (bool | Unset): only what is past its due moment Default: False.
        order (CaseOrder | Unset): What comes first.
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CasePageOut | ProblemDocument
    """

    return sync_detailed(
        client=client,
        state=state,
        route=route,
        client_id=client_id,
        invoice_id=invoice_id,
        mine=mine,
        overdue=overdue,
        order=order,
        cursor=cursor,
        limit=limit,
    ).parsed


async def asyncio_detailed(
    *,
    client: AuthenticatedClient,
    state: list[CaseState] | Unset = UNSET,
    route: None | Route | Unset = UNSET,
    client_id: None | str | Unset = UNSET,
    invoice_id: None | str | Unset = UNSET,
    mine: bool | Unset = False,
    overdue: bool | Unset = False,
    order: CaseOrder | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> Response[CasePageOut | ProblemDocument]:
    """The queue

     Cases, those that protect the most cash first.

    Args:
        state (list[CaseState] | Unset): default: all open states
        route (None | Route | Unset): only one route
        client_id (None | str | Unset): only one client
        invoice_id (None | str | Unset): only one invoice
        mine (bool | Unset): only what the caller holds Default: False.
        overdue (bool | Unset): only what is past its due moment Default: False.
        order (CaseOrder | Unset): What comes first.
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        Response[CasePageOut | ProblemDocument]
    """

    kwargs = _get_kwargs(
        state=state,
        route=route,
        client_id=client_id,
        invoice_id=invoice_id,
        mine=mine,
        overdue=overdue,
        order=order,
        cursor=cursor,
        limit=limit,
    )

    response = await client.get_async_httpx_client().request(**kwargs)

    return _build_response(client=client, response=response)


async def asyncio(
    *,
    client: AuthenticatedClient,
    state: list[CaseState] | Unset = UNSET,
    route: None | Route | Unset = UNSET,
    client_id: None | str | Unset = UNSET,
    invoice_id: None | str | Unset = UNSET,
    mine: bool | Unset = False,
    overdue: bool | Unset = False,
    order: CaseOrder | Unset = UNSET,
    cursor: None | str | Unset = UNSET,
    limit: int | Unset = 50,
) -> CasePageOut | ProblemDocument | None:
    """The queue

     Cases, those that protect the most cash first.

    Args:
        state (list[CaseState] | Unset): default: all open states
        route (None | Route | Unset): only one route
        client_id (None | str | Unset): only one client
        invoice_id (None | str | Unset): only one invoice
        mine (bool | Unset): only what the caller holds Default: False.
        overdue (bool | Unset): only what is past its due moment Default: False.
        order (CaseOrder | Unset): What comes first.
        cursor (None | str | Unset): next_cursor of the page before
        limit (int | Unset): rows of a page Default: 50.

    Raises:
        errors.UnexpectedStatus: If the server returns an undocumented status code and Client.raise_on_unexpected_status is True.
        httpx.TimeoutException: If the request takes longer than Client.timeout.

    Returns:
        CasePageOut | ProblemDocument
    """

    return (
        await asyncio_detailed(
            client=client,
            state=state,
            route=route,
            client_id=client_id,
            invoice_id=invoice_id,
            mine=mine,
            overdue=overdue,
            order=order,
            cursor=cursor,
            limit=limit,
        )
    ).parsed
