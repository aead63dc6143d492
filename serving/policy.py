"""The review policy: money limits, sampling and service levels, as one frozen, versioned document."""

import hashlib
from datetime import timedelta
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError, model_validator

from models.promise import Assurance, Division, Form, Outcome, Tolerance
from serving.yaml_files import read_yaml

SHIPPED = Path(__file__).parent / "policy.yaml"

Share = Annotated[float, Field(ge=0, le=1, allow_inf_nan=False)]
Limit = Annotated[Decimal, Field(ge=0, le=10**15, allow_inf_nan=False)]
Minutes = Annotated[float, Field(ge=0, le=24 * 60, allow_inf_nan=False)]
Hours = Annotated[float, Field(gt=0, le=24 * 90, allow_inf_nan=False)]


class PolicyError(Exception):
    """The policy file cannot be used; the message names the file and the field."""


class _Frozen(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Stratum(_Frozen):
    """How many of the would-be auto-clears from an amount upwards are sent to review all the same."""

    from_amount: Limit = Field(description="smallest amount of the stratum, group currency")
    rate: Annotated[float, Field(gt=0, le=1)] = Field(
        description="share that is reviewed; never 0, or labels are biased"
    )


class ServiceLevels(_Frozen):
    """Hours until a case should be decided, by route."""

    review: Hours = Field(48, description="until a review is due")
    senior_review: Hours = Field(24, description="until a senior review is due")
    hold: Hours = Field(24, description="until a hold is due")
    manager_after: Hours = Field(24, description="hours past due from which managers are shown the case")


class PriorityTerms(_Frozen):
    """Constants of the expected-cash formula, see ``serving/queue/priority.py``."""

    daily_cost_of_delay: Share = Field(description="cost of a unit of money that waits a day")
    write_off_share: Share = Field(description="share of a disputed amount that is lost on average")
    review_cost: Limit = Field(description="cost of one review, group currency")
    unknown_delay: Share = Field(description="probability assumed when no model speaks of delay")
    unknown_dispute: Share = Field(description="probability assumed when no model speaks of dispute")


class PolicyOverlay(_Frozen):
    """Tighter limits for some clients or companies; an overlay can never loosen the global ones."""

    client_ids: frozenset[str] = Field(frozenset(), description="clients it speaks of")
    legal_entity_ids: frozenset[str] = Field(frozenset(), description="our companies it speaks of")
    auto_clear: bool = Field(True, description="false: nothing of theirs is cleared without a person")
    auto_clear_cap: Limit | None = Field(None, description="largest amount cleared without a person; null: as for all")
    senior_review_amount: Limit | None = Field(None, description="a senior looks from here; null: as for all")

    def covers(self, client_id: str, legal_entity_id: str | None) -> bool:
        """Whether the overlay speaks of this invoice."""
        return client_id in self.client_ids or legal_entity_id in self.legal_entity_ids


class Policy(_Frozen):
    """Everything the policy layer decides by. Amounts are in the group currency."""

    number: int = Field(ge=1, le=1_000_000, description="number of this edition")
    alpha: Share = Field(description="largest share of auto-cleared invoices that may go bad")
    alpha_money: Share = Field(0.08, description="largest share of the auto-cleared money that may go bad")
    money_cap: Limit = Field(Decimal(25_000), description="an invoice's money counts up to here in alpha_money")
    delta: Share = Field(description="largest chance that the certificate of both alphas is wrong")
    outcome: Outcome = Field(
        Outcome.ANY, description="what counts as gone bad: any dispute or credit, or preventable ones only"
    )
    segments: Division = Field(Division.POOLED, description="one promise for all, or one for each billing method")
    tolerance: Tolerance = Field(
        Tolerance.SHARE, description="alpha and alpha_money, or at most half of the firm's own rate"
    )
    promise: Assurance = Field(
        Assurance.WITH_CONFIDENCE, description="held with confidence 1 - delta, or only in expectation"
    )
    auto_clear: bool = Field(description="whether anything is cleared without a person")
    auto_clear_cap: Limit = Field(description="largest amount that may be cleared without a person")
    senior_review_amount: Limit = Field(description="from this amount a senior reviewer looks")
    four_eyes_amount: Limit = Field(description="from this amount a release needs two people")
    sampling: tuple[Stratum, ...] = Field(min_length=1, description="audit sample of would-be auto-clears")
    service_levels: ServiceLevels = Field(ServiceLevels(), description="hours until a case should be decided")
    priority: PriorityTerms = Field(description="constants of the expected-cash formula")
    undo_minutes: Minutes = Field(
        0, description="minutes in which a decision can be undone; 0: it takes effect at once"
    )
    watch_sent: frozenset[str] = Field(
        frozenset(), description="controls that open a case on an invoice that was sent already"
    )
    overlays: tuple[PolicyOverlay, ...] = Field((), description="tighter limits for some; the tightest counts")

    @model_validator(mode="after")
    def _covers_every_amount(self) -> "Policy":
        if min(stratum.from_amount for stratum in self.sampling) != 0:
            raise ValueError("sampling: one stratum must start at 0, so that every amount has a rate")
        return self

    @cached_property
    def content(self) -> dict[str, Any]:
        """The document as plain data."""
        return self.model_dump(mode="json")

    @cached_property
    def version(self) -> str:
        """``policy-<number>-<digest of the content>``; of one that was kept, the name that it was kept under."""
        return name_of(self.content)

    @classmethod
    def kept(cls, content: dict[str, Any], version: str) -> "Policy":
        """A policy as it was written down, under its own name: fields that came later have their defaults.

        Raises ``PolicyError`` for content that is not what the name says, or that cannot be used any more.
        """
        if name_of(content) != version:
            raise PolicyError(f"{version}: its content has the digest of {name_of(content)}")
        try:
            policy = cls.model_validate(content)
        except ValidationError as error:
            raise PolicyError(f"{version}: cannot be used: {error.errors()[0]['msg']}") from error
        policy.__dict__["version"] = version
        return policy

    @property
    def form(self) -> Form:
        """The form of the promise under which anything may be cleared."""
        return Form(self.outcome, self.segments, self.tolerance, self.promise)

    @property
    def undo_window(self) -> timedelta:
        """How long a decision on one case can be undone before it takes effect."""
        return timedelta(minutes=self.undo_minutes)

    def rate_for(self, amount: Decimal) -> float:
        """The audit sample's rate for an amount: that of the highest stratum it reaches."""
        reached = [stratum for stratum in self.sampling if stratum.from_amount <= amount]
        return max(reached, key=lambda stratum: stratum.from_amount).rate

    def tightened_for(self, client_id: str, legal_entity_id: str | None) -> "Policy":
        """The policy for one client and company: of every limit, the tightest that applies."""
        found = [overlay for overlay in self.overlays if overlay.covers(client_id, legal_entity_id)]
        if not found:
            return self
        caps = [overlay.auto_clear_cap for overlay in found if overlay.auto_clear_cap is not None]
        seniors = [overlay.senior_review_amount for overlay in found if overlay.senior_review_amount is not None]
        return self.model_copy(
            update={
                "auto_clear": self.auto_clear and all(overlay.auto_clear for overlay in found),
                "auto_clear_cap": min([self.auto_clear_cap, *caps]),
                "senior_review_amount": min([self.senior_review_amount, *seniors]),
            }
        )


def name_of(content: dict[str, Any]) -> str:
    """``policy-<number>-<digest>`` of a policy as plain data, whatever fields it has."""
    canonical = orjson.dumps(_ordered(content), option=orjson.OPT_SORT_KEYS)
    return f"policy-{content['number']}-{hashlib.sha256(canonical).hexdigest()[:12]}"


def _ordered(content: Any) -> Any:
    """Sets come out in any order; sort what they became."""
    if isinstance(content, dict):
        return {key: _ordered(value) for key, value in content.items()}
    if isinstance(content, list) and all(isinstance(item, str) for item in content):
        return sorted(content)
    return [_ordered(item) for item in content] if isinstance(content, list) else content


def load_policy(path: Path = SHIPPED) -> Policy:
    """Read a policy file; raises ``PolicyError`` naming the field."""
    try:
        return Policy.model_validate(read_yaml(path))
    except (OSError, yaml.YAMLError) as error:
        raise PolicyError(f"{path}: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise PolicyError(f"{path.name}: {'.'.join(map(str, first['loc']))}: {first['msg']}") from error
