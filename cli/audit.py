"""``triage audit``: verify the audit log, export a period of it, and check an exported file without a database."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from cli.firm import FirmOption, opened_firm
from serving.audit import Break
from serving.auditing.file import Checked, Period, check, export, heads_of
from serving.auditing.verifying import verify_all

console = Console()


def audit(
    action: Annotated[Literal["verify", "export"], typer.Argument(help="What to do.")] = "verify",
    file: Annotated[Path | None, typer.Argument(help="File to verify, or to export to.")] = None,
    *,
    start: Annotated[datetime | None, typer.Option("--from", formats=["%Y-%m-%d"], help="First day (UTC).")] = None,
    end: Annotated[datetime | None, typer.Option("--to", formats=["%Y-%m-%d"], help="Day after the last one.")] = None,
    heads: Annotated[
        Path | None, typer.Option(help="An earlier export: what it notes as the ends must still be there.")
    ] = None,
    firm: FirmOption = None,
) -> None:
    """Check every hash chain of the audit log, or export it for auditors.

    With a file, verify needs neither a database nor this firm's installation. Exits with 1 when an entry was changed,
    removed or inserted.
    """
    if action == "export":
        _export(file, Period(_utc(start), _utc(end)), firm)
    elif file is not None:
        _verify_file(file, heads)
    else:
        _verify_database(firm)


def _utc(day: datetime | None) -> datetime | None:
    return None if day is None else day.replace(tzinfo=UTC)


def _export(file: Path | None, period: Period, firm: str | None) -> None:
    if file is None:
        console.print("[red]Say where to: triage audit export FILE[/]")
        raise typer.Exit(2)
    with opened_firm(firm) as (settings, engine), engine.connect() as connection, file.open("wb") as out:
        count = sum(1 for line in export(connection, period, firm=settings.firm) if out.write(line)) - 2
    console.print(f"{count:,} entries in {file}; check them anywhere with: triage audit verify {file}")


def _verify_file(file: Path, heads: Path | None) -> None:
    try:
        kept = None if heads is None else heads_of(_checked(heads).header)
        with file.open("rb") as lines:
            found = check(lines, kept=kept)
    except (OSError, ValueError) as error:
        console.print(f"[red]{file}: {error}[/]")
        raise typer.Exit(1) from error
    _tell(found.breaks)
    console.print(f"{found.entries:,} entries of {found.header['firm']}: every digest holds")


def _checked(file: Path) -> Checked:
    with file.open("rb") as lines:
        found = check(lines)
    if not found.holds:
        raise ValueError(f"{file} is damaged itself")
    return found


def _verify_database(firm: str | None) -> None:
    with opened_firm(firm) as (_, engine):
        result = verify_all(engine)
    _tell(result.breaks)
    console.print(f"{result.entries:,} entries in {len(result.heads)} chains: every digest holds")


def _tell(breaks: tuple[Break, ...]) -> None:
    for found in breaks:
        place = "the file" if found.stream < 0 else f"stream {found.stream}"
        console.print(f"[red]{place}, entry {found.position}[/]: {found.reason}")
    if breaks:
        raise typer.Exit(1)
