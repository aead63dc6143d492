"""What a reader of boards may ask for, the same on pages and in the API."""

from datetime import UTC, date, datetime, timedelta
from typing import Annotated, Final, Self

from pydantic import BaseModel, ConfigDict, Field, model_validator

from serving.api.dependencies import PlainId
from serving.boards.listing import Which
from serving.boards.scope import FILTERS, Dimension, Scope, Step
from serving.contract.forms import FormQuery
from serving.contract.types import SentMoment
from serving.problems import Invalid

USUAL_MONTHS: Final = 12
LONGEST: Final = timedelta(days=5 * 366)
LONGEST_BY_WEEK: Final = timedelta(days=183)
FIRST_DAY: Final = date(1995, 1, 1)
Day = Annotated[date, Field(ge=FIRST_DAY, le=date(2199, 12, 31))]


class ScopeQuery(BaseModel):
    """Narrows figures to a period, to what was known by a moment, and to one value of some dimensions."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    since: Day | None = Field(default=None, description="first day of the period; default eleven months ago's first")
    until: Day | None = Field(default=None, description="last day of the period; default today")
    as_of: SentMoment | None = Field(default=None, description="only what was known before this moment; default now")
    entity: PlainId | None = Field(default=None, description="only one legal entity, by its id")
    region: PlainId | None = Field(default=None, description="only one region")
    service_line: PlainId | None = Field(default=None, description="only one service line")
    segment: PlainId | None = Field(default=None, description="only one client segment")
    client: PlainId | None = Field(default=None, description="only one client, by its id")
    split: Day | None = Field(default=None, description="compare the period before this day with that from it on")

    @model_validator(mode="after")
    def _in_order(self) -> Self:
        if self.since is not None and self.until is not None and self.since > self.until:
            raise ValueError("the period ends before it begins")
        return self

    def scope(self, now: datetime) -> Scope:
        """What is asked for, seen from a moment. Raises ``Invalid`` for a period that cannot be shown."""
        as_of = now if self.as_of is None else min(self.as_of, now).astimezone(UTC)
        if as_of.date() < FIRST_DAY:
            raise Invalid.at("/query/as_of", "lies before anything that is kept")
        until = as_of.date() if self.until is None else self.until
        since = _months_before(until, USUAL_MONTHS - 1) if self.since is None else self.since
        if since > until or until - since > LONGEST:
            raise Invalid.at("/query/since", "must lie before until, and no more than five years")
        if self.split is not None and not since < self.split <= min(until, as_of.date()):
            raise Invalid.at("/query/split", "must lie inside the period, after its first day and not ahead")
        only: dict[Dimension, str] = {
            name: value for name in FILTERS if (value := getattr(self, name.value)) is not None
        }
        return Scope(since, until, as_of, only)

    def parameters(self) -> dict[str, str]:
        """What was asked for, as parameters of an address."""
        return {name: str(value) for name, value in self.model_dump(mode="json", exclude_defaults=True).items()}


class BoardQuery(ScopeQuery):
    """One figure in detail: by what it is broken down, which of its rows are listed, from where."""

    by: Dimension | None = Field(default=None, description="break down by this dimension")
    own: PlainId | None = Field(default=None, description="only one value of the figure's own dimension")
    step: Step | None = Field(default=None, description="how fine the trend is; default by the period's length")
    which: Which = Field(default=Which.COUNTED, description="which rows are listed")
    offset: int = Field(default=0, ge=0, le=1_000_000, description="rows left out at the beginning")

    def scope(self, now: datetime) -> Scope:
        """As in ``ScopeQuery``, with the figure's own dimension."""
        scope = super().scope(now)
        own = {} if self.own is None else {Dimension.OWN: self.own}
        return Scope(scope.since, scope.until, scope.as_of, scope.only | own)


class ScopeForm(FormQuery, ScopeQuery):
    """As a page's form sends it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class BoardForm(FormQuery, BoardQuery):
    """As a page's form sends it."""

    model_config = ConfigDict(extra="ignore", frozen=True)


def step_for(scope: Scope, wanted: Step | None = None) -> Step:
    """The step asked for, or weeks for short periods and months for long ones."""
    if wanted is not None and (wanted is Step.MONTH or scope.until - scope.since <= 2 * LONGEST_BY_WEEK):
        return wanted
    return Step.WEEK if scope.until - scope.since <= LONGEST_BY_WEEK else Step.MONTH


def _months_before(day: date, months: int) -> date:
    total = day.year * 12 + day.month - 1 - months
    return date(total // 12, total % 12 + 1, 1)
