"""``triage nudges``: whom to ask first, so that the most cash goes out before the period closes."""

import json
from collections.abc import Sequence
from datetime import UTC, date, datetime
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from cli.firm import FirmOption, opened_firm
from ledger.errors import PlainError
from models.champions import Champions
from models.delay import DelayModel
from models.nudges import Holder, Nudge
from serving.boards.nudging import Ranked, month_end, rank

console = Console()


def nudges(
    *,
    close_on: Annotated[
        datetime | None, typer.Option(help="Last day of the period; default the end of this month.")
    ] = None,
    limit: Annotated[int, typer.Option(min=1, help="Most people to name.")] = 20,
    as_of: Annotated[
        datetime | None, typer.Option(help="Rank as of this day (UTC), from what was known then; default now.")
    ] = None,
    form: Annotated[Literal["table", "json"], typer.Option("--format", help="A table, or one JSON object.")] = "table",
    firm: FirmOption = None,
) -> None:
    """Rank the people whose pending approvals free the most cash before the period closes."""
    now = (as_of or datetime.now(UTC)).replace(tzinfo=UTC)
    close = month_end(now.date()) if close_on is None else close_on.date()
    if close < now.date():
        raise PlainError(f"the period closed already, on {close}: give a --close-on that is still to come")
    with opened_firm(firm) as (settings, engine):
        scorer = Champions(settings.model_cache).current()
        model = scorer.artifacts["delay"].model if scorer and "delay" in scorer.artifacts else None
        if not isinstance(model, DelayModel) or model.release is None:
            raise PlainError("no delay model with a release clock is champion yet: `triage train` first")
        with engine.connect() as connection:
            ranked = rank(connection, model, now, close)
    shown = ranked.holders[:limit]
    if form == "json":
        typer.echo(json.dumps(_document(ranked, shown, close)))
    else:
        _print(ranked, shown, close)


def _document(ranked: Ranked, shown: Sequence[Holder], close: date) -> dict[str, Any]:
    people = [
        {
            "approver_id": holder.approver_id,
            "name": ranked.names.get(holder.approver_id),
            "gain": round(holder.gain, 2),
            "drafts": [_draft(nudge) for nudge in holder.nudges],
        }
        for holder in shown
    ]
    return {
        "close_on": close.isoformat(),
        "currency": ranked.currency,
        "people": people,
        "drafts_without_exchange_rate": ranked.without_rate,
    }


def _draft(nudge: Nudge) -> dict[str, Any]:
    return {
        "invoice_id": nudge.invoice_id,
        "role": nudge.approver_role,
        "approvals": list(nudge.approvals),
        "waiting_days": round(nudge.waiting_days, 1),
        "amount": round(nudge.amount, 2),
        "sent_now": nudge.sent_now,
        "sent_then": nudge.sent_then,
        "gain": round(nudge.gain, 2),
        "sentence": nudge.sentence,
    }


def _print(ranked: Ranked, shown: Sequence[Holder], close: date) -> None:
    if not shown:
        console.print(f"No pending approval is expected to free cash before {close}.")
    else:
        console.print(_table(ranked, shown, close))
    if ranked.without_rate:
        console.print(f"{ranked.without_rate} drafts have no exchange rate and were left out.")


def _table(ranked: Ranked, shown: Sequence[Holder], close: date) -> Table:
    made = Table(title=f"Whom to ask before {close}, by the cash that goes out earlier", title_justify="left")
    made.add_column("person")
    made.add_column(f"expected gain {ranked.currency}".strip(), justify="right")
    made.add_column("ask for")
    for holder in shown:
        first, *others = (nudge.sentence for nudge in holder.nudges)
        asked = first if not others else f"{first}; and on {len(others)} more"
        made.add_row(ranked.names.get(holder.approver_id, holder.approver_id), f"{holder.gain:,.0f}", asked)
    return made
