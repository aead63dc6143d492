"""The rehearsal from its beginning to its end: one transaction, so that a killed one has never been."""

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import UTC, datetime, time, timedelta
from typing import Final

from sqlalchemy import Connection, text

from cli.rehearsal.acting import Play
from cli.rehearsal.cast import BY, dismiss, gather
from cli.rehearsal.clock import turned_back
from cli.rehearsal.ending import leave_off
from cli.rehearsal.fates import read_fates, trial
from cli.rehearsal.hours import draws_of
from cli.rehearsal.stage import Stage
from ledger.errors import PlainError
from serving import audit
from serving.similar.repository import learn
from serving.sql import change, only
from serving.state import ServingState

ALL: Final = 1_000_000
# More than in life: of a few hundred decisions some second looks must be there to be seen.
LOOKED_AT_TWICE: Final = 0.15
# Nobody outside hears of what is only rehearsed.
_SENDS_NOTHING: Final[dict[str, object]] = {"notify_url": None, "notify_channels": {}}
_HELD = """
SELECT EXISTS (SELECT FROM score) AS scores, EXISTS (SELECT FROM case_decision) AS decisions,
       pg_has_role(relowner, 'USAGE') AS owned
FROM pg_class WHERE oid = 'review_case'::regclass
"""
_COUNTS = """
SELECT (SELECT count(*) FROM review_case) AS cases, (SELECT count(*) FROM case_decision WHERE final) AS decided,
       (SELECT count(*) FROM review_case WHERE state IN ('open', 'claimed', 'waiting')) AS unsettled
"""
_WHEN = "SELECT max(written_at) AS rehearsed FROM audit_entry WHERE action = 'rehearsed'"
Tell = Callable[[int, int], None]


@dataclass(frozen=True)
class Span:
    """Which weeks are rehearsed.

    Attributes:
        until: the rehearsal ends here; nothing that became known later is looked at.
        seed: the same one gives the same people the same decisions on the same invoices.
        most: invoices that are reviewed from the first day on; each release scores its invoice again, so that more of
            them take longer than somebody waits who wants to see the product.
    """

    weeks: int
    until: datetime
    seed: int
    most: int = 350

    @property
    def start(self) -> datetime:
        """The Monday on which it begins."""
        monday = self.until.date() - timedelta(days=self.until.weekday())
        return datetime.combine(monday - timedelta(weeks=self.weeks), time(0, tzinfo=UTC))


@dataclass(frozen=True)
class Rehearsed:
    """What came of it: cases opened, finally decided, and still open."""

    cases: int
    decided: int
    unsettled: int


def rehearse(state: ServingState, span: Span, *, embedded: bool, tell: Tell = lambda _done, _total: None) -> Rehearsed:
    """Give a simulated firm some weeks of review work; all of it or, when it is killed or refused, none.

    Raises ``PlainError`` when the firm holds scores or decisions: the weeks come before everything that is real.

    Args:
        tell: called after each working day with how many are done, and of how many.
    """
    with state.engine.begin() as connection:
        change(connection, "SELECT pg_advisory_xact_lock(hashtext('triage: rehearsal'))")
        _refuse_begun(connection)
        cast = gather(connection, embedded=embedded)
        fates = read_fates(connection, span.start, span.until)
        with turned_back(connection, span.start) as clock:
            settings = state.settings.model_copy(update={"second_look_share": LOOKED_AT_TWICE, **_SENDS_NOTHING})
            acting, draw = replace(state, clock=clock, settings=settings), draws_of(span.seed)
            tried = trial(fates, draw, most=span.most)
            play = Play(connection, acting, clock, draw, cast, fates, tried, span.until)
            Stage(play).run(span.start.date(), tell=tell)
            leave_off(play)
        learn(connection, limit=ALL)
        if not embedded:
            dismiss(connection, cast)
        return _noted(connection, span)


def _refuse_begun(connection: Connection) -> None:
    held = only(connection, _HELD)
    if not held["owned"]:
        raise PlainError("a rehearsal turns the clock of the tables back: connect as the account that owns them")
    for what in ("decisions", "scores"):
        if held[what]:
            raise PlainError(
                f"the firm holds {what} already, and rehearsed weeks come before the first: rehearse a fresh firm "
                "with --firm NAME"
            )


def _noted(connection: Connection, span: Span) -> Rehearsed:
    made = Rehearsed(**only(connection, _COUNTS))
    told = {"weeks": span.weeks, "seed": span.seed, "start": span.start, "until": span.until, **vars(made)}
    audit.write(connection, "rehearsed", actor=audit.SYSTEM, subject=BY, detail=told, request_id=BY)
    return made


def rehearsed_at(connection: Connection) -> datetime | None:
    """When a rehearsal was written down; scores from before it are rehearsed ones."""
    found: datetime | None = connection.execute(text(_WHEN)).scalar_one()
    return found
