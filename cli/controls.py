"""``triage controls``: the controls in force, and a new set's way there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn
from rich.table import Table
from sqlalchemy import Connection

from cli.firm import FirmOption, opened_firm
from cli.steps import ProposalArgument, WhoOption, WhyOption, add_steps
from ledger.errors import PlainError
from serving.controls import activation, lifecycle, shadow, snoozing
from serving.controls.backtest import backtest as run_backtest
from serving.controls.checks import ControlError
from serving.controls.lifecycle import Actor
from serving.controls.load import SHIPPED, load_controls
from serving.controls.ruleset import ControlSet
from serving.controls.snoozing import Wish
from serving.controls.source import active_controls
from serving.problems import Problem

console = Console()
controls = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="The controls in force, and a new set's way there: check, propose, backtest, shadow, approve, activate.",
)  # fmt: skip

FileArgument = Annotated[Path, typer.Argument(help="A control file; see docs/controls.md.")]


@contextmanager
def _firm(firm: str | None) -> Iterator[tuple[Connection, ControlSet]]:
    """One transaction on the firm's database and the controls in force; refusals become one plain line."""
    with opened_firm(firm) as (_, engine):
        try:
            shipped = load_controls()
            with engine.begin() as connection:
                activation.ship(connection, shipped)
                yield connection, active_controls(connection, shipped)
        except (ControlError, Problem) as error:
            raise PlainError(str(error)) from error


def _checked(file: Path) -> ControlSet:
    try:
        return load_controls(file)
    except ControlError as error:
        raise PlainError(str(error)) from error


@controls.command("list")
def list_controls(*, firm: FirmOption = None) -> None:
    """List the controls in force, proposals that are not decided yet, and snoozes."""
    with _firm(firm) as (connection, active):
        table = Table(title=active.version, title_justify="left")
        for heading in ("control", "family", "severity", "owner", "title"):
            table.add_column(heading)
        for control in active.base:
            table.add_row(control.id, control.family, control.severity, control.owner, control.title)
        console.print(table)
        for state in ("proposed", "backtested", "shadow", "approved"):
            for row in lifecycle.proposals(connection, state=state):
                console.print(
                    f"{state}: {row['proposal_id']} ({row['version']}) by {row['proposed_by']}: {row['reason']}"
                )
        for row in snoozing.snoozes(connection, now=datetime.now(UTC), in_force=True):
            whom = row["client_id"] or row["project_id"]
            console.print(f"snoozed: {row['control_id']} for {whom} until {row['until']:%Y-%m-%d}: {row['reason']}")


@controls.command()
def check(file: Annotated[Path, typer.Argument(help="A control file.")] = SHIPPED) -> None:
    """Check a control file as if it were proposed, without a database."""
    found = _checked(file)
    console.print(f"{file.name}: {len(found.base)} controls, {len(found.overlays)} overlays, {found.version}")


@controls.command()
def propose(file: FileArgument, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
    """Write a checked file down as a proposal."""
    proposed = _checked(file)
    with _firm(firm) as (connection, active):
        row = lifecycle.propose(connection, proposed, active, actor=Actor(who, why))
    console.print(f"proposal {row['proposal_id']} ({row['version']})")


@controls.command()
def backtest(
    proposal: ProposalArgument,
    *,
    sample: Annotated[int, typer.Option(min=1, help="Largest number of invoices.")] = 2_000,
    who: WhoOption,
    firm: FirmOption = None,
) -> None:
    """Run a proposal over the past as it was known, beside the controls in force."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("invoices"))
    with _firm(firm) as (connection, _), Progress(*columns, console=console) as bar:
        task = bar.add_task("Back-testing", total=None)
        row = run_backtest(
            connection, proposal, actor=Actor(who, f"back-test of up to {sample} invoices"), now=datetime.now(UTC),
            sample=sample, progress=lambda done, total: bar.update(task, completed=done, total=total),
        )  # fmt: skip
    _report(row["result"])


def _report(result: dict[str, Any]) -> None:
    console.print(f"{result['invoices']:,} of {result['of']:,} invoices, each when it was first scored")
    for name in ("newly_held", "no_longer_held", "newly_reviewed", "no_longer_reviewed"):
        found = result[name]
        cash = ", ".join(f"{float(amount):,.0f} {currency}" for currency, amount in found["cash"].items())
        console.print(f"{name.replace('_', ' '):<20} {found['invoices']:>6,}  {cash}")
    table = Table()
    for heading in ("control", "before", "after", "mature", "precision"):
        table.add_column(heading, justify="left" if heading == "control" else "right")
    for name, found in result["controls"].items():
        precision = "" if found["precision"] is None else f"{found['precision']:.0%}"
        table.add_row(name, str(found["before"]), str(found["invoices"]), str(found["mature"]), precision)
    console.print(table)


@controls.command("shadow")
def start_shadow(proposal: ProposalArgument, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
    """Let a back-tested proposal look at live scores; it decides nothing."""
    with _firm(firm) as (connection, _):
        lifecycle.shadow(connection, proposal, actor=Actor(who, why))
    console.print(f"{proposal} is in shadow")


@controls.command("shadow-report")
def shadow_report(proposal: ProposalArgument, *, firm: FirmOption = None) -> None:
    """Look at the live scores that were not looked at yet, and say how the proposal differs."""
    with _firm(firm) as (connection, _):
        while shadow.catch_up(connection):
            pass
        found = shadow.summary(connection, proposal)
    console.print(
        f"{found['scores']:,} scores, {found['different']:,} differ; {found['newly_held']:,} newly held, "
        f"{found['no_longer_held']:,} no longer held"
    )
    for sign, said in (("+", found["newly"]), ("-", found["gone"])):
        for name, count in said.items():
            console.print(f"{sign} {name:<60} {count:>6,}")


add_steps(controls, lifecycle.PROPOSALS, _firm)


@controls.command()
def snooze(
    control: Annotated[str, typer.Argument(help="Id of a review or warning control.")],
    *,
    why: WhyOption,
    who: WhoOption,
    client: Annotated[str | None, typer.Option(help="Client for whom it is silenced.")] = None,
    project: Annotated[str | None, typer.Option(help="Or the project.")] = None,
    days: Annotated[int, typer.Option(min=1, max=90, help="Days until it ends by itself.")] = 30,
    firm: FirmOption = None,
) -> None:
    """Silence a control for one client or project, for a while."""
    now = datetime.now(UTC)
    with _firm(firm) as (connection, active):
        wish = Wish(control, client, project, now + timedelta(days=days), why)
        row = snoozing.create(connection, active, wish, actor=who, now=now)
    console.print(f"snooze {row['snooze_id']} until {row['until']:%Y-%m-%d}")


@controls.command()
def unsnooze(
    snooze: Annotated[str, typer.Argument(help="Id of the snooze.")],
    *,
    why: WhyOption,
    who: WhoOption,
    firm: FirmOption = None,
) -> None:
    """End a snooze before its time."""
    with _firm(firm) as (connection, _):
        snoozing.end(connection, snooze, actor=who, why=why, now=datetime.now(UTC))
    console.print(f"{snooze} is over")
