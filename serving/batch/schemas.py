"""A batch of scores and its lines, as published."""

from pydantic import ConfigDict, Field, JsonValue

from ledger.records.base import Id
from serving.callbacks.schemas import CallbackUrlText, CorrelationId
from serving.contract.strict import Sent
from serving.contract.types import Published, SentMoment
from serving.problems import ProblemDocument
from serving.scoring.examples import EXAMPLE_SCORE
from serving.scoring.schemas import InsteadOfId, ScoreResponse

MOST_ITEMS = 1_000
EXAMPLE_LINE: dict[str, JsonValue] = {
    "index": 0, "status": 200, "replayed": False, "score": EXAMPLE_SCORE, "problem": None,
}  # fmt: skip


class BatchItem(Sent):
    """One invoice of a batch: of the ledger by id, or a whole document. Send exactly one of the two."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"invoice_id": "INV-2041"}]})

    invoice_id: Id | None = Field(default=None, description="id of an invoice in the ledger; or send document")
    document: InsteadOfId = Field(
        default=None, validate_default=True, description="an invoice that is not in the ledger; or send invoice_id"
    )
    callback_url: CallbackUrlText | None = Field(
        default=None,
        description="told when the case that the line names is decided or cancelled; allow-listed URLs only",
    )
    correlation_id: CorrelationId | None = Field(default=None, description="comes back in the callback")


class BatchRequest(Sent):
    """What to score, at one moment."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"items": [{"invoice_id": "INV-2041"}, {"invoice_id": "INV-2042"}]}]}
    )

    items: list[BatchItem] = Field(min_length=1, max_length=MOST_ITEMS, description="the invoices, told in this order")
    as_of: SentMoment | None = Field(
        default=None, description="scoring moment (RFC 3339, not in the future); default now"
    )
    dry_run: bool = Field(default=False, description="score them, but store nothing and open no case")


class BatchLine(Published):
    """One line of the answer: a score, or why there is none."""

    model_config = ConfigDict(json_schema_extra={"examples": [EXAMPLE_LINE]})

    index: int = Field(description="place of the item in the request, from 0")
    status: int = Field(description="the status that the item alone would have been answered with")
    replayed: bool = Field(description="made by an earlier request with the same Idempotency-Key")
    score: ScoreResponse | None = Field(description="the stored score")
    problem: ProblemDocument | None = Field(description="why there is no score")
