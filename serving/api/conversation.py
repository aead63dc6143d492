"""Endpoints of what is said about a case, and of what was decided about cases like it."""

from functools import partial

from fastapi import APIRouter, Response

from serving.api.dependencies import CaseReader, PathId, Transaction
from serving.api.errors import ERRORS
from serving.api.writes import CaseWrite
from serving.comments.schemas import CommentOut, CommentRequest, CommentsOut, SimilarOut, comment_out, story_out
from serving.comments.service import comments_of, say
from serving.contract.strict import StrictRoute
from serving.queue.second_look import readable
from serving.queue.service import find
from serving.scoring.repository import score_row
from serving.similar.stories import similar_to

router = APIRouter(prefix="/v1/cases", tags=["cases"], responses=ERRORS, route_class=StrictRoute)


@router.get("/{case_id}/comments", summary="What was said about a case")
def list_comments(case_id: PathId, connection: Transaction, principal: CaseReader) -> CommentsOut:
    """Comments, oldest first."""
    kase = readable(connection, case_id, principal)
    return CommentsOut(comments=[comment_out(row) for row in comments_of(connection, kase["case_id"])])


@router.post("/{case_id}/comments", response_model=CommentOut, status_code=201, summary="Say something about a case")
def add_comment(case_id: PathId, body: CommentRequest, write: CaseWrite) -> Response:
    """Write a comment; it is never changed. ``@login`` tells a colleague who may see the case."""
    kase = find(write.connection, case_id, write.principal)
    make = partial(say, write.connection, kase, body.text, principal=write.principal, request_id=write.request_id)
    return write.once(body, lambda: comment_out(make()), status=201)


@router.get("/{case_id}/similar", summary="What was decided about cases like it")
def list_similar(case_id: PathId, connection: Transaction, principal: CaseReader) -> SimilarOut:
    """Decided cases like this one: what was done, how long it took, and what happened to the invoice."""
    kase = readable(connection, case_id, principal)
    score = score_row(connection, kase["score_id"])
    assert score is not None
    return SimilarOut(cases=[story_out(story) for story in similar_to(connection, kase, score, principal=principal)])
