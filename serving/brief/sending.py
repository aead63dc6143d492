"""Sends the brief of the week that ended, once: by the worker on Mondays, or by hand."""

from datetime import date, datetime, timedelta
from typing import Final

import structlog
from sqlalchemy import Connection
from structlog.stdlib import BoundLogger

from serving.brief.facts import facts_of, week_name
from serving.brief.mail import Mail, mail_of
from serving.brief.polish import Endpoint, polish
from serving.brief.writing import Brief, write
from serving.notify import send
from serving.queue.sight import everything
from serving.settings import ServingSettings
from serving.sql import change
from serving.state import ServingState

log: BoundLogger = structlog.get_logger(__name__)
# Before it, people still sleep, and some systems have not delivered Sunday yet.
FROM_HOUR: Final = 6
_TAKE: Final = """
INSERT INTO brief_sent (week, addresses) VALUES (%(week)s, %(addresses)s) ON CONFLICT (week) DO NOTHING
"""
_TAKEN: Final = "UPDATE brief_sent SET taken = %(taken)s, ended_at = clock_timestamp() WHERE week = %(week)s"


def brief_of(connection: Connection, state: ServingState, day: date) -> Brief:
    """The brief of a day's week for all who may read boards, reworded where that is configured."""
    return polish(write(facts_of(connection, day, state.clock(), everything())), endpoint_of(state.settings))


def endpoint_of(settings: ServingSettings) -> Endpoint | None:
    """Where paragraphs are reworded; nowhere unless both address and model are configured."""
    if settings.polish_url is None or settings.polish_model is None:
        return None
    return Endpoint(settings.polish_url, settings.polish_model, settings.polish_key)


def addresses_of(settings: ServingSettings) -> list[str]:
    """Whom briefs are sent to."""
    listed = "" if settings.brief_urls is None else settings.brief_urls.get_secret_value()
    return [url for url in listed.split() if url]


def send_due(state: ServingState) -> int:
    """On Mondays, send the brief of the week before unless that was done; how many addresses took it."""
    now = state.clock()
    if now.weekday() != 0 or now.hour < FROM_HOUR or not addresses_of(state.settings):
        return 0
    return send_once(state, now.date() - timedelta(days=7), now)


def send_once(state: ServingState, day: date, now: datetime) -> int:
    """Send the brief of a day's week unless it was sent before; how many addresses took it.

    The row is written first and committed: a process that dies between here and there sends too little, never twice.
    """
    addresses, monday = addresses_of(state.settings), day - timedelta(days=day.weekday())
    with state.engine.begin() as connection:
        if change(connection, _TAKE, {"week": monday, "addresses": len(addresses)}) == 0:
            return 0
    with state.engine.begin() as connection:
        mail: Mail = mail_of(brief_of(connection, state, monday), state.settings.public_url)
    taken = send(addresses, mail.title, mail.text, mail.html)
    with state.engine.begin() as connection:
        change(connection, _TAKEN, {"week": monday, "taken": taken})
    log.info("the weekly brief was sent", week=week_name(monday), addresses=len(addresses), taken=taken, at=str(now))
    return taken
