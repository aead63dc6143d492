"""The weeks themselves: what happens when, from the morning's scores to the last decision of the day."""

import heapq
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import partial
from itertools import count
from typing import Final

from cli.rehearsal.acting import Play, bring_back, pass_on, read_mentions, who_takes, work_on
from cli.rehearsal.cast import BY
from cli.rehearsal.fates import UNSENT
from cli.rehearsal.hours import at_work, some_time, workdays
from cli.rehearsal.looking_again import look_again, settle_old
from ledger.records.events import ReviewAction
from serving import audit
from serving.queue.escalating import escalate_overdue
from serving.queue.following import follow_up
from serving.queue.states import CaseState
from serving.scoring.service import Asker, score_block
from serving.sql import Row, rows

MORNING, AFTERNOON = time(5, 30, tzinfo=UTC), time(16, 45, tzinfo=UTC)
MIDNIGHT: Final = time(0, tzinfo=UTC)
# Working days until somebody has time for a case: up to which share of cases, and how many.
_DELAYS: Final = ((0.7, 0), (0.92, 1), (0.98, 2), (1.0, 4))
# Share of the cases of the last day that somebody gets to.
LOOKED_AT_ONCE: Final = 0.2
# Mentions and second looks of the last days wait for whoever tries the product.
LEFT_OPEN: Final = timedelta(days=8)
_BEFORE_SENDING: Final = timedelta(minutes=25)
_NEWS_BECAUSE: Final = ["invoice"]
_STOPPED: Final = """
SELECT c.case_id, c.invoice_id FROM review_case c
JOIN LATERAL (SELECT action FROM case_decision d WHERE d.case_id = c.case_id ORDER BY decided_at DESC LIMIT 1) d ON true
WHERE c.state = 'decided' AND d.action = ANY(%(stopping)s)
  AND NOT EXISTS (SELECT FROM review_case n WHERE n.invoice_id = c.invoice_id AND n.case_id > c.case_id)
ORDER BY c.invoice_id
"""
_OPEN: Final = "SELECT invoice_id FROM review_case WHERE state IN ('open', 'waiting')"
Happening = Callable[[], None]


