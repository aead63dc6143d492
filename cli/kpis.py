"""``triage kpis``: the key figures of the boards now, or their definitions as docs/boards.md prints them."""

from datetime import UTC, datetime
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table

from cli.firm import FirmOption, opened_firm
from serving.boards.board import overview
from serving.boards.dictionary import definitions
from serving.boards.query import ScopeQuery, step_for
from serving.boards.words import interval_text, rests_on, value_text

console = Console()


def kpis(
    *,
    docs: Annotated[bool, typer.Option("--docs", help="Print the definitions as Markdown.")] = False,
    firm: FirmOption = None,
) -> None:
    """Show every key figure of the last twelve months."""
    if docs:
        typer.echo(definitions(), nl=False)
        return
    scope = ScopeQuery().scope(datetime.now(UTC))
    with opened_firm(firm) as (_, engine), engine.begin() as connection:
        currency, lines = overview(connection, scope, step_for(scope))
    table = Table("figure", "value", "95 % interval", "rests on", title=f"{scope.since} to {scope.at}")
    for line in lines:
        said = value_text(line.kpi, line.measure.value, currency)
        table.add_row(line.kpi.title, said, interval_text(line.kpi, line.measure), rests_on(line.kpi, line.measure))
    console.print(table)
