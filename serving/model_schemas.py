"""Models, certificates and deployments, as published."""

from datetime import datetime
from typing import Any, Literal

from pydantic import ConfigDict, Field, JsonValue

from models.promise import form_of, promise_in_words
from models.scorer import Scorer
from models.segments import POOLED
from serving.contract.types import Published, Share
from serving.scoring.schemas import FormOut
from serving.sql import Row

EXAMPLE_MODEL: dict[str, JsonValue] = {
    "risk": "dispute", "name": "demo-dispute-risk", "version": "3", "digest": "9f2c",
    "facts": {"trained_until": "2026-01-31"},
}  # fmt: skip
EXAMPLE_PROOF: dict[str, JsonValue] = {
    "segment": "milestone", "threshold": 0.03, "delta": 0.05, "rows": 900, "cleared": 700, "bad": 9, "loss": 0.02,
    "coverage": 0.78, "p_count": 0.001, "p_money": 0.04,
}  # fmt: skip
EXAMPLE_CERTIFICATE: dict[str, JsonValue] = {
    "risk": "dispute", "model_digest": "9f2c", "alpha": 0.05, "alpha_money": 0.08, "money_cap": 25000.0, "delta": 0.1,
    "rows": 2400, "valid_until": "2026-12-31", "data_digest": "d41d", "p_value": 0.04, "proofs": [EXAMPLE_PROOF],
}  # fmt: skip
EXAMPLE_DEPLOYMENT: dict[str, JsonValue] = {
    "deployment_id": "12", "deployed_at": "2026-02-01T09:00:00Z", "action": "promote", "risk": "dispute",
    "version": "3", "digest": "9f2c", "previous_version": "2", "who": "dan", "why": "better on the last quarter",
    "gates": [{"name": "beats the baseline", "passed": True, "detail": "0.81 against 0.74"}],
}  # fmt: skip


class ModelOut(Published):
    """A loaded model."""

    risk: str = Field(description="delay, dispute or anomaly")
    name: str | None = Field(default=None, description="registered name")
    version: str | None = Field(default=None, description="registered version")
    digest: str | None = Field(default=None, description="SHA-256 of the model file; scores name it")
    facts: dict[str, Any] = Field(default={}, description="what training noted: span, data digest, metrics, versions")


class ModelsOut(Published):
    """The models in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"available": True, "models": [EXAMPLE_MODEL]}]})

    available: bool = Field(description="whether any model speaks; without one everything is reviewed")
    models: list[ModelOut] = Field(description="one per risk that has a champion")


class ProofOut(Published):
    """A threshold that was proved on one segment's invoices."""

    segment: str = Field(description="invoices it speaks of: a billing method, rest, or all")
    threshold: Share = Field(description="dispute probability up to which they may be cleared")
    delta: Share | None = Field(default=None, description="this proof's part of the chance that the promise is false")
    rows: int = Field(description="matured invoices of the segment")
    cleared: int = Field(description="those at or below the threshold")
    bad: int = Field(description="how many of them went bad")
    loss: float = Field(description="share of the cleared money that went bad")
    coverage: Share = Field(description="share that is cleared")
    p_count: Share = Field(description="p-value of 'more than alpha of the cleared go bad'")
    p_money: Share = Field(description="p-value of 'more than alpha_money of the cleared money goes bad'")


class OwnRateOut(Published):
    """What went bad of the firm's invoices before the certification rows."""

    count: Share = Field(description="share of the invoices")
    money: Share = Field(description="share of their capped money")
    rows: int = Field(description="matured invoices that it was counted on")
    until: str = Field(description="day of the last of their scores")


class CertificateAttemptOut(Published):
    """A look at the certification rows."""

    number: int | None = Field(description="first, second, … on the same rows; null where nobody counted")
    delta: Share = Field(description="part of the chance to be wrong that it was allowed to spend")


