"""``triage policies``: the review policy in force, and a new one's way there."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
import yaml
from rich.console import Console
from rich.table import Table
from sqlalchemy import Connection

from cli.firm import FirmOption, opened_firm
from cli.promises import filed_policy
from cli.steps import ProposalArgument, WhoOption, WhyOption, add_steps
from ledger.errors import PlainError
from serving.policies import lifecycle
from serving.policies.preview import NEWEST, Preview, latest, preview
from serving.policies.schemas import changed_by
from serving.policies.source import activated, stored_policy
from serving.policy import SHIPPED, Policy, PolicyError, load_policy
from serving.problems import Problem
from serving.rulebook.proposals import Actor
from serving.sql import Row

console = Console(markup=False)  # reasons are people's own words
policies = typer.Typer(
    add_completion=False, no_args_is_help=True, pretty_exceptions_enable=False,
    help="The review policy in force, and a new one's way there: check, propose, preview, approve, activate.",
)  # fmt: skip
FileArgument = Annotated[Path, typer.Argument(help="A policy file; see docs/policies.md.")]


@contextmanager
def _firm(firm: str | None) -> Iterator[tuple[Connection, Policy]]:
    """One transaction on the firm's database and the policy in force; refusals become one plain line."""
    with opened_firm(firm) as (_, engine):
        try:
            with engine.begin() as connection:
                yield connection, activated(connection) or filed_policy()
        except (PolicyError, Problem) as error:
            raise PlainError(str(error)) from error


def _checked(file: Path) -> Policy:
    try:
        return load_policy(file)
    except PolicyError as error:
        raise PlainError(str(error)) from error


@policies.command("list")
def list_policies(*, firm: FirmOption = None) -> None:
    """List the policy in force, what was in force before, and proposals that are not decided yet."""
    with _firm(firm) as (connection, policy):
        console.print(f"{policy.version} is in force", soft_wrap=True)
        for row in lifecycle.LEDGER.activations(connection, 10):
            when = f"{row['activated_at']:%Y-%m-%d %H:%M}"
            console.print(
                f"{when} {row['action']}: {row['version']} by {row['actor_id']}: {row['why']}", soft_wrap=True
            )
        for state in ("proposed", "approved"):
            for row in lifecycle.proposals(connection, state=state):
                said = f"{state}: {row['proposal_id']} ({row['version']}) by {row['proposed_by']}: {row['reason']}"
                console.print(said, soft_wrap=True)


@policies.command()
def check(file: Annotated[Path, typer.Argument(help="A policy file.")] = SHIPPED) -> None:
    """Check a policy file as if it were proposed, without a database."""
    found = _checked(file)
    console.print(f"{file.name}: {len(found.sampling)} strata, {len(found.overlays)} overlays, {found.version}")


@policies.command()
def show(
    proposal: Annotated[str | None, typer.Argument(help="Id of a proposal; without it the policy in force.")] = None,
    *,
    firm: FirmOption = None,
) -> None:
    """Print the policy in force, as a file to change and propose; or what a proposal changes, its preview, its life."""
    with _firm(firm) as (connection, policy):
        if proposal is None:
            typer.echo(yaml.safe_dump(policy.content, sort_keys=False, allow_unicode=True), nl=False)
            return
        found = lifecycle.proposal(connection, proposal)
        console.print(f"{found['version']} is {found['state']}: {found['reason']}", soft_wrap=True)
        _differences(connection, found)
        stored = latest(connection, proposal)
        if stored is not None:
            _report(stored)
        for event in lifecycle.events(connection, proposal):
            when = f"{event['happened_at']:%Y-%m-%d %H:%M}"
            console.print(f"{when} {event['to_state']} by {event['actor_id']}: {event['why']}", soft_wrap=True)


@policies.command()
def propose(file: FileArgument, *, why: WhyOption, who: WhoOption, firm: FirmOption = None) -> None:
    """Write a checked file down as a proposal, with what it would have done to the newest scores."""
    proposed = _checked(file)
    with _firm(firm) as (connection, policy):
        # What is in force is in the ledger before anything is proposed on it, even where no server ever started.
        lifecycle.LEDGER.ship(connection, policy)
        row = lifecycle.propose(connection, proposed, policy, actor=Actor(who, why), now=datetime.now(UTC))
        console.print(f"proposal {row['proposal_id']} ({row['version']})", soft_wrap=True)
        _differences(connection, row)
        stored = latest(connection, row["proposal_id"])
        assert stored is not None
        _report(stored)


@policies.command("preview")
def preview_again(
    proposal: ProposalArgument,
    *,
    scores: Annotated[int, typer.Option(min=1, max=20_000, help="Largest number of scores.")] = NEWEST,
    who: WhoOption,
    firm: FirmOption = None,
) -> None:
    """Route the newest scores by a proposal and by the policy that it was proposed on."""
    with _firm(firm) as (connection, _):
        row = lifecycle.proposal(connection, proposal)
        base, proposed = (stored_policy(connection, row[name]) for name in ("base_version", "version"))
        asked = Preview(proposal, base, proposed)
        _report(preview(connection, asked, actor=who, now=datetime.now(UTC), most=scores))


def _differences(connection: Connection, proposal: Row) -> None:
    for one in changed_by(connection, proposal):
        console.print(f"{one.label}: {one.old} → {one.new}", soft_wrap=True)


def _report(stored: Row) -> None:
    result = stored["result"]
    console.print(f"{stored['scores']:,} scores, the newest of each invoice, before the audit sample is drawn")
    table = Table()
    for heading in ("route", "before", "after"):
        table.add_column(heading, justify="left" if heading == "route" else "right")
    for route, found in result["before"].items():
        table.add_row(route, f"{found['scores']:,}", f"{result['after'][route]['scores']:,}")
    console.print(table)
    for change in result["changes"]:
        cash = ", ".join(_money(amount, currency) for currency, amount in change["cash"].items())
        console.print(f"{change['from']} → {change['to']}: {change['scores']:,} ({cash})", soft_wrap=True)
    for name in ("audited", "two_people"):
        before, after = result[name]
        console.print(f"{name.replace('_', ' ')}: {before:,} → {after:,}")


def _money(amount: Any, currency: str) -> str:
    return f"{float(amount):,.0f} {currency}"


add_steps(policies, lifecycle.PROPOSALS, _firm)
