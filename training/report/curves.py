"""The whole curve of days late, judged at every horizon at once, beside Kaplan-Meier and Cox where at hand."""

from collections.abc import Iterator
from dataclasses import dataclass
from importlib.util import find_spec

import numpy as np

from models.arrays import FloatArray
from models.delay import DelayModel
from training.candidate import Candidate
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed
from training.fit_delay import scorable
from training.measured import Measured
from training.rivals import cox, kaplan_meier
from training.survival_metrics import curve_figures, settled

# Each resample ranks the invoices once per edge; so many are enough for an interval's first two digits.
RESAMPLES = 60


@dataclass(frozen=True)
class CurveFigure:
    """One metric of whole curves: the candidate's with its interval, and each rival's."""

    metric: str
    ours: Measured
    theirs: dict[str, float]


def whole_curve(dataset: Dataset, candidate: Candidate, config: TrainingConfig, *, rivals: bool) -> list[CurveFigure]:
    """Figures over the settled test invoices; none for models that are no clock, or with fewer than 50 of these.

    Args:
        dataset: which the candidate was trained on.
        candidate: to be judged.
        config: of its training.
        rivals: fit Kaplan-Meier and Cox too, where lifelines (the extra ``studies``) is installed.
    """
    model = candidate.model
    if not isinstance(model, DelayModel) or not candidate.tests:
        return []
    rows = candidate.tests[0].rows
    rows = rows[settled(dataset.labels.days_late[rows])]
    if len(rows) < 50:
        return []
    days, drawn = dataset.labels.days_late[rows], {"resamples": min(config.bootstrap, RESAMPLES), "seed": config.seed}
    ours = curve_figures(model.curve(dataset.matrix.values[rows]), days, **drawn)
    fitted = _rivals(dataset, int(candidate.facts["cut"]), rows) if rivals and find_spec("lifelines") else ()
    theirs = {name: curve_figures(curve, days, resamples=2) for name, curve in fitted}
    return [
        CurveFigure(metric, figure, {name: found[metric].value for name, found in theirs.items()})
        for metric, figure in ours.items()
    ]


def _rivals(dataset: Dataset, cut: int, rows: np.ndarray) -> Iterator[tuple[str, FloatArray]]:
    before = scorable(dataset, np.flatnonzero(dataset.as_of < cut))
    labels = as_observed(dataset.rows(before), cut)
    waits = (labels.days_late, labels.days_late_lower)
    clients = np.unique(dataset.labels.client_id.astype(str), return_inverse=True)[1]
    yield "Kaplan-Meier", kaplan_meier(*waits, np.zeros_like(clients[before]), np.zeros_like(clients[rows]))
    yield "Kaplan-Meier by client", kaplan_meier(*waits, clients[before], clients[rows])
    yield "Cox", cox(dataset.matrix.values[before], *waits, dataset.matrix.values[rows])
