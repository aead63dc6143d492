"""What a training run is told: one frozen object, in which a typo is an error."""

from pydantic import BaseModel, ConfigDict, Field

from models.hazards import EDGES
from models.promise import Assurance, Division, Form, Outcome, Tolerance

# Held-out rows below which hardly any firm gets a certificate.
FEWEST_CERTIFYING = 500


class TrainingConfig(BaseModel):
    """Settings of one training run; logged with it, so that the same data and settings give the same model."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    seed: int = 7
    holdout_share: float = Field(0.2, gt=0, lt=0.9, description="latest share of matured rows, seen by no fit")
    holdout_rows: int = Field(2_000, ge=0, description="rows that a certificate wants: a small firm holds out more")
    holdout_most: float = Field(0.35, gt=0, lt=0.9, description="largest share that is held out for their sake")
    folds: int = Field(5, ge=2, le=20, description="blocks of time, each predicted by fits on the others")
    purge_days: int = Field(14, ge=0, description="days on both sides of a block that its fits do not see")
    half_life_days: float = Field(365, gt=0, description="days after which an outcome counts half for the weights")
    seeds: int = Field(3, ge=1, le=20, description="boosters whose scores are averaged in the final fit")
    least_seen: float = Field(
        0.7, gt=0, le=1, description="share of all disputes that must be known of rows so old before they count"
    )
    late_after_days: int = Field(15, description="lateness (days) that counts as late for routing")
    late_horizons: tuple[int, ...] = Field((0, 15, 30), description="horizons (days) that evaluation reports")
    dispute_window_days: int = Field(90, ge=0, description="days after due in which a client may still dispute")
    alpha: float = Field(0.05, gt=0, lt=1, description="tolerated share of bad invoices among the auto-cleared")
    alpha_money: float = Field(0.08, gt=0, lt=1, description="tolerated share of the auto-cleared money that goes bad")
    money_cap: float = Field(25_000, gt=0, description="group currency; an invoice's money counts up to here")
    delta: float = Field(0.1, gt=0, lt=1, description="chance that the certificate's promise is false")
    outcome: Outcome = Field(Outcome.ANY, description="what counts as gone bad: any dispute, or preventable ones only")
    segments: Division = Field(Division.POOLED, description="one promise for all, or one for each billing method")
    tolerance: Tolerance = Field(Tolerance.SHARE, description="alpha and alpha_money, or half of the firm's own rate")
    promise: Assurance = Field(Assurance.WITH_CONFIDENCE, description="with confidence, or only in expectation")
    certificate_days: int = Field(90, gt=0, description="days for which a certificate stays valid")
    bootstrap: int = Field(300, ge=50, description="resamples of an interval")
    margin: float = Field(0.02, ge=0, lt=1, description="share of a rival's figure by which a model may be worse")

    def held_out(self, rows: int) -> float:
        """Share of so many matured rows to hold out.

        Below some 2,000 rows a certificate depends on luck: on a simulated firm 1,000 rows certified 35 % of the
        invoices on average and 2,000 rows 73 %, while a model fitted on two thirds of the past loses little. Where even
        the largest share is too small to certify on, training keeps the rows.
        """
        wanted = self.holdout_rows / max(rows, 1) if rows * self.holdout_most >= FEWEST_CERTIFYING else 0.0
        return max(self.holdout_share, min(wanted, self.holdout_most))

    def model_post_init(self, _: object) -> None:
        """Horizons must be edges of the hazard intervals, where the curve is calibrated."""
        if wrong := [day for day in (self.late_after_days, *self.late_horizons) if day not in EDGES]:
            raise ValueError(f"late horizons {wrong} are not among the interval edges {EDGES.astype(int).tolist()}")

    @property
    def form(self) -> Form:
        """The form of the promise that is to be certified."""
        return Form(self.outcome, self.segments, self.tolerance, self.promise)
