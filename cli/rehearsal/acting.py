"""What people of the rehearsal do with a case, each by the service that its button calls."""

from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection

from cli.rehearsal import phrases
from cli.rehearsal.cast import BY, Cast, Player
from cli.rehearsal.clock import Clock
from cli.rehearsal.fates import Fate
from cli.rehearsal.hours import Draw, minutes
from cli.rehearsal.judging import Choice, View, choose, stopped_after_all
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.asking import repository as requests
from serving.asking.schemas import AskRequest
from serving.asking.service import Asking, ask
from serving.comments.service import mark_seen, say, unseen_by
from serving.queue import service
from serving.queue.decide import DecisionRequest, HardStopFires, ScoreChanged, decide
from serving.queue.refusals import OverrideUnexplained
from serving.queue.repository import CASES
from serving.queue.resting import SkipReason, skip
from serving.queue.service import CaseClosed, barred_from, reviewer_of
from serving.scoring.repository import score_row
from serving.sql import Row, only, savepoint
from serving.state import ServingState

COMMENTED: Final = 0.12
SKIPPED: Final = 0.03
_TURNS = "SELECT count(*) AS turns FROM case_decision WHERE case_id = %(case)s"


@dataclass(frozen=True)
class Play:
    """The rehearsal as those who act in it see it: one transaction, one clock, and what will have come of invoices.

    Attributes:
        trial: the invoices that are scored from the first day; the others follow on the last.
    """

    connection: Connection
    state: ServingState
    clock: Clock
    draw: Draw
    cast: Cast
    fates: Mapping[str, Fate]
    trial: frozenset[str]
    until: datetime

    def case(self, case_id: str) -> Row:
        """A case as it is."""
        return only(self.connection, f"{CASES} WHERE c.case_id = %(case)s", {"case": case_id})


def who_takes(play: Play, kase: Row) -> Player | None:
    """Who takes a case: of those who may decide it, the one who is free first; ``None`` when nobody may."""
    able = [player for player in play.cast.members(kase["team_id"]) if _may(player, kase)]
    if not able:
        manager = next(player for player in play.cast.players.values() if player.principal == play.cast.manager)
        able = [manager] if _may(manager, kase) else []
    now = play.clock()
    turn = str(kase["fence"])
    order = {player.login: play.draw("who", kase["invoice_id"], turn, player.login) for player in able}
    return min(able, key=lambda player: (max(player.free_at, now), order[player.login]), default=None)


def _may(player: Player, kase: Row) -> bool:
    return barred_from(kase, reviewer_of(player.principal)) is None


def work_on(play: Play, kase: Row, player: Player) -> bool:
    """Claim a case, look at it for some minutes, and decide; says whether it was decided before the rehearsal ends."""
    invoice, turn = kase["invoice_id"], str(kase["fence"])
    length = minutes(play.draw("length", invoice, turn), median=7, spread=0.7)
    if play.clock() + length >= play.until:
        return False
    taken = service.claim(play.connection, play.state, kase["case_id"], principal=player.principal)
    if play.draw("commented", invoice, turn) < COMMENTED:
        _comment(play, taken, player)
    play.clock.turn_to(play.clock() + length)
    player.free_at = play.clock() + minutes(play.draw("pause", invoice, turn), median=4, spread=0.8)
    _decide(play, taken, player)
    return True


def pass_on(play: Play, kase: Row, player: Player) -> bool:
    """Some leave a case to a colleague once; says whether this is such a moment."""
    if kase["fence"] or play.draw("skipped", kase["invoice_id"]) >= SKIPPED:
        return False
    reasons = list(SkipReason)
    reason = reasons[int(play.draw("skipped because", kase["invoice_id"]) * len(reasons))]
    taken = service.claim(play.connection, play.state, kase["case_id"], principal=player.principal)
    play.clock.turn_to(play.clock() + timedelta(minutes=2))
    skip(play.connection, kase["case_id"], reason, principal=player.principal, fence=taken["fence"])
    return True


