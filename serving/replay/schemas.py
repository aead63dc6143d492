"""A replay, as published."""

from datetime import datetime
from typing import Any

from pydantic import ConfigDict, Field

from serving.contract.types import CurrencyCode, MoneyText, Priced, Published, Share
from serving.replay.content import content_digest
from serving.replay.service import Models, Replayed
from serving.routing import Layer, Route
from serving.scoring.examples import EXAMPLE_SCORE
from serving.scoring.schemas import ControlHitOut, ReasonOut, RisksOut, VersionsOut


class ContentOut(Priced):
    """Everything of a score that follows from records, models and rules."""

    invoice_id: str = Field(description="id of the invoice")
    invoice_record_id: str | None = Field(description="the ledger's version of it; null for a document sent along")
    client_id: str = Field(description="id of the client")
    as_of: datetime = Field(description="only what was known before this moment counted")
    amount: MoneyText = Field(description="net total of the invoice")
    currency: CurrencyCode = Field(description="its currency")
    group_amount: MoneyText | None = Field(description="in the group currency; null without an exchange rate")
    group_currency: CurrencyCode | None = Field(description="the firm's own currency")
    features: list[float | None] = Field(description="the feature vector, in the catalogue's order; null: not known")
    versions: VersionsOut = Field(description="what decided, in which version")
    risks: RisksOut = Field(description="what the models say")
    reasons: list[ReasonOut] = Field(description="why they say it")
    controls: list[ControlHitOut] = Field(description="controls that fired")
    degraded: list[str] = Field(description="what was missing")
    route: Route = Field(description="where the invoice goes")
    decided_by: Layer = Field(description="the layer that decided the route")
    because: str = Field(description="the ground of the route")
    sampled: bool = Field(description="reviewed as part of the audit sample")
    propensity: Share = Field(description="probability with which it came to review")
    digest: str = Field(description="SHA-256 of the canonical bytes of all this")


def _example() -> dict[str, Any]:
    content = {name: EXAMPLE_SCORE[name] for name in ContentOut.model_fields if name in EXAMPLE_SCORE}
    rest: dict[str, Any] = {"invoice_record_id": "88120", "group_amount": "1800.00", "group_currency": "EUR"}
    content |= rest | {"features": [0.5, None], "propensity": 1.0, "digest": "4bf1"}
    return {
        "score_id": "019c6a3e-0000-7000-8000-000000000001",
        "models": "stored",
        "same": True,
        "stored": content,
        "recomputed": content,
        "differences": [],
    }


class ReplayOut(Published):
    """A stored score beside what is said when it is made again."""

    model_config = ConfigDict(json_schema_extra={"examples": [_example()]})

    score_id: str = Field(description="id of the stored score")
    models: Models = Field(description="whose models and rules judged: those of the score, or those in force now")
    same: bool = Field(description="both contents are the same bytes")
    stored: ContentOut = Field(description="what was said")
    recomputed: ContentOut = Field(description="what is said now")
    differences: list[str] = Field(description="JSON pointers to what differs; empty when same")


def replay_out(score_id: str, models: Models, replayed: Replayed) -> ReplayOut:
    """The published form of a replay."""
    return ReplayOut(
        score_id=score_id,
        models=models,
        same=replayed.same,
        stored=_content(replayed.stored),
        recomputed=_content(replayed.recomputed),
        differences=list(replayed.differences),
    )


def _content(content: dict[str, Any]) -> ContentOut:
    record_id = content["invoice_record_id"]
    versions = VersionsOut(
        features=content["catalogue_digest"],
        models=content["model_digests"],
        controls=content["control_version"],
        policy=content["policy_version"],
    )
    made = {"versions": versions, "digest": content_digest(content)}
    return ContentOut.model_validate(
        {**content, **made, "invoice_record_id": None if record_id is None else str(record_id)}
    )
