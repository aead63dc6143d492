"""``triage brief``: the weekly brief as text or HTML, or sent to those who are configured."""

from datetime import timedelta
from typing import Annotated

import typer

from cli.firm import FirmOption, opened_firm
from ledger.errors import PlainError
from serving.app import load_state
from serving.brief.facts import week_named
from serving.brief.mail import mail_of
from serving.brief.sending import addresses_of, brief_of, send_once
from serving.problems import Problem


def brief(
    *,
    week: Annotated[str | None, typer.Option(help="Week as 2026-W46; default the last full one.")] = None,
    html: Annotated[bool, typer.Option("--html/--text", help="The mail's HTML instead of its text.")] = False,
    send: Annotated[bool, typer.Option("--send", help="Send it to TRIAGE_BRIEF_URLS, unless that was done.")] = False,
    firm: FirmOption = None,
) -> None:
    """Tell what came in, what was decided, what is stuck and for whom it waits in one week."""
    with opened_firm(firm) as (_, engine):
        state = load_state(engine)
        try:
            day = state.clock().date() - timedelta(days=7) if week is None else week_named(week)
            if send:
                if not addresses_of(state.settings):
                    raise PlainError("nobody to send to: set TRIAGE_BRIEF_URLS")
                typer.echo(f"{send_once(state, day, state.clock())} addresses took the brief.")
                return
            with engine.begin() as connection:
                mail = mail_of(brief_of(connection, state, day), state.settings.public_url)
        except Problem as problem:
            raise PlainError(problem.detail) from problem
    typer.echo(mail.html if html else mail.text)