@dataclass
class Stage:
    """What is still to happen, in the order of its moments.

    Attributes:
        scored: invoice → record id of the version that was scored last.
    """

    play: Play
    scored: dict[str, int] = field(default_factory=dict)
    _plan: list[tuple[datetime, int, Happening]] = field(default_factory=list)
    _numbers: "count[int]" = field(default_factory=count)

    def happens(self, moment: datetime, happening: Happening) -> None:
        """Plan something; what lies beyond the end does not happen any more."""
        if moment < self.play.until:
            heapq.heappush(self._plan, (moment, next(self._numbers), happening))

    def run(self, first: date, *, tell: Callable[[int, int], None]) -> None:
        """Let the weeks pass, from a day to the end; ``tell`` hears how many working days are done, of how many."""
        until = self.play.until
        days = [day for day in workdays(first, until.date()) if datetime.combine(day, MORNING) < until]
        for number, day in enumerate(days, start=1):
            self.happens(datetime.combine(day, MORNING), partial(self._morning, day, everything=day == days[-1]))
            self.happens(datetime.combine(day, AFTERNOON), self._afternoon)
            self._pass(datetime.combine(day + timedelta(days=1), MIDNIGHT))
            tell(number, len(days))

    def _pass(self, end: datetime) -> None:
        while self._plan and self._plan[0][0] < end:
            moment, _, happening = heapq.heappop(self._plan)
            self.play.clock.turn_to(moment)
            happening()

    def _morning(self, day: date, *, everything: bool) -> None:
        """What became overdue is raised, what changed followed, and what is new scored: on the last day all drafts."""
        play = self.play
        escalate_overdue(play.connection, play.state)
        self._follow()
        drafts = self._due(everything=everything)
        asker = Asker(audit.SYSTEM, request_id=BY, run_id=f"{BY}-{day.isoformat()}")
        for row in score_block(play.connection, play.state, drafts, as_of=play.clock(), asker=asker) if drafts else ():
            invoice, is_new = row["invoice_id"], row["invoice_id"] not in self.scored
            self.scored[invoice] = row["invoice_record_id"]
            if row["case_id"] is not None and is_new and self._has_time(invoice):
                self._plan_look(row["case_id"], invoice)

    def _due(self, *, everything: bool) -> list[str]:
        """New drafts of the trial; on the last day also those that will be left, and again what is open from before."""
        play = self.play
        unsent = [invoice for invoice in play.fates if self._unsent(invoice)]
        if not everything:
            return [invoice for invoice in unsent if invoice not in self.scored and invoice in play.trial]
        still_open = {row["invoice_id"] for row in rows(play.connection, _OPEN)}
        left = [invoice for invoice in unsent if invoice in play.trial or play.fates[invoice].left_at is None]
        return [invoice for invoice in left if invoice not in self.scored or invoice in still_open]

    def _has_time(self, invoice: str) -> bool:
        """Nobody is through with all that is new on the last day."""
        return invoice in self.play.trial or self.play.draw("last day", invoice) < LOOKED_AT_ONCE

    def _unsent(self, invoice: str) -> bool:
        version = self.play.fates[invoice].newest(self.play.clock())
        return version is not None and version.status in UNSENT

    def _follow(self) -> None:
        """Held invoices of which another version came, as the worker follows them."""
        play = self.play
        stopping = [action.value for action in (ReviewAction.HOLD, ReviewAction.CORRECT)]
        for kase in rows(play.connection, _STOPPED, {"stopping": stopping}):
            version = play.fates[kase["invoice_id"]].newest(play.clock())
            if version is None or version.status not in UNSENT or version.record_id == self.scored[kase["invoice_id"]]:
                continue
            self.scored[kase["invoice_id"]] = version.record_id
            scored = follow_up(play.connection, play.state, kase["case_id"], because=_NEWS_BECAUSE)
            if scored is not None and scored["case_id"] != kase["case_id"]:
                self._plan_look(scored["case_id"], kase["invoice_id"])

    def _afternoon(self) -> None:
        if self.play.clock() < self.play.until - LEFT_OPEN:
            settle_old(self.play)
            look_again(self.play)
            read_mentions(self.play)

    def _plan_look(self, case_id: str, invoice: str, *, turn: int = 0) -> None:
        """When somebody will have time: mostly before the invoice goes out."""
        play, now = self.play, self.play.clock()
        share, hour = (play.draw(what, invoice, str(turn)) for what in ("delay", "hour"))
        days = next(days for limit, days in _DELAYS if share < limit)
        moment = some_time(now, days=days, share=hour)
        leaves = play.fates[invoice].left_at
        if leaves is not None and now < leaves < moment + _BEFORE_SENDING:
            moment = max(at_work(now), leaves - _BEFORE_SENDING)
        self.happens(at_work(moment), partial(self._look, case_id))

    def _look(self, case_id: str) -> None:
        """Somebody looks at a case; whoever is busy does so later, and what does not fit into the day is left over."""
        play = self.play
        kase = play.case(case_id)
        player = who_takes(play, kase)
        if kase["state"] != CaseState.OPEN or player is None:
            return
        moment = max(play.clock(), player.free_at)
        if at_work(moment) != moment:
            share = play.draw("next morning", kase["invoice_id"])
            self.happens(some_time(moment, days=0, share=0.4 * share), partial(self._look, case_id))
            return
        play.clock.turn_to(moment)
        if pass_on(play, kase, player) or work_on(play, kase, player):
            self._go_on(play.case(case_id))

    def _go_on(self, kase: Row) -> None:
        """What comes after: a second release, a senior's look, or the answer that a case waits for."""
        play, case_id, invoice = self.play, kase["case_id"], kase["invoice_id"]
        if kase["state"] == CaseState.OPEN:
            self._plan_look(case_id, invoice, turn=kase["fence"])
        if kase["state"] == CaseState.WAITING:
            share = play.draw("answer", invoice)
            moment = some_time(play.clock() + timedelta(hours=1), days=int(3 * share), share=3 * share % 1)
            self.happens(moment, partial(self._answered, case_id))

    def _answered(self, case_id: str) -> None:
        bring_back(self.play, case_id)
        kase = self.play.case(case_id)
        self._plan_look(case_id, kase["invoice_id"], turn=kase["fence"])
