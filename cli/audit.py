"""``triage audit``: verify the audit log."""

from typing import Annotated, Literal

import typer
from rich.console import Console

from cli.firm import FirmOption, open_firm
from serving.audit import verify

console = Console()


def audit(
    action: Annotated[Literal["verify"], typer.Argument(help="What to do.")] = "verify",  # noqa: ARG001 - one so far
    *,
    firm: FirmOption = None,
) -> None:
    """Check every hash chain of the audit log; exits with 1 when an entry was changed, removed or inserted."""
    _, engine = open_firm(firm)
    with engine.connect() as connection:
        result = verify(connection)
    engine.dispose()
    for found in result.breaks:
        console.print(f"[red]stream {found.stream}, entry {found.position}[/]: {found.reason}")
    if result.breaks:
        raise typer.Exit(1)
    console.print(f"{result.entries:,} entries in {len(result.heads)} chains: every digest holds")
