"""``triage import`` and ``triage quarantine``: files into the ledger, and second chances for bad rows."""

from pathlib import Path
from typing import Annotated

import typer
from rich.console import Console
from rich.markup import escape
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn
from rich.table import Table
from sqlalchemy import Engine

from cli.firm import FirmOption, open_firm
from cli.simulations import refuse_import_into_simulated
from ledger.imports.loading import load_mapping
from ledger.imports.replay import replay
from ledger.imports.runner import ImportResult, dry_run, import_file
from ledger.quarantine import BadRow, open_rows

console = Console()

MappingOption = Annotated[str, typer.Option("--mapping", "-m", help="Mapping file, or the name of a shipped one.")]


def import_files(
    files: Annotated[list[Path], typer.Argument(help="CSV, Parquet or JSON Lines files.")],
    mapping: MappingOption,
    *,
    check: Annotated[bool, typer.Option("--dry-run", help="Only say what would happen.")] = False,
    firm: FirmOption = None,
) -> None:
    """Import files through a mapping; bad rows go to quarantine and the import goes on."""
    loaded = load_mapping(mapping)
    engine = None if check else _firm_for_real_records(firm)
    for path in files:
        with _progress() as progress:
            task = progress.add_task(path.name, total=None)
            advance = lambda rows, task=task: progress.update(task, completed=rows)  # noqa: E731
            result = (
                dry_run(path, loaded, progress=advance)
                if engine is None
                else import_file(engine, path, loaded, progress=advance)
            )
        _report(path, result, check=check)


def _firm_for_real_records(firm: str | None) -> Engine:
    settings, engine = open_firm(firm)
    refuse_import_into_simulated(engine, settings.firm)
    return engine


def _progress() -> Progress:
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TextColumn("rows"))
    return Progress(*columns, TimeElapsedColumn(), console=console)


def _report(path: Path, result: ImportResult, *, check: bool) -> None:
    records = result.records
    made = f"would make {records.accepted:,} records" if check else f"{records.accepted:,} records accepted"
    _say(
        f"{path.name}: {result.rows:,} rows, {made}, {records.duplicates:,} duplicates, "
        f"{records.conflicts:,} conflicts, {result.quarantined:,} rows quarantined"
    )
    if result.first_problems:
        console.print(_problems("First problems", result.first_problems))
        if not check:
            _say("Next: correct the mapping or a cell, then `triage quarantine --replay -m MAPPING`.")


def _say(text: str) -> None:
    """One line, whatever the width of the terminal and the characters in a file's name."""
    console.print(text, markup=False, highlight=False, soft_wrap=True)


def _problems(title: str, rows: list[BadRow]) -> Table:
    table = Table(title=title, title_justify="left", show_edge=False)
    for heading in ("row", "record", "field", "reason"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        table.add_row(str(row.row_number), row.kind or "", row.field or "", escape(row.reason))
    return table


def quarantine_rows(
    *,
    mapping: Annotated[str | None, typer.Option("--mapping", "-m", help="Mapping to replay with.")] = None,
    again: Annotated[bool, typer.Option("--replay", help="Try the rows again.")] = False,
    only: Annotated[int | None, typer.Option("--id", help="One quarantined row.")] = None,
    repairs: Annotated[list[str] | None, typer.Option("--set", help="COLUMN=VALUE, repairs a cell first.")] = None,
    firm: FirmOption = None,
) -> None:
    """List the rows in quarantine, or repair and replay them."""
    _, engine = open_firm(firm)
    if again:
        if mapping is None:
            raise typer.BadParameter("replay needs --mapping")
        _replay(engine, mapping, only=only, repairs=_cells(repairs or []))
    else:
        _list(engine, only)


def _cells(repairs: list[str]) -> dict[str, str]:
    if wrong := [part for part in repairs if "=" not in part]:
        raise typer.BadParameter(f"{wrong[0]!r} is not COLUMN=VALUE")
    return dict(part.split("=", 1) for part in repairs)


def _replay(engine: Engine, mapping: str, *, only: int | None, repairs: dict[str, str]) -> None:
    result = replay(engine, load_mapping(mapping), only=only, repairs=repairs)
    records = result.records
    _say(
        f"{result.repaired} rows became {records.accepted} records "
        f"({records.duplicates} duplicates, {records.conflicts} conflicts)"
    )
    if result.still_bad:
        console.print(_problems(f"{len(result.still_bad)} rows are still bad", list(result.still_bad[:20])))


def _list(engine: Engine, only: int | None) -> None:
    with engine.connect() as connection:
        rows = open_rows(connection, only=only, limit=100)
    table = Table(title="Quarantine (first 100)" if rows else "Quarantine is empty", title_justify="left")
    for heading in ("id", "from", "row", "record", "field", "reason"):
        table.add_column(heading, overflow="fold")
    for row in rows:
        shown = (row.quarantine_id, row.origin, row.row_number, row.kind or "", row.field or "", row.reason)
        table.add_row(*(escape(str(cell)) for cell in shown))
    console.print(table)
    for row in rows if only is not None else ():
        for name, cell in row.raw.items():
            _say(f"{name}: {cell}")
