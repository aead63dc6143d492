"""What stands behind a score, worked out when somebody asks: what would clear it, odd lines, records behind reasons.

Read from the invoice's slice as it was known at the score's moment and visible in its snapshot, so that a stored score
is explained by the records that made it. Remedies and findings speak with the models in force now.
"""

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass, fields
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import orjson
import structlog
from pydantic import ConfigDict, TypeAdapter
from sqlalchemy import Connection

from features.catalogue import CATALOGUE_DIGEST
from features.history import History, load_slice, microseconds
from features.lines.loading import with_line_history
from ledger.records import Record
from models.anomaly import AnomalyModel
from models.assessment import Reason
from models.findings import Finding, find_line_anomalies
from models.levers.view import InvoiceView
from models.outlook import Remedy
from models.reason_sources import with_records_behind
from models.remedies import suggest
from models.scorer import MODEL_FAILURES, Scorer
from serving.scoring.document import InlineDocument, records_of
from serving.sql import Row, first
from serving.state import ServingState

log = structlog.get_logger(__name__)
Answer = TypeVar("Answer")

UNAVAILABLE, FAILED = "models_unavailable", "models_failed"
# Why there are no remedies.
ALREADY_OUT, CLEARABLE, NOTHING_HELPS = "already_out", "clearable", "nothing_helps"


@dataclass(frozen=True)
class Explanation:
    """What stands behind a score.

    Attributes:
        remedies: what would clear the invoice, or at least help, in the order of ``models.remedies.suggest``.
        findings: lines and timesheet entries unlike their own history, most unusual first.
        reasons: the stored reasons with the records behind them.
        no_remedies_because: ``already_out``, ``clearable``, ``nothing_helps``, ``models_unavailable`` or
            ``models_failed``; ``None`` where there are remedies.
        model_digests: risk → SHA-256 of the models that remedies and findings speak with.
        degraded: codes of what was missing, sorted; empty when nothing was.
    """

    remedies: tuple[Remedy, ...]
    findings: tuple[Finding, ...]
    reasons: tuple[Reason, ...]
    no_remedies_because: str | None
    model_digests: dict[str, str]
    degraded: tuple[str, ...]


_RECIPE = 1  # to be raised when sentences or the order of remedies change: what was kept before is not shown then
_PACKED = TypeAdapter(tuple[Explanation], config=ConfigDict(ser_json_inf_nan="strings"))
_KEPT = """
SELECT explanation FROM kept_explanation
WHERE score_id = %(score_id)s AND made_with = %(made_with)s AND explanation IS NOT NULL
"""


class _Question:
    """One stored score that is explained; the ledger is read when the first answer needs it."""

    def __init__(self, connection: Connection, row: Row) -> None:
        self.connection = connection
        self.row = row
        self.invoice_id: str = row["invoice_id"]
        self.as_of = microseconds(row["as_of"])
        self.failed = False

    @cached_property
    def history(self) -> History:
        """The slice that the score was made from."""
        records, snapshot = inline_records(self.row), self.row["ledger_snapshot"]
        return load_slice(self.connection, [self.invoice_id], records=records, snapshot=snapshot)

    def guarded(self, ask: Callable[[], Answer], otherwise: Answer) -> Answer:
        """An answer of the models; when they fail, that is noted and the page still comes."""
        try:
            return ask()
        except MODEL_FAILURES as error:
            log.exception("explanation failed", score_id=self.row["score_id"], error=repr(error))
            self.failed = True
            return otherwise


def explain(connection: Connection, state: ServingState, row: Row) -> Explanation:
    """Remedies, findings and the records behind the reasons of a stored score; never fails for want of models.

    The same score and models always give the same, so that it is worked out once: by a worker while the case waits
    (``serving/scoring/ahead.py``), or here, and then remembered by the process.
    """
    current = state.models.current()
    scorer = current if isinstance(current, Scorer) else None
    basis = made_with(scorer)
    found: Explanation = state.explained.ask(
        (row["score_id"], basis),
        lambda: _kept(connection, row["score_id"], basis) or work_out(connection, row, scorer),
        keep=_complete,
    )
    return found


