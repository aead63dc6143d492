"""``triage rehearse``: some weeks of review work for a simulated firm, so that there is something to look at."""

from datetime import UTC, date, datetime, time, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from sqlalchemy import Engine

from cli.firm import FirmOption, opened_firm
from cli.rehearsal.weeks import Rehearsed, Span, rehearse
from cli.serve import make_demo
from cli.simulations import latest
from ledger.errors import PlainError
from models.champions import Champions
from serving.app import load_state
from serving.rules import register_rules
from serving.state import ServingState

console = Console()


def rehearse_weeks(
    *,
    weeks: Annotated[int, typer.Option(min=1, max=26, help="Weeks before this one.")] = 8,
    firm: FirmOption = None,
) -> None:
    """Let simulated people review the last weeks of a simulated firm; all or nothing, before any score."""
    with opened_firm(firm) as (settings, engine):
        span = _span(engine, settings.firm, weeks)
        make_demo(settings, engine)
        state = load_state(engine, models=Champions(settings.model_cache))
        with engine.begin() as connection:
            register_rules(connection, state)
        made = _with_bar(state, span, embedded=settings.embedded)
    console.print(f"{made.cases:,} cases, {made.decided:,} final decisions, {made.unsettled:,} left to do")


def _with_bar(state: ServingState, span: Span, *, embedded: bool) -> Rehearsed:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("working days"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as bar:
        task = bar.add_task("Rehearsing", total=None)
        return rehearse(
            state, span, embedded=embedded, tell=lambda done, total: bar.update(task, completed=done, total=total)
        )


def _span(engine: Engine, firm: str, weeks: int) -> Span:
    """The last weeks of the simulation; raises ``PlainError`` for a firm that was not simulated to its end."""
    found = latest(engine)
    if found is None or not found.finished:
        raise PlainError(
            f"firm {firm!r} was not simulated, and nobody rehearses with real records: simulate another one"
        )
    end = datetime.combine(date.fromisoformat(found.arguments["end"]) + timedelta(days=1), time(0, tzinfo=UTC))
    return Span(weeks, min(end, datetime.now(UTC)), int(found.arguments["seed"]))
