"""``triage monitor``: do recent scores still look like what the champions were trained on?"""

from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from cli.firm import FirmOption, open_firm
from cli.rehearsal.weeks import rehearsed_at
from monitoring.plan import GROUP_SHARES, Group, standard_plan
from monitoring.runs import Window
from monitoring.verdict import Verdict
from monitoring.watch import Watch, watch

console = Console()

_MOST_SHOWN = 15


def monitor(
    *,
    days: Annotated[int, typer.Option(min=1, max=3_650, help="Scores of so many last days.")] = 30,
    html: Annotated[bool, typer.Option("--html", help="Also write an HTML report.")] = False,
    firm: FirmOption = None,
) -> None:
    """Compute drift of recent scores against the champions' reference sample, and store the verdict."""
    settings, engine = open_firm(firm)
    now = datetime.now(UTC)
    since = max(now - timedelta(days=days), _rehearsed_until(engine))
    reports = (settings.home / "monitoring" / settings.firm).resolve() if html else None
    with console.status("Comparing recent scores with the reference"):
        found = watch(
            engine,
            Window(since, now),
            standard_plan(),
            cache=settings.model_cache,
            reports=reports,
        )
    engine.dispose()
    _report(found)


def _rehearsed_until(engine: Engine) -> datetime:
    """Rehearsed scores are of invoices that the models were trained on: they say nothing of drift."""
    with engine.connect() as connection:
        return rehearsed_at(connection) or datetime.min.replace(tzinfo=UTC)


def _report(found: Watch) -> None:
    verdict = found.verdict
    console.print(f"{verdict.sentence()} ({verdict.rows:,} rows against {found.reference})", highlight=False)
    if verdict.checks:
        console.print(_groups(verdict))
    if verdict.drifted:
        console.print(_columns(verdict))
    for owner, step in verdict.next_steps():
        console.print(f"Next ({owner}): {step}", highlight=False, soft_wrap=True)
    kept = f"Stored as monitoring run {found.run_id}"
    console.print(kept if found.report is None else f"{kept}; report: {found.report}", highlight=False, soft_wrap=True)


def _groups(verdict: Verdict) -> Table:
    table = Table(title="Drifted share per group", title_justify="left")
    for heading in ("group", "drifted", "limit", "verdict"):
        table.add_column(heading)
    for group in Group:
        drifted = "drift" if group in verdict.drifted_groups() else "ok"
        table.add_row(group, f"{verdict.share(group):.0%}", f"more than {GROUP_SHARES[group]:.0%}", drifted)
    return table


def _columns(verdict: Verdict) -> Table:
    table = Table(title=f"Columns that moved most (of {len(verdict.drifted)})", title_justify="left")
    for heading in ("column", "group", "distance", "threshold", "method"):
        table.add_column(heading)
    for check in verdict.drifted[:_MOST_SHOWN]:
        table.add_row(check.column, check.group, f"{check.score:.3f}", f"{check.threshold:g}", check.method)
    return table
