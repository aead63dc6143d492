"""``triage score``: score a billing run."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.firm import FirmOption, open_firm
from models.champions import Champions
from serving.app import load_state
from serving.rules import register_rules
from serving.scoring.runs import RunResult, drafts_to_score, score_run

console = Console()


def score(
    invoices: Annotated[list[str] | None, typer.Argument(help="Invoice ids; without any, all unscored drafts.")] = None,
    *,
    run: Annotated[str | None, typer.Option(help="Name of the run; the same name again goes on after a stop.")] = None,
    firm: FirmOption = None,
) -> None:
    """Score invoices in bulk: risks, controls, routes, cases; shows progress and ends with the routes."""
    settings, engine = open_firm(firm)
    state = load_state(engine, models=Champions(settings.model_cache))
    with engine.begin() as connection:
        register_rules(connection, state)
    chosen = invoices or drafts_to_score(state)
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("invoices"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("Scoring", total=len(chosen))
        result = score_run(
            state, chosen, as_of=datetime.now(UTC), run_id=run, progress=lambda n: bar.update(task, completed=n)
        )
    _report(result)
    engine.dispose()


def _report(result: RunResult) -> None:
    for route, count in sorted(result.routes.items()):
        console.print(f"{route:<14} {count:>8,}")
    if result.not_cleared:
        console.print("not cleared because of")
    for ground, count in result.not_cleared.most_common():
        console.print(f"  {ground.replace('_', ' '):<40} {count:>8,}")
    if result.skipped:
        console.print(f"already scored in this run: {result.skipped:,}")
    if result.unknown:
        console.print(f"unknown to the ledger: {len(result.unknown):,} (first: {result.unknown[0]})")
    if result.faulty:
        invoice, reason = next(iter(result.faulty.items()))
        console.print(f"could not be scored: {len(result.faulty):,} (first: {invoice}, {reason})")
    console.print(f"run {result.run_id}")
