"""``triage cash``: when the money of unpaid invoices comes in, by week, with intervals."""

import json
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated, Literal

import numpy as np
import typer
from rich.console import Console
from rich.table import Table

from cli.firm import FirmOption, opened_firm
from features.asof import DAY_US
from features.history import load_history, microseconds
from ledger.errors import PlainError
from models.cash import Week, forecast
from models.champions import Champions
from models.delay import DelayModel
from models.portfolio import unpaid

console = Console()


def cash(
    *,
    weeks: Annotated[int, typer.Option(min=1, max=52, help="Weeks ahead.")] = 13,
    confidence: Annotated[float, typer.Option(min=0.5, max=0.99, help="Of the intervals.")] = 0.8,
    as_of: Annotated[
        datetime | None, typer.Option(help="Forecast as of this day (UTC), from what was known then; default now.")
    ] = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="A table, or one JSON object.")] = "table",
    firm: FirmOption = None,
) -> None:
    """Forecast the cash of sent and unsent invoices by week, one forecast per currency."""
    moment = microseconds((as_of or datetime.now(UTC)).replace(tzinfo=UTC))
    with opened_firm(firm) as (settings, engine):
        scorer = Champions(settings.model_cache).current()
        model = scorer.artifacts["delay"].model if scorer and "delay" in scorer.artifacts else None
        if not isinstance(model, DelayModel):
            raise PlainError("no delay model is champion yet: `triage train` first")
        with engine.connect() as connection:
            history = load_history(connection)
    portfolios = unpaid(history, model, as_of=moment, weeks=weeks)
    forecasts = {
        currency: forecast(portfolio, alike=model.alike, confidence=confidence)
        for currency, portfolio in portfolios.items()
    }
    monday = datetime.fromtimestamp(moment / 1e6, UTC).date()
    if form == "json":
        told = {currency: [asdict(week) for week in found] for currency, found in forecasts.items()}
        typer.echo(json.dumps({"from": monday.isoformat(), "confidence": confidence, "cash": told}))
        return
    if not forecasts:
        console.print("No unpaid invoice is known: nothing to forecast.")
    for currency, found in forecasts.items():
        open_amount = float(np.sum(portfolios[currency].amount))
        console.print(_table(currency, found, moment // DAY_US, confidence, open_amount))


def _table(currency: str, found: list[Week], first_day: int, confidence: float, open_amount: float) -> Table:
    expected = sum(week.expected for week in found)
    title = f"{currency}: {expected:,.0f} of {open_amount:,.0f} open expected within {len(found)} weeks"
    made = Table(title=title, title_justify="left")
    made.add_column("week from")
    for heading in ("expected", f"{confidence:.0%} interval", ""):
        made.add_column(heading, justify="right" if heading else "left")
    largest = max((week.high for week in found), default=0.0) or 1.0
    start = datetime(1970, 1, 1, tzinfo=UTC).date() + timedelta(days=first_day)
    for week in found:
        bar = "█" * round(24 * week.expected / largest)
        span = f"{week.low:,.0f} to {week.high:,.0f}"
        made.add_row((start + timedelta(weeks=week.number)).isoformat(), f"{week.expected:,.0f}", span, bar)
    return made
