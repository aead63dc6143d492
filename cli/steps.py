"""The steps of a proposal that controls and policies have in common: approve, activate, withdraw, roll back."""

import getpass
from collections.abc import Callable
from contextlib import AbstractContextManager
from typing import Annotated, Any

import typer
from sqlalchemy import Connection

from cli.firm import FirmOption
from serving.rulebook.proposals import Actor, Proposals

WhyOption = Annotated[str, typer.Option(help="Why, for the record.")]
WhoOption = Annotated[
    str, typer.Option(help="Who; default is the user of this shell.", default_factory=getpass.getuser)
]
ProposalArgument = Annotated[str, typer.Argument(help="Id of the proposal.")]
Opened = Callable[[str | None], AbstractContextManager[tuple[Connection, Any]]]


def add_steps(application: typer.Typer, proposals: Proposals, opened: Opened) -> None:
    """Give an application the four commands; ``opened`` is one transaction on a firm's database."""

    @application.command()
    def approve(proposal: ProposalArgument, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
        """Approve what another person proposed."""
        with opened(firm) as (connection, _):
            proposals.approve(connection, proposal, actor=Actor(who, why))
        typer.echo(f"{proposal} is approved by {who}")

    @application.command()
    def activate(proposal: ProposalArgument, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
        """Put an approved proposal in force; every process takes it up within seconds."""
        with opened(firm) as (connection, _):
            row = proposals.activate(connection, proposal, actor=Actor(who, why))
        typer.echo(f"{row['version']} is in force (was {row['previous_version']})")

    @application.command()
    def withdraw(proposal: ProposalArgument, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
        """Give a proposal up that is not in force."""
        with opened(firm) as (connection, _):
            proposals.withdraw(connection, proposal, actor=Actor(who, why))
        typer.echo(f"{proposal} is withdrawn")

    @application.command()
    def rollback(*, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
        """Put back in force what was active before."""
        with opened(firm) as (connection, _):
            row = proposals.rollback(connection, actor=Actor(who, why))
        typer.echo(f"back to {row['version']} (was {row['previous_version']})")
