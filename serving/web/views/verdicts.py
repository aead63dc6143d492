"""Monitoring verdicts with their owners and next steps."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Annotated

from fastapi import APIRouter, Form, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import ModelFollower, ModelReader, PathId, Transaction
from serving.auth.scopes import Scope
from serving.sql import Row
from serving.verdicts import FollowUp, Verdict, VerdictState, follow_up, judged, owners, run, runs, story
from serving.web.attempt import attempt
from serving.web.reads.names import people_in
from serving.web.render import render

router = APIRouter(prefix="/monitoring", include_in_schema=False, default_response_class=HTMLResponse)
Words = Annotated[str, Form(max_length=1000)]


@dataclass(frozen=True)
class MonitoringPage:
    """Context of ``monitoring.html``.

    Attributes:
        open: how many verdicts somebody must still see to.
        unowned: of these, how many nobody owns.
    """

    rows: list[Verdict]
    open: int
    unowned: int


@dataclass(frozen=True)
class VerdictPage:
    """Context of ``verdict.html``."""

    row: Verdict
    story: list[Row]
    owners: list[Row]
    states: tuple[VerdictState, ...]
    names: Mapping[str, str]
    may_follow: bool


@router.get("")
def read_monitoring(request: Request, connection: Transaction, principal: ModelReader) -> Response:
    """Stored verdicts, newest first."""
    found = judged(connection, runs(connection))
    waiting = [row for row in found if row.needs_work]
    unowned = sum(row.standing is None or row.standing["owner_id"] is None for row in waiting)
    page = MonitoringPage(found, len(waiting), unowned)
    return render(request, "monitoring.html", page, principal=principal)


@router.get("/{run_id}")
def read_verdict(run_id: PathId, request: Request, connection: Transaction, principal: ModelReader) -> Response:
    """One verdict: what was found, what was done about it, and what comes next."""
    found = run(connection, run_id)
    told = story(connection, run_id)
    page = VerdictPage(
        row=judged(connection, [found])[0],
        story=told,
        owners=owners(connection),
        states=tuple(VerdictState),
        names=people_in(connection, told),
        may_follow=principal.may(Scope.MODELS_FOLLOW),
    )
    return render(request, "verdict.html", page, principal=principal)


@router.post("/{run_id}/follow-up")
def follow(
    run_id: PathId,
    connection: Transaction,
    principal: ModelFollower,
    state: Annotated[VerdictState, Form()] = VerdictState.OPEN,
    owner_id: Annotated[str, Form(max_length=200)] = "",
    next_step: Words = "",
    note: Words = "",
) -> Response:
    """Write down who sees to it and what comes next."""
    run(connection, run_id)
    said = [text.replace("\x00", "").strip() for text in (next_step, note)]
    wish = FollowUp(state, owner_id.replace("\x00", "") or None, *said)
    place = f"/monitoring/{run_id}"

    def work() -> None:
        follow_up(connection, run_id, wish, by=principal)

    return attempt(connection, place, work, good="Written down.", why=wish.note)
