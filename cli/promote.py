"""``triage promote`` and ``triage rollback``: move the champion alias, with who and why on record."""

import getpass
from typing import Annotated, Literal

import typer
from rich.console import Console
from rich.table import Table

from cli.firm import FirmOption, opened_firm
from training import promote as deployment
from training.registry import Registry

console = Console()

Risk = Annotated[Literal["delay", "dispute", "anomaly"], typer.Argument(help="Which of the three models.")]
WhyOption = Annotated[str, typer.Option(help="Why, for the deployment ledger.")]
WhoOption = Annotated[
    str, typer.Option(help="Who; default is the user of this shell.", default_factory=getpass.getuser)
]


def promote(
    risk: Risk,
    *,
    why: WhyOption,
    who: WhoOption,
    version: Annotated[str | None, typer.Option(help="Version to promote; default is the challenger.")] = None,
    unproven: Annotated[bool, typer.Option(help="Also where too few rows could tell; the ledger says so.")] = False,
    firm: FirmOption = None,
) -> None:
    """Make a challenger the champion if it passes every gate."""
    with opened_firm(firm) as (settings, engine):
        done = deployment.promote(
            engine, Registry(settings), risk, who=who, why=why, version=version, unproven=unproven
        )
    table = Table(title=f"{risk}: version {done.version} is champion (was {done.previous_version or 'none'})")
    for heading in ("gate", "detail"):
        table.add_column(heading)
    for gate in done.gates:
        table.add_row(gate.name, gate.detail)
    console.print(table)


def rollback(risk: Risk, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
    """Make the champion before the current one champion again."""
    with opened_firm(firm) as (settings, engine):
        done = deployment.rollback(engine, Registry(settings), risk, who=who, why=why)
    console.print(f"{risk}: back to version {done.version} (was {done.previous_version})")
