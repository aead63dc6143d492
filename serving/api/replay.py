"""Endpoint that makes an old score again."""

from typing import Annotated

from fastapi import APIRouter, Query
from pydantic import BaseModel, ConfigDict, Field

from serving.api.dependencies import PathId, ScoreReader, State, Transaction
from serving.api.errors import ERRORS
from serving.contract.types import SentMoment
from serving.queue.anchoring import show_score
from serving.replay.schemas import ReplayOut, replay_out
from serving.replay.service import Models, replay
from serving.scoring.reading import score_for
from serving.scoring.service import moment_of

router = APIRouter(prefix="/v1/scores", tags=["scores"], responses=ERRORS)


class ReplayQuery(BaseModel):
    """At which moment, and by whose models."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    as_of: SentMoment | None = Field(default=None, description="another moment (RFC 3339, not in the future)")
    models: Models = Field(default=Models.STORED, description="those of the score, or those in force now")


@router.get("/{score_id}/replay", summary="Make a score again")
def replay_score(
    score_id: PathId,
    state: State,
    connection: Transaction,
    principal: ScoreReader,
    query: Annotated[ReplayQuery, Query()],
) -> ReplayOut:
    """Recompute a score from the ledger as it was known, and compare it byte for byte; nothing is stored.

    ``as_of`` asks instead what would have been said at another moment, and ``models=current`` what is said today.
    """
    row = score_for(connection, score_id, principal)
    show_score(connection, state, row, principal)
    as_of = None if query.as_of is None else moment_of(state, query.as_of)
    return replay_out(score_id, query.models, replay(connection, state, row, as_of=as_of, models=query.models))