def made_with(scorer: Scorer | None) -> str:
    """SHA-256 (hex) of what speaks in an explanation: this code's recipe, feature definitions and models."""
    digests = {} if scorer is None else {risk: one.digest for risk, one in scorer.artifacts.items()}
    content = orjson.dumps([_RECIPE, CATALOGUE_DIGEST, digests], option=orjson.OPT_SORT_KEYS)
    return hashlib.sha256(content).hexdigest()


def packed(found: Explanation) -> bytes:
    """An explanation as JSON, as ``kept_explanation`` keeps it."""
    return _PACKED.dump_json((found,), fallback=lambda number: number.item())


def _kept(connection: Connection, score_id: str, basis: str) -> Explanation | None:
    row = first(connection, _KEPT, {"score_id": score_id, "made_with": basis})
    return None if row is None else _PACKED.validate_json(row["explanation"])[0]


def _complete(found: Explanation) -> bool:
    return not found.degraded


def work_out(connection: Connection, row: Row, scorer: Scorer | None) -> Explanation:
    """What stands behind a stored score, from the ledger and the models."""
    question = _Question(connection, row)
    reasons = _reasons(question)
    remedies = _remedies(question, scorer)
    because = None if remedies else _because(question, scorer)
    findings = _findings(question, scorer)
    missing = {FAILED} if question.failed else set()
    return Explanation(
        remedies=remedies,
        findings=findings,
        reasons=reasons,
        no_remedies_because=because,
        model_digests={risk: artifact.digest for risk, artifact in scorer.artifacts.items()} if scorer else {},
        degraded=tuple(sorted(missing if scorer else missing | {UNAVAILABLE})),
    )


def inline_records(row: Row) -> Sequence[Record]:
    """The records of the document that a score was asked about; none where the invoice is in the ledger."""
    if row["document"] is None:
        return ()
    return records_of(InlineDocument.model_validate(row["document"]), row["as_of"])


def _reasons(question: _Question) -> tuple[Reason, ...]:
    stored = tuple(_reason(reason) for reason in question.row["reasons"])
    if not stored:
        return ()
    return question.guarded(
        lambda: with_records_behind(stored, question.history, question.invoice_id, question.as_of), stored
    )


def _reason(stored: dict[str, Any]) -> Reason:
    known = {field.name: stored[field.name] for field in fields(Reason) if field.name in stored}
    return Reason(**known | {"evidence": tuple(stored["evidence"]), "records": ()})


def _remedies(question: _Question, scorer: Scorer | None) -> tuple[Remedy, ...]:
    if scorer is None:
        return ()
    return question.guarded(lambda: suggest(question.history, question.invoice_id, question.as_of, scorer), ())


def _because(question: _Question, scorer: Scorer | None) -> str:
    if scorer is None:
        return UNAVAILABLE
    if question.failed:
        return FAILED
    if "dispute" not in scorer.artifacts:
        return UNAVAILABLE
    if not InvoiceView(question.history, question.invoice_id, question.as_of).unsent:
        return ALREADY_OUT
    return CLEARABLE if question.row["risks"]["clearable"] else NOTHING_HELPS


def _findings(question: _Question, scorer: Scorer | None) -> tuple[Finding, ...]:
    artifact = scorer.artifacts.get("anomaly") if scorer else None
    model = None if artifact is None else artifact.model
    if not isinstance(model, AnomalyModel):
        return ()
    ids = [question.invoice_id]

    def find() -> tuple[Finding, ...]:
        wide = with_line_history(question.connection, question.history, ids, snapshot=question.row["ledger_snapshot"])
        (found,) = find_line_anomalies(wide, ids, np.array([question.as_of]), firm=model.firm)
        return found

    return question.guarded(find, ())
