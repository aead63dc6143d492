"""The explanation of a score, as published."""

from math import isfinite
from typing import Literal

from pydantic import ConfigDict, Field, JsonValue

from models.assessment import Reason
from models.findings import Finding
from serving.scoring.explain import Explanation
from serving.scoring.remedies import NOTE, Probability, RecordOut, RemedyOut, Strict, records_out, remedy_out
from serving.scoring.schemas import ReasonOut

EXAMPLE: dict[str, JsonValue] = {
    "score_id": "0199f3a2", "invoice_id": "INV-2041", "remedies": [{
        "sentences": ["Put the contract's purchase order 4500 on the invoice"],
        "owners": [{"role": "billing", "id": None}], "minutes": 5,
        "records": [{"kind": "invoice", "record_id": "88120"}],
        "dispute_before": 0.31, "dispute_after": 0.04, "late_before": 0.42, "late_after": 0.3, "days_earlier": 4.2,
        "clears": True, "note": NOTE}],
    "no_remedies_because": None,
    "findings": [{
        "level": "line", "check": "agreed_rate", "kind": "invoice_line", "record_id": "INV-2041-2",
        "field": "unit_rate", "value": 240.0, "expected_low": 180.0, "expected_high": 180.0, "p_value": 0.002,
        "sentence": "Line INV-2041-2 bills 240 an hour; the rate card says 180"}],
    "reasons": [], "models": {"dispute": "9f2c"}, "degraded": [], "object": "explanation",
}  # fmt: skip


class FindingOut(Strict):
    """A line or timesheet entry that is unlike its own history."""

    level: Literal["line", "timesheet"] = Field(description="what is unusual: a line or an entry")
    check: str = Field(description="what was looked at, e.g. agreed_rate")
    kind: str = Field(description="kind of record")
    record_id: str = Field(description="id of the line or entry")
    field: str = Field(description="the unusual column")
    value: float | None = Field(description="its value; 1 where the check says yes")
    expected_low: float | None = Field(description="expected range, in the unit of the value; null: none is known")
    expected_high: float | None = Field(description="upper end of the expected range")
    p_value: Probability = Field(description="conformal p-value; small is unusual")
    sentence: str = Field(description="the finding in words")


class ExplainedReasonOut(ReasonOut):
    """A stored reason and the records that show what it says."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True)

    records: list[RecordOut] = Field(description="at most ten versions in force then, newest known first")


class ExplanationResponse(Strict):
    """What stands behind a score, worked out when it was asked for."""

    model_config = ConfigDict(extra="forbid", frozen=True, strict=True, json_schema_extra={"examples": [EXAMPLE]})

    score_id: str = Field(description="id of the score")
    invoice_id: str = Field(description="id of the invoice")
    remedies: list[RemedyOut] = Field(description="cheapest first where they clear it, else lowest risk first")
    no_remedies_because: str | None = Field(
        description="already_out, clearable, nothing_helps, models_unavailable or models_failed; null: there are some"
    )
    findings: list[FindingOut] = Field(description="most unusual first")
    reasons: list[ExplainedReasonOut] = Field(description="the reasons of the score")
    models: dict[str, str] = Field(description="risk → SHA-256 of the models in force now, with which this was found")
    degraded: list[str] = Field(description="what was missing when this was answered; empty when nothing was")
    object: Literal["explanation"] = Field(default="explanation", description="kind of document")


def explanation_response(score_id: str, invoice_id: str, found: Explanation) -> ExplanationResponse:
    """The published form."""
    return ExplanationResponse(
        score_id=score_id,
        invoice_id=invoice_id,
        remedies=[remedy_out(remedy) for remedy in found.remedies],
        no_remedies_because=found.no_remedies_because,
        findings=[_finding(finding) for finding in found.findings],
        reasons=[_reason(reason) for reason in found.reasons],
        models=found.model_digests,
        degraded=list(found.degraded),
    )


def _finding(finding: Finding) -> FindingOut:
    return FindingOut(
        level="line" if finding.level == "line" else "timesheet",
        check=finding.check,
        kind=finding.kind,
        record_id=finding.record_id,
        field=finding.field,
        value=_known(finding.value),
        expected_low=_known(finding.expected_low),
        expected_high=_known(finding.expected_high),
        p_value=finding.p_value,
        sentence=finding.sentence,
    )


def _known(value: float) -> float | None:
    return value if isfinite(value) else None


def _reason(reason: Reason) -> ExplainedReasonOut:
    plain = {name: getattr(reason, name) for name in ReasonOut.model_fields if name != "records"}
    return ExplainedReasonOut(**plain | {"evidence": list(reason.evidence), "records": records_out(reason.records)})