def read_mentions(play: Play) -> None:
    """Everybody looks at what they were mentioned in."""
    for player in play.cast.players.values():
        for mention in unseen_by(play.connection, player.principal):
            mark_seen(play.connection, mention["case_id"], player.principal)


def _comment(play: Play, kase: Row, player: Player) -> None:
    """A remark, now and then to a colleague who may see the case."""
    turn = str(kase["fence"])
    others = [other for other in play.cast.members(kase["team_id"]) if other is not player]
    other = others[int(play.draw("whom", kase["invoice_id"], turn) * len(others))]
    text = phrases.pick(phrases.REMARKS, play.draw("remark", kase["invoice_id"], turn)) or ""
    text = text.format(who=f"@{other.login}")
    say(play.connection, kase, text, principal=player.principal, request_id=BY)


def _decide(play: Play, kase: Row, player: Player) -> None:
    view = _view(play, kase)
    choice = choose(view, play.draw)
    try:
        _try(play, kase, player, choice)
    except HardStopFires:
        _try(play, play.case(kase["case_id"]), player, stopped_after_all(view, play.draw))


def _try(play: Play, kase: Row, player: Player, choice: Choice) -> None:
    """Decide; look at the new figures when they changed, and explain what is overridden.

    An invoice that was sent while somebody looked at it leaves nothing to decide.
    """
    try:
        with savepoint(play.connection), suppress(CaseClosed):
            _send(play, kase, player, choice)
    except ScoreChanged as changed:
        if not changed.members["handed_on"]:
            _try(play, play.case(kase["case_id"]), player, choice)
    except OverrideUnexplained:
        explained = replace(choice, reason=Cause.OTHER, note=choice.note or "Checked with the project manager.")
        _try(play, kase, player, explained)


def _view(play: Play, kase: Row) -> View:
    fate = play.fates[kase["invoice_id"]]
    turns = int(only(play.connection, _TURNS, {"case": kase["case_id"]})["turns"])
    sent = fate.left_at is not None and fate.left_at < play.clock()
    score = score_row(play.connection, kase["score_id"])
    assert score is not None
    hits = [hit for hit in score["controls"] if not hit.get("snoozed")]
    return View(kase["invoice_id"], hits, fate, turns, sent)


def _send(play: Play, kase: Row, player: Player, choice: Choice) -> None:
    if choice.action is ReviewAction.REQUEST_EVIDENCE:
        _ask(play, kase, player, choice.note or "")
        return
    request = DecisionRequest(action=choice.action, fence=kase["fence"], reason_code=choice.reason, note=choice.note)
    decide(
        play.connection, play.state, kase["case_id"], request, principal=player.principal, request_id=BY, planned=True
    )


def _ask(play: Play, kase: Row, player: Player, question: str) -> None:
    """Ask the first of those who answer for what is billed."""
    people = [one for one in sorted(kase["separated"]) if one != player.principal.resource_id]
    asked: Row = {"asked_id": people[0]} if people else {"asked_name": "The project lead"}
    wanted = AskRequest.model_validate({"kind": "answer", "question": question, "fence": kase["fence"], **asked})
    ask(Asking(play.connection, play.state, kase["case_id"], player.principal, BY), wanted)


def bring_back(play: Play, case_id: str) -> None:
    """The answer has come: the case goes on, unless its invoice was sent meanwhile."""
    kase = play.case(case_id)
    if kase["closed_at"] is not None:
        return
    asker = next(one for one in play.cast.players.values() if one.principal.principal_id == _asker(play, case_id))
    note = phrases.pick(phrases.ANSWERED, play.draw("answered", kase["invoice_id"]))
    for request in requests.of_case(play.connection, case_id):
        if requests.mark_answered(play.connection, request["request_id"], decision=None, answer=note):
            requests.mark_followed(play.connection, request["request_id"])
    service.resume(play.connection, case_id, principal=asker.principal, note=note)


def _asker(play: Play, case_id: str) -> str:
    query = """
        SELECT actor_id FROM case_event WHERE case_id = %(case)s AND event = 'evidence_requested'
        ORDER BY event_id DESC LIMIT 1
    """
    return str(only(play.connection, query, {"case": case_id})["actor_id"])
