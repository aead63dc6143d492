"""The last moment of the rehearsal: what lies on the desks when somebody opens the product for the first time."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Final

from cli.rehearsal import phrases
from cli.rehearsal.acting import Play
from cli.rehearsal.cast import BY, WHY
from cli.rehearsal.hours import OPENS, at_work
from ledger.records.billing import Cause
from serving.asking.schemas import AskKind, AskRequest
from serving.asking.service import Asking, ask
from serving.comments.service import say
from serving.problems import Problem
from serving.queue import service
from serving.queue.assigning import assign
from serving.queue.resting import snooze
from serving.sql import only, rows

# Who puts away, is given, holds, asks about, or tells a colleague of one of the open cases, in this order.
SNOOZED: Final = ("sam", "chloe", "omar")
ASSIGNED: Final = ("rita", "rita", "sam")
HELD: Final = ("omar", "ben")
ASKING: Final = ("chloe", "omar", "ben")
MENTIONING: Final = {"omar": "rita", "chloe": "sam"}
_TO_ASK: Final = timedelta(minutes=6)
_OPEN = """
SELECT case_id, invoice_id FROM review_case
WHERE state = 'open' AND snoozed_until IS NULL AND assigned_to IS NULL ORDER BY invoice_id
"""
_MANAGER = """
SELECT c.causes, (SELECT manager_id FROM project p WHERE p.project_id = c.project_id
                  ORDER BY known_at DESC, record_id DESC LIMIT 1) AS manager_id
FROM review_case c WHERE c.case_id = %(case)s
"""


def leave_off(play: Play) -> None:
    """Some open cases are put away, some given to somebody, some held; the rest is for whoever comes."""
    doings = ((_claim, HELD), (_ask, ASKING), (_mention, MENTIONING), (_assign, ASSIGNED), (_snooze, SNOOZED))
    for doing, logins in doings:
        for login in logins:
            _to_one(play, partial(doing, play, login))


def _to_one(play: Play, doing: Callable[[str], object]) -> bool:
    """Do it to one of the cases for which the service allows it; says whether there was one."""
    for kase in sorted(rows(play.connection, _OPEN), key=lambda kase: play.draw("left", kase["invoice_id"])):
        play.clock.turn_to(play.until)
        try:
            with play.connection.begin_nested():
                doing(kase["case_id"])
        except Problem:  # another team's, a senior's, or their own work: the next one
            continue
        return True
    return False


def _snooze(play: Play, login: str, case_id: str) -> None:
    until = next_week(play.until)
    principal = play.cast.players[login].principal
    snooze(play.connection, play.state, case_id, principal=principal, until=until, reason=phrases.SNOOZED)


def _assign(play: Play, login: str, case_id: str) -> None:
    person = play.cast.players[login].principal.principal_id
    assign(play.connection, case_id, person, principal=play.cast.manager, why=WHY)


def _claim(play: Play, login: str, case_id: str) -> None:
    service.claim(play.connection, play.state, case_id, principal=play.cast.players[login].principal)


def _ask(play: Play, login: str, case_id: str) -> None:
    """The project's manager, by a link that the asker would pass on."""
    principal = play.cast.players[login].principal
    play.clock.turn_to(play.until - _TO_ASK)
    taken = service.claim(play.connection, play.state, case_id, principal=principal)
    play.clock.turn_to(play.until)
    found = only(play.connection, _MANAGER, {"case": case_id})
    cause = Cause(found["causes"][0]) if found["causes"] else Cause.OTHER
    wanted = AskRequest(
        kind=AskKind.ANSWER,
        question=phrases.ASKED[cause],
        asked_id=found["manager_id"],
        asked_role="project_manager",
        fence=taken["fence"],
    )
    ask(Asking(play.connection, play.state, case_id, principal, correlation_id=BY), wanted)


def _mention(play: Play, login: str, case_id: str) -> None:
    player = play.cast.players[login]
    kase = service.find(play.connection, case_id, player.principal)
    text = phrases.MENTIONED.format(who=f"@{play.cast.players[MENTIONING[login]].login}")
    say(play.connection, kase, text, principal=player.principal, request_id=BY)


def next_week(moment: datetime) -> datetime:
    """The first working morning a few days on."""
    return at_work(datetime.combine((moment + timedelta(days=4)).date(), OPENS))
