"""``triage callbacks``: the list of callback endpoints, their secrets, and messages that were not accepted."""

import getpass
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from cli.firm import FirmOption, opened_firm
from ledger.errors import PlainError
from serving.app import load_state
from serving.callbacks import endpoints, messages
from serving.problems import Problem
from serving.sql import Row
from serving.state import ServingState

callbacks = typer.Typer(
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
    help="Where callbacks go, and what waits.",
)
console = Console()

EndpointArgument = Annotated[str, typer.Argument(help="Id of the endpoint, as `list` shows it.")]


@contextmanager
def _transaction(firm: str | None) -> Iterator[tuple[Connection, ServingState]]:
    with opened_firm(firm) as (_, engine):
        state = load_state(engine)
        try:
            with engine.begin() as connection:
                yield connection, state
        except Problem as problem:
            raise PlainError(problem.detail) from problem


def _actor() -> str:
    return f"command line: {getpass.getuser()}"


@callbacks.command("list")
def list_endpoints(*, firm: FirmOption = None) -> None:
    """Show where callbacks may go, and how many wait or are dead."""
    with _transaction(firm) as (connection, _):
        found, counted = endpoints.listed(connection), messages.counts(connection)
    table = Table("endpoint", "name", "prefix", "state", "live secrets")
    for row in found:
        table.add_row(row["endpoint_id"], row["name"], row["prefix"], _standing(row), str(row["live_secrets"]))
    console.print(table)
    console.print(f"{counted.pending:,} callbacks wait, {counted.dead:,} are dead.")


def _standing(row: Row) -> str:
    return "active" if row["active"] else f"disabled: {row['because']}"


@callbacks.command("allow")
def allow(
    prefix: Annotated[str, typer.Argument(help="URL; callbacks may go there and below it.")],
    *,
    name: Annotated[str, typer.Option(help="Whose endpoint it is.")],
    firm: FirmOption = None,
) -> None:
    """Put a URL prefix on the list, and show its signing secret this once."""
    with _transaction(firm) as (connection, state):
        row, secret = endpoints.create(connection, state, prefix, name=name, actor=_actor())
    typer.echo(f"{row['endpoint_id']}\n{secret}")


@callbacks.command("rotate")
def rotate(
    endpoint_id: EndpointArgument,
    *,
    overlap_hours: Annotated[float, typer.Option(min=0, help="Hours for which the old secrets sign along.")] = 24,
    firm: FirmOption = None,
) -> None:
    """Make a new signing secret and show it this once."""
    with _transaction(firm) as (connection, state):
        overlap = timedelta(hours=overlap_hours)
        secret = endpoints.rotate(connection, state, endpoint_id, actor=_actor(), overlap=overlap)
    typer.echo(secret)


@callbacks.command("disable")
def disable(
    endpoint_id: EndpointArgument,
    *,
    because: Annotated[str, typer.Option(help="Reason, for whoever wants to enable it again.")],
    firm: FirmOption = None,
) -> None:
    """Send nothing there any more."""
    with _transaction(firm) as (connection, _):
        console.print(_standing(endpoints.disable(connection, endpoint_id, actor=_actor(), because=because)))


@callbacks.command("enable")
def enable(endpoint_id: EndpointArgument, *, firm: FirmOption = None) -> None:
    """Allow an endpoint that was disabled."""
    with _transaction(firm) as (connection, _):
        console.print(_standing(endpoints.enable(connection, endpoint_id, actor=_actor())))


@callbacks.command("redeliver")
def redeliver(
    message_id: Annotated[str | None, typer.Argument(help="Id of a message; without one, all that are dead.")] = None,
    *,
    firm: FirmOption = None,
) -> None:
    """Send a message again under the same id, or everything that is dead at an active endpoint."""
    with _transaction(firm) as (connection, _):
        chosen = [message_id] if message_id else messages.dead_at_active(connection)
        for each in chosen:
            messages.redeliver(connection, each, actor=_actor())
    console.print(f"{len(chosen):,} queued")
