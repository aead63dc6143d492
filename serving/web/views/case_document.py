"""The case page put together: what is read for it, and in which order."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Annotated

from fastapi import Depends, Request, Response
from sqlalchemy import Connection

from serving.api.dependencies import CaseWriter, PathId, SeniorReviewer, State, Transaction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.comments.service import comments_of, mark_seen, people_for
from serving.problems import Problem
from serving.queue import repository
from serving.queue.decide import needs_second
from serving.queue.planning import planned_on
from serving.queue.second_look import readable
from serving.queue.states import OPEN_STATES
from serving.scoring.explain import Explanation, explain
from serving.scoring.repository import score_row
from serving.similar.stories import similar_to
from serving.sql import Row
from serving.state import ServingState
from serving.web.presenters.case import Comments, Draft, Surroundings, case_page
from serving.web.presenters.invoice import invoice_panel
from serving.web.presenters.reasons import reason_rows
from serving.web.presenters.remedies import Clearing, clearing_of, owner_ids
from serving.web.presenters.side import side_of
from serving.web.presenters.similar import SimilarLine, similar_lines
from serving.web.presenters.timeline import story
from serving.web.reads.evidence import versions_of
from serving.web.reads.invoice import InvoiceView, view_invoice
from serving.web.reads.names import account_names, names_of
from serving.web.reads.timeline import LedgerRow, records_about
from serving.web.render import render


@dataclass(frozen=True)
class Asked:
    """One request about a case; ``ask``: the person (resource id) whom its page is opened to ask."""

    request: Request
    state: ServingState
    connection: Connection
    principal: Principal
    case_id: str
    ask: str = ""


def _asked(request: Request, state: State, connection: Transaction, principal: CaseWriter, case_id: PathId) -> Asked:
    return Asked(request, state, connection, principal, case_id)


def _asked_by_senior(
    request: Request, state: State, connection: Transaction, principal: SeniorReviewer, case_id: PathId
) -> Asked:
    return Asked(request, state, connection, principal, case_id)


Acting = Annotated[Asked, Depends(_asked)]
ActingSenior = Annotated[Asked, Depends(_asked_by_senior)]


def case_document(
    asked: Asked, *, draft: Draft | None = None, refused: Problem | None = None, comment: str = ""
) -> Response:
    """The page of a case as it is now, with what was typed and why it was refused, if it was."""
    connection, state = asked.connection, asked.state
    kase = readable(connection, asked.case_id, asked.principal)
    mark_seen(connection, asked.case_id, asked.principal)
    score = score_row(connection, kase["score_id"])
    assert score is not None
    now, found = state.clock(), explain(connection, state, score)
    view = view_invoice(connection, score, now)
    records = records_about(connection, kase["invoice_id"], now)
    events = repository.events_of(connection, asked.case_id)
    people = names_of(connection, "resource", _people(view, records))
    accounts = account_names(connection, [event["actor_id"] for event in events])
    around = Surroundings(
        client=_name(connection, "client", kase["client_id"]),
        project=_name(connection, "project", kase["project_id"]),
        panel=invoice_panel(view, people=people, entity=_entity(connection, view), now=now),
        entries=story(events, records, comments_of(connection, asked.case_id), people=people, accounts=accounts),
        now=now,
        second_release=needs_second(kase),
        clearing=_clearing(connection, kase, found),
        reasons=reason_rows(found.reasons, versions_of(connection, _behind(found))),
        similar=_similar(asked, kase, score),
        comments=_comments(asked, comment),
        planned=planned_on(connection, asked.case_id),
        draft=draft or Draft(),
        refused=refused,
    )
    status = 200 if refused is None else refused.status
    page = replace(
        case_page(kase, score, around, asked.principal),
        side=side_of(connection, state, kase, asked.principal, found=found, ask=asked.ask),
    )
    return render(asked.request, "case.html", page, principal=asked.principal, status=status)


def _clearing(connection: Connection, kase: Row, found: Explanation) -> Clearing | None:
    """What would clear it; of a closed case nobody asks that any more."""
    if kase["state"] not in OPEN_STATES:
        return None
    return clearing_of(found, names_of(connection, "resource", owner_ids(found)))


def _behind(found: Explanation) -> Iterable[tuple[str, int]]:
    return (record for reason in found.reasons for record in reason.records)


def _similar(asked: Asked, kase: Row, score: Row) -> tuple[SimilarLine, ...]:
    stories = similar_to(asked.connection, kase, score, principal=asked.principal)
    clients = names_of(asked.connection, "client", [each.client_id for each in stories])
    people = account_names(asked.connection, [each.reviewer_id for each in stories])
    return similar_lines(stories, clients=clients, people=people)


def _comments(asked: Asked, typed: str) -> Comments:
    writes = asked.principal.may(Scope.CASES_WRITE)
    others = people_for(asked.connection, asked.case_id) if writes else []
    mine = asked.principal.principal_id
    return Comments(writes, tuple(row for row in others if row["account_id"] != mine), typed)


def _entity(connection: Connection, view: InvoiceView) -> str:
    return _name(connection, "legal_entity", view.header.get("legal_entity_id"))


def _name(connection: Connection, kind: str, identity: str | None) -> str:
    return names_of(connection, kind, [identity]).get(identity or "", identity or "")


def _people(view: InvoiceView, records: list[LedgerRow]) -> list[str | None]:
    named = [each.row.get("approver_id") or each.row.get("author_id") for each in records]
    return [line["resource_id"] for line in view.lines] + [row["approver_id"] for row in view.pending] + named
