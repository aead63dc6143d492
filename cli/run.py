"""``triage run``: everything at once, each step only where it is missing, then the service."""

import os
import subprocess
import sys
from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from sqlalchemy import Engine, text

from cli.firm import FirmOption, open_firm
from cli.rehearsal.weeks import rehearsed_at
from cli.serve import PortOption, refuse_taken_port, serve_firm, settings_for
from cli.simulations import holds_invoices, latest
from cli.worker import WorkerOption
from models.champions import POINTER
from serving.observe.logs import log_as_json

console = Console()


def run(
    *,
    invoices: Annotated[int, typer.Option(min=200, help="Simulated invoices.")] = 20_000,
    months: Annotated[int, typer.Option(min=6, help="Simulated months.")] = 24,
    seed: Annotated[int, typer.Option(help="Seed of the simulation.")] = 7,
    port: PortOption = None,
    rehearse: Annotated[bool, typer.Option(help="Give a simulated firm eight weeks of review work.")] = True,
    worker: WorkerOption = None,
    firm: FirmOption = None,
) -> None:
    """Simulate a firm, train the models, rehearse, fill the queue, and serve; a second start skips what is there."""
    # Somebody is looking at this terminal: a line per request, from the worker too, would be in the way.
    os.environ.setdefault("TRIAGE_LOG_LEVEL", "warning")
    serving = settings_for(port)
    log_as_json(serving.log_level)
    refuse_taken_port(serving.host, serving.port)
    settings, engine = open_firm(firm)
    arguments = _simulation(engine, {"invoices": invoices, "months": months, "seed": seed})
    if arguments is not None:
        _step("1/4 Simulating two years of a firm's records", settings.firm, "simulate", *arguments)
    if not (settings.model_cache / POINTER).exists():
        _step("2/4 Training, calibrating and registering the models", settings.firm, "train")
    if rehearse and _to_rehearse(engine):
        _step("3/4 Rehearsing eight weeks of review work", settings.firm, "rehearse")
    if not _scored(engine):
        _step("4/4 Scoring the open billing run", settings.firm, "score")
    serve_firm(settings, engine, serving, worker=worker)


def _simulation(engine: Engine, wanted: dict[str, int]) -> list[str] | None:
    """Arguments of the simulation that is missing or unfinished; ``None`` when the ledger is filled."""
    found = latest(engine)
    if found is None:
        if holds_invoices(engine):
            return None  # somebody's own records: never mix them with simulated ones
        chosen = {**wanted, "end": datetime.now(UTC).date().isoformat()}
    elif found.finished:
        return None
    else:
        chosen = found.arguments
    return [part for name, value in chosen.items() for part in (f"--{name}", str(value))]


def _to_rehearse(engine: Engine) -> bool:
    """Whether the firm is simulated and nothing of it was scored."""
    return latest(engine) is not None and not _any_score(engine)


def _scored(engine: Engine) -> bool:
    """Whether anything was scored since the rehearsal, if there was one."""
    with engine.connect() as connection:
        return _any_score(engine, since=rehearsed_at(connection))


def _any_score(engine: Engine, *, since: datetime | None = None) -> bool:
    query = text("SELECT EXISTS (SELECT FROM score WHERE CAST(:since AS timestamptz) IS NULL OR scored_at > :since)")
    with engine.connect() as connection:
        return bool(connection.execute(query, {"since": since}).scalar_one())


def _step(title: str, firm: str, *command: str) -> None:
    """Run a subcommand in a process of its own: what it loads (MLflow, pandas) leaves with it."""
    console.rule(title, align="left")
    arguments = [sys.executable, "-c", "from cli.main import main; main()", *command, "--firm", firm]
    if subprocess.run(arguments, check=False).returncode != 0:  # noqa: S603 - our own command
        raise typer.Exit(1)
