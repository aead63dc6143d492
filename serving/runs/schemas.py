"""Requests and answers of billing runs, as published."""

from datetime import datetime
from enum import StrEnum
from typing import Annotated, Literal

from pydantic import ConfigDict, Field

from ledger.records.base import Id
from serving.callbacks.schemas import CallbackUrlText, CorrelationId
from serving.contract.strict import Sent, instead_of
from serving.contract.types import CurrencyCode, MoneyText, Priced, Published, SentMoment, Share
from serving.routing import Layer
from serving.scoring.dispositions import AnswerRoute, Disposition, Purpose
from serving.scoring.schemas import ScoreDecisionOut
from serving.sql import Row

MOST_INVOICES = 100_000


class RunFilter(StrEnum):
    """Invoices that need not be listed."""

    UNSENT = "unsent"  # newest version is a draft or approved
    UNSCORED = "unscored"  # unsent, and the newest version was never scored


class RunState(StrEnum):
    """Where a run stands."""

    QUEUED = "queued"
    RUNNING = "running"
    FINISHED = "finished"
    CANCELLED = "cancelled"
    FAILED = "failed"


class RunRequest(Sent):
    """Which invoices to score together: by id or by a filter. Send exactly one of the two."""

    model_config = ConfigDict(
        json_schema_extra={"examples": [{"invoice_ids": ["INV-2041", "INV-2042"]}, {"filter": "unsent"}]}
    )

    invoice_ids: list[Id] | None = Field(
        default=None,
        min_length=1,
        max_length=MOST_INVOICES,
        description="ids of invoices in the ledger; or send filter",
    )
    filter: Annotated[RunFilter | None, instead_of("invoice_ids")] = Field(
        default=None,
        validate_default=True,
        description="unsent: all not sent yet; unscored: those of them never scored; or send invoice_ids",
    )
    as_of: SentMoment | None = Field(
        default=None, description="scoring moment (RFC 3339, not in the future); default now"
    )
    dry_run: bool = Field(
        default=False, description="keep the scores as this run's results alone, and open and refresh no case"
    )
    false_discovery_rate: float = Field(
        default=0.1, gt=0, lt=1, description="tolerated share of false alarms among the flagged anomalies"
    )
    callback_url: CallbackUrlText | None = Field(
        default=None, description="told when the run ends; must be allow-listed"
    )
    correlation_id: CorrelationId | None = Field(default=None, description="comes back in the callback")


class RunOut(Published):
    """A billing run and how far it is."""

    run_id: str = Field(description="id")
    state: RunState = Field(description="queued, running, finished, cancelled or failed")
    because: str | None = Field(description="why it failed")
    as_of: datetime = Field(description="scoring moment of every invoice")
    purpose: Purpose = Field(description="live; historical: a moment was named; dry_run: nothing comes of it")
    total: int = Field(description="invoices asked for, each counted once")
    done: int = Field(description="invoices looked at so far; never goes back")
    routes: dict[AnswerRoute, int] = Field(description="route → invoices scored so far")
    unknown: int = Field(description="ids that the ledger did not know at the moment")
    first_unknown: list[str] = Field(description="the first hundred of them")
    faulty: int = Field(description="invoices that could not be scored because something went wrong; the log says what")
    first_faulty: list[str] = Field(description="the first hundred of them: order them again, or tell an administrator")
    false_discovery_rate: Share = Field(description="tolerated share of false alarms among the flagged anomalies")
    anomalies: int | None = Field(description="invoices flagged as anomalies; null until the run is finished")
    per_second: float | None = Field(description="invoices per second since it started")
    seconds_left: float | None = Field(description="at that rate; null unless it is running")
    created_at: datetime = Field(description="when it was asked for")
    started_at: datetime | None = Field(description="when a worker took it up")
    ended_at: datetime | None = Field(description="when it was finished, cancelled or failed")
    object: Literal["run"] = Field(default="run", description="what this is")


class RunsOut(Published):
    """Runs of the caller, newest first."""

    runs: list[RunOut] = Field(description="a page")
    next_cursor: str | None = Field(description="send it as cursor for the next page; null on the last one")


class RunResultOut(Priced):
    """One invoice of a run."""

    invoice_id: str = Field(description="invoice")
    score_id: str = Field(description="its score: GET /v1/scores/{score_id} has the reasons")
    client_id: str = Field(description="client")
    amount: MoneyText = Field(description="invoice amount")
    currency: CurrencyCode = Field(description="its currency")
    stage: str | None = Field(description="how far the invoice has come")
    route: AnswerRoute = Field(description="where it goes, or what people did")
    may_send: bool = Field(description="it may be sent now: cleared, or released and unchanged since")
    disposition: Disposition | None = Field(description="what came of the score")
    decision: ScoreDecisionOut | None = Field(description="what people decided on it")
    decided_by: Layer = Field(description="the layer that decided the route")
    because: str = Field(description="the ground of the route in one sentence")
    case_id: str | None = Field(description="its open case, or the one that was decided; null: there is none")
    probability_late: Share | None = Field(description="calibrated probability of being late")
    probability_dispute: Share | None = Field(description="calibrated probability of a dispute or credit")
    anomaly_p_value: Share | None = Field(description="conformal p-value; small is unusual")
    anomaly_flagged: bool | None = Field(
        description="unusual, with the run's false discovery rate held; null until the run is finished"
    )


class RunResultsOut(Published):
    """A page of results, by invoice id."""

    results: list[RunResultOut] = Field(description="invoices scored so far")
    next_cursor: str | None = Field(description="send it as cursor for the next page; null on the last one")


def run_out(row: Row) -> RunOut:
    """The published form of a run."""
    return RunOut.model_validate({name: row[name] for name in RunOut.model_fields if name in row})


def result_out(row: Row) -> RunResultOut:
    """The published form of one result."""
    return RunResultOut.model_validate(row)
