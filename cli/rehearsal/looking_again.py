"""Second looks of the rehearsal: mostly the same decision, and a senior's word where it is another."""

from typing import Final

from cli.rehearsal.acting import Play
from cli.rehearsal.cast import BY, Player
from cli.rehearsal.judging import Choice
from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.queue import second_look
from serving.sql import Row, only

AGREED, FIRST_WAS_RIGHT = 0.86, 0.65
PER_DAY: Final = 3
_SETTLED: Final = "Looked at both with the project lead; this is how we handle it from now on."
_FIRST = """
SELECT d.action, d.reason_code, c.invoice_id FROM second_look l JOIN case_decision d USING (decision_id)
JOIN review_case c ON c.case_id = l.case_id WHERE l.look_id = %(look)s
"""


def look_again(play: Play) -> None:
    """A few people take a second look each, at what was decided before today."""
    day = play.clock().date().isoformat()
    order = sorted(play.cast.players.values(), key=lambda player: play.draw("looks", day, player.login))
    for player in order[:PER_DAY]:
        look = second_look.take_next(play.connection, player.principal)
        if look is not None:
            _decide(play, look, player)


def _decide(play: Play, look: Row, player: Player) -> None:
    first = only(play.connection, _FIRST, {"look": look["look_id"]})
    said = _other(first) if play.draw("agreed", first["invoice_id"]) >= AGREED else _same(first)
    values = {"action": said.action.value, "reason_code": said.reason and said.reason.value, "note": said.note}
    second_look.decide(play.connection, look["look_id"], values, player.principal, request_id=BY)


def _same(first: Row) -> Choice:
    reason = first["reason_code"]
    return Choice(ReviewAction(first["action"]), None if reason is None else Cause(reason), None)


def _other(first: Row) -> Choice:
    if first["action"] == ReviewAction.RELEASE:
        return Choice(ReviewAction.HOLD, Cause.OTHER, "I would have asked the project lead first.")
    return Choice(ReviewAction.RELEASE, None, "I would have let it go, the client knows about it.")


def settle_old(play: Play) -> None:
    """Seniors say who was right."""
    for player in play.cast.players.values():
        for look in second_look.disagreements(play.connection, player.principal):
            right = "first" if play.draw("right", look["invoice_id"]) < FIRST_WAS_RIGHT else "second"
            said = {"settled_for": right, "settled_note": _SETTLED}
            second_look.settle(play.connection, look["look_id"], said, player.principal, request_id=BY)