class CertificateOut(Published):
    """What was proved of a model, on which data, for how long."""

    risk: str = Field(description="risk of the certified model")
    model_digest: str = Field(description="SHA-256 of the model file")
    alpha: Share = Field(description="tolerated share of bad invoices among the cleared")
    alpha_money: Share = Field(description="tolerated share of the cleared money that goes bad")
    money_cap: float = Field(description="an invoice's money counts up to here, group currency")
    delta: Share = Field(description="chance that any of it is false")
    rows: int = Field(description="matured invoices of all segments")
    p_value: Share = Field(description="the largest of its proofs")
    valid_until: str = Field(description="last day on which it holds")
    data_digest: str = Field(description="SHA-256 of the certification data")
    in_words: str | None = Field(default=None, description="what is promised, in one sentence")
    form: FormOut | None = Field(default=None, description="form of the promise")
    own_rate: OwnRateOut | None = Field(
        default=None, description="the firm's own rate that the tolerances are half of; null for fixed shares"
    )
    attempt: CertificateAttemptOut | None = Field(
        default=None, description="which attempt on these rows it was; null for certificates from before they counted"
    )
    proofs: list[ProofOut] = Field(description="one per segment that qualified")


class CertificatesOut(Published):
    """The certificates in force."""

    model_config = ConfigDict(json_schema_extra={"examples": [{"certificates": [EXAMPLE_CERTIFICATE]}]})

    certificates: list[CertificateOut] = Field(description="empty when nothing may be cleared")


class GateOut(Published):
    """A gate that a model passed."""

    name: str = Field(description="what was asked")
    passed: bool = Field(description="whether it passed")
    detail: str = Field(description="the figures")


class DeploymentOut(Published):
    """A move of a champion."""

    deployment_id: str = Field(description="id of the move")
    deployed_at: datetime = Field(description="from when on it was live")
    action: Literal["promote", "rollback"] = Field(description="forward or back")
    risk: str = Field(description="delay, dispute or anomaly")
    version: str = Field(description="version that became champion")
    digest: str = Field(description="SHA-256 of its file")
    previous_version: str | None = Field(description="champion before")
    gates: list[GateOut] = Field(description="gates it passed; none for a rollback")
    who: str = Field(description="who moved it")
    why: str = Field(description="and why")


class DeploymentPageOut(Published):
    """A page of the deployment ledger."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"deployments": [EXAMPLE_DEPLOYMENT], "next_cursor": None}]}
    )

    deployments: list[DeploymentOut] = Field(description="moves, newest first")
    next_cursor: str | None = Field(description="send it as ?cursor= for the next page; null at the end")


def models_out(available: bool, described: list[dict[str, Any]]) -> ModelsOut:  # noqa: FBT001 - one word of the answer
    """The published form of what the model source says."""
    return ModelsOut(available=available, models=[ModelOut.model_validate(one) for one in described])


def certificates_out(scorer: Any) -> CertificatesOut:
    """The certificates of the loaded models."""
    artifacts = scorer.artifacts if isinstance(scorer, Scorer) else {}
    found = [
        _certificate(risk, artifact.digest, certificate)
        for risk, artifact in artifacts.items()
        if (certificate := getattr(artifact.model, "certificate", None))
    ]
    return CertificatesOut(certificates=found)


def _certificate(risk: str, digest: str, certificate: dict[str, Any]) -> CertificateOut:
    segments = certificate.get("segments") or {POOLED: certificate}
    proofs = [ProofOut.model_validate({**proof, "segment": segment}) for segment, proof in segments.items()]
    said = {"form": form_of(certificate).to_dict(), "in_words": promise_in_words(certificate)}
    return CertificateOut.model_validate(
        {**certificate, **said, "risk": risk, "model_digest": digest, "proofs": proofs}
    )


def deployment_out(row: Row) -> DeploymentOut:
    """The published form of a move."""
    return DeploymentOut.model_validate({**row, "deployment_id": str(row["deployment_id"])})
