"""The page behind a link: somebody without an account reads one question and answers it.

There is no cookie and no session: the address itself is the secret. Another site cannot make a browser send an answer
without knowing it, and who knows it needs no browser of somebody else, so the Origin of a write is not asked for.
"""

from dataclasses import replace
from datetime import date
from typing import Annotated

import psycopg
import structlog
from fastapi import APIRouter, File, Form, Request, Response, UploadFile
from fastapi.concurrency import run_in_threadpool
from fastapi.responses import HTMLResponse
from sqlalchemy.exc import DBAPIError

from serving.api.dependencies import State
from serving.asking import answering
from serving.asking.answering import DeadLink, Said
from serving.asking.follow import follow
from serving.asking.guesses import TooManyGuesses
from serving.problems import Problem
from serving.state import ServingState
from serving.web.presenters.answer import AnswerPage, Typed, answer_page
from serving.web.render import render

log = structlog.get_logger(__name__)
router = APIRouter(prefix="/answer", include_in_schema=False, default_response_class=HTMLResponse)

PRIVATE = {
    "referrer-policy": "no-referrer",
    "x-robots-tag": "noindex, nofollow, noarchive",
    "cache-control": "no-store",
}
TEXT_LENGTH = 4000


@router.get("/{token}")
def read_question(request: Request, state: State, token: str) -> Response:
    """What is asked. Reading changes nothing but the note of when the link was opened first."""
    refused = _refusal(request, state, token)
    if refused is not None:
        return refused
    with state.engine.begin() as connection:
        asked = answering.behind(connection, token)
        answering.note_opening(connection, asked, correlation_id=request.scope["request_id"])
        return _shown(request, answer_page(connection, asked, Typed()))


@router.post("/{token}")
async def answer_question(
    request: Request,
    state: State,
    token: str,
    decision: Annotated[str, Form(max_length=20)] = "",
    comment: Annotated[str, Form(max_length=TEXT_LENGTH)] = "",
    accepted_on: Annotated[str, Form(max_length=10)] = "",
    files: Annotated[list[UploadFile] | None, File()] = None,
) -> Response:
    """Take the answer; it is thanked for on the spot, as the link leads nowhere from now on."""
    sent = [file for file in files or [] if file.filename]
    most = state.settings.attachment_bytes + 1
    kept = tuple([(file.filename or "file", await file.read(most)) for file in sent[: answering.MOST_FILES + 1]])
    text = comment.replace("\x00", "").replace("\r\n", "\n")
    typed = Typed(decision, text, accepted_on)
    return await run_in_threadpool(_take, request, state, token, typed, kept)


def _take(
    request: Request, state: ServingState, token: str, typed: Typed, files: tuple[tuple[str, bytes], ...]
) -> Response:
    refused = _refusal(request, state, token)
    if refused is not None:
        return refused
    try:
        said = Said(typed.decision or None, typed.text, files, _day(typed.accepted_on))
        with state.engine.begin() as connection:
            correlation_id = request.scope["request_id"]
            request_id = answering.answer(connection, state, token, said, correlation_id=correlation_id)
    except DeadLink as dead:
        return _shown(request, _ended(dead))
    except Problem as problem:
        return _again(request, state, token, typed, problem)
    try:
        follow(state, request_id)
    except (Problem, DBAPIError, psycopg.Error) as error:
        log.warning("an answer is followed up later, by its task", request=request_id, error=repr(error))
    return _shown(request, AnswerPage(status=200, thanks=True))


def _day(text: str) -> date | None:
    if not text:
        return None
    try:
        return date.fromisoformat(text)
    except ValueError as error:
        raise answering.lacks("accepted_on", "Write the day as 2026-03-12, or leave it empty.") from error


def _again(request: Request, state: ServingState, token: str, typed: Typed, problem: Problem) -> Response:
    """The question once more, with what was typed and what is missing."""
    try:
        with state.engine.begin() as connection:
            page = answer_page(connection, answering.behind(connection, token), typed)
    except DeadLink as dead:
        return _shown(request, _ended(dead))
    return _shown(request, replace(page, status=problem.status, refused=problem.detail))


def _refusal(request: Request, state: ServingState, token: str) -> Response | None:
    """The calm page for a link that leads nowhere; tokens that never were are counted."""
    address = request.client.host if request.client else ""
    try:
        state.guesses.check(address, state.settings)
        with state.engine.begin() as connection:
            answering.behind(connection, token)
    except TooManyGuesses as slow:
        response = _shown(request, _ended(slow))
        response.headers.update(slow.headers)
        return response
    except DeadLink as dead:
        with state.engine.begin() as connection:
            if not answering.is_known(connection, token):
                state.guesses.count(address, state.settings)
        return _shown(request, _ended(dead))
    return None


def _ended(problem: Problem) -> AnswerPage:
    return AnswerPage(status=problem.status, refused=problem.detail, title=problem.title)


def _shown(request: Request, page: AnswerPage) -> Response:
    response = render(request, "answer.html", page, principal=None, status=page.status)
    response.headers.update(PRIVATE)
    return response
