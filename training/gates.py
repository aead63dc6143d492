"""The gates that a challenger passes before it may become champion."""

from dataclasses import dataclass

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from training.measured import Measured
from training.metrics import LARGER_IS_BETTER


@dataclass(frozen=True)
class Gate:
    """One gate's verdict."""

    name: str
    passed: bool
    detail: str


# The proper score and the ranking; calibration error and ROC are reported but do not gate.
GATED = ("brier", "average_precision")


def gates(challenger: Artifact, figures: list[dict[str, object]], champion: list[dict[str, object]]) -> list[Gate]:
    """Every gate for one challenger.

    Args:
        challenger: the model as it would be served.
        figures: its out-of-time metrics beside the baseline (``Figure`` as JSON values).
        champion: the reigning champion's on the same rows; empty when there is none.
    """
    found = [
        Gate(
            "same feature definitions",
            challenger.catalogue_digest == CATALOGUE_DIGEST,
            f"catalogue {challenger.catalogue_digest[:12]}",
        )
    ]
    gated = [figure for figure in figures if figure["metric"] in GATED]
    found += [_not_worse(figure, "baseline", figure["baseline"]) for figure in gated]
    by_task = {(figure["task"], figure["metric"]): figure["model"] for figure in champion}
    rivals = [(figure, by_task.get((figure["task"], figure["metric"]))) for figure in gated]
    return found + [_not_worse(figure, "champion", rival) for figure, rival in rivals if rival is not None]


def _not_worse(figure: dict[str, object], rival: str, measured: object) -> Gate:
    """The challenger's figure may lie beyond the rival's only within the challenger's own interval."""
    ours, theirs = Measured(**figure["model"]), Measured(**measured)  # type: ignore[arg-type]  # JSON of Measured
    metric = str(figure["metric"])
    passed = ours.high >= theirs.value if LARGER_IS_BETTER[metric] else ours.low <= theirs.value
    detail = f"{metric} {ours.value:.3f} [{ours.low:.3f}, {ours.high:.3f}] against {theirs.value:.3f}"
    return Gate(f"{figure['task']}: not worse than the {rival}", passed, detail)
