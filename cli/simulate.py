"""``triage simulate``: a believable firm's records into the ledger or into files."""

from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Any

import typer
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

from cli.firm import FirmOption, open_firm
from cli.simulations import noted, refuse_simulation_into_real
from simulator.firm import Simulation, simulate_with_truth
from simulator.write import Progress as Report
from simulator.write import write_to_files, write_to_ledger

console = Console()

# What one invoice brings in the long run: only the bar's length depends on it.
_RECORDS_PER_INVOICE = 34


def simulate(
    invoices: Annotated[int, typer.Option(min=1, help="Drafts of the billing runs.")] = 20_000,
    months: Annotated[int, typer.Option(min=1, max=240, help="Length of the history.")] = 24,
    seed: Annotated[int, typer.Option(min=0, help="Same seed, same records.")] = 7,
    end: Annotated[datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Last day; default is today.")] = None,
    out: Annotated[Path | None, typer.Option(help="Folder for JSON Lines files instead of the ledger.")] = None,
    firm: FirmOption = None,
) -> None:
    """Simulate a professional-services firm; repeating it with the same arguments adds nothing."""
    last = end.date() if end else datetime.now(UTC).date()
    simulation = simulate_with_truth(invoices=invoices, months=months, seed=seed, end=last)
    note = {"invoices": invoices, "months": months, "seed": seed, "end": last.isoformat()}
    with _bar(invoices * _RECORDS_PER_INVOICE) as report:
        said = _to_ledger(simulation, firm, note, report) if out is None else _to_files(simulation, out, report)
    console.print(said)


def _to_ledger(simulation: Simulation, firm: str | None, note: dict[str, Any], report: Report) -> str:
    settings, engine = open_firm(firm)
    refuse_simulation_into_real(engine, settings.firm)
    with noted(engine, note):
        written = write_to_ledger(engine, simulation.batches, progress=report)
    engine.dispose()
    return (
        f"{len(simulation.truth):,} invoices: {written.accepted:,} records accepted, "
        f"{written.duplicates:,} duplicates, {written.conflicts:,} conflicts"
    )


def _to_files(simulation: Simulation, out: Path, report: Report) -> str:
    counts = write_to_files(out, simulation.batches, progress=report)
    beside = out.with_name(f"{out.name}-truth.jsonl")
    simulation.truth.save(beside)
    return (
        f"{len(simulation.truth):,} invoices: {sum(counts.values()):,} records in {len(counts)} files in {out}; "
        f"the truth about them is in {beside} and belongs into no ledger"
    )


@contextmanager
def _bar(total: int) -> Iterator[Report]:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("records"))
    with Progress(*columns, TimeElapsedColumn(), console=console) as progress:
        task = progress.add_task("Simulating", total=total)
        yield lambda count: progress.advance(task, count)
        done = progress.tasks[task].completed
        progress.update(task, total=done)
