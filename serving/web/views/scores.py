"""A score made again: the proof that a stored score follows from the records, models and rules that it names."""

from dataclasses import dataclass

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import PathId, ScoreReader, State, Transaction
from serving.problems import Problem
from serving.replay.content import content_digest
from serving.replay.service import Models, Replayed, replay
from serving.scoring.reading import score_for
from serving.sql import Row
from serving.web.render import render

router = APIRouter(prefix="/scores", include_in_schema=False, default_response_class=HTMLResponse)
MOST_DIFFERENCES = 50


@dataclass(frozen=True)
class ReplayPage:
    """Context of ``replay.html``.

    Attributes:
        refused: why the score cannot be made again; ``None`` when it was.
        differences: place, what was stored, what comes out now.
        digest: SHA-256 (hex) of what comes out now.
    """

    score: Row
    refused: Problem | None
    same: bool
    differences: tuple[tuple[str, str, str], ...]
    left_out: int
    digest: str


@router.get("/{score_id}/replay")
def read_replay(
    request: Request, state: State, connection: Transaction, principal: ScoreReader, score_id: PathId
) -> Response:
    """Make a score again from what was known then, and compare it byte for byte; nothing is stored."""
    row = score_for(connection, score_id, principal)
    try:
        page = _page(row, replay(connection, state, row, models=Models.STORED))
    except Problem as refused:
        page = ReplayPage(row, refused, same=False, differences=(), left_out=0, digest="")
    return render(request, "replay.html", page, principal=principal)


def _page(row: Row, found: Replayed) -> ReplayPage:
    shown = found.differences[:MOST_DIFFERENCES]
    return ReplayPage(
        score=row,
        refused=None,
        same=found.same,
        differences=tuple((place, _at(found.stored, place), _at(found.recomputed, place)) for place in shown),
        left_out=len(found.differences) - len(shown),
        digest=content_digest(found.recomputed),
    )


def _at(content: object, pointer: str) -> str:
    """The value at a JSON pointer; a place that is not there is empty."""
    for part in pointer.split("/")[1:]:
        if isinstance(content, dict):
            content = content.get(part, "")
        elif isinstance(content, list):
            content = content[int(part)]
    return str(content)[:200]
