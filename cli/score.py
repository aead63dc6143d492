"""``triage score``: score a billing run."""

from typing import Annotated

import typer


def score(
    invoices: Annotated[list[str] | None, typer.Argument(help="Invoice ids; without any, all unscored drafts.")] = None,
    run: Annotated[str | None, typer.Option(help="Name of the run; the same name again goes on after a stop.")] = None,
    firm: Annotated[str | None, typer.Option(help="Firm whose database and models are used.")] = None,
) -> None:
    """Score invoices in bulk: risks, controls, routes, cases; shows progress and ends with the routes."""
    from datetime import UTC, datetime

    from rich.progress import Progress

    from ledger.database import DatabaseUnavailableError, locate
    from ledger.migrate import migrate
    from ledger.settings import Settings
    from models.champions import Champions
    from serving.app import load_state
    from serving.rules import register_rules
    from serving.scoring.runs import drafts_to_score, score_run

    installation = Settings().for_firm(firm)
    try:
        engine = locate(installation).engine()
    except DatabaseUnavailableError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from error
    migrate(engine)
    state = load_state(engine, models=Champions(installation.model_cache))
    with engine.begin() as connection:
        register_rules(connection, state)
    chosen = invoices or drafts_to_score(state)
    with Progress(transient=True) as bar:
        task = bar.add_task("scoring", total=len(chosen))
        result = score_run(
            state, chosen, as_of=datetime.now(UTC), run_id=run, progress=lambda n: bar.update(task, completed=n)
        )
    for route, count in sorted(result.routes.items()):
        typer.echo(f"{route:<14} {count:>8,}")
    if result.skipped:
        typer.echo(f"already scored in this run: {result.skipped:,}")
    if result.unknown:
        typer.echo(f"unknown to the ledger: {len(result.unknown):,} (first: {result.unknown[0]})", err=True)
    typer.echo(f"run {result.run_id}")
    engine.dispose()
