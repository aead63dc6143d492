"""The training story: fit on the past, test on what came after, certify on what no fit has seen."""

from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, replace
from datetime import UTC, datetime
from typing import Any

import numpy as np
from threadpoolctl import threadpool_limits

from features.catalogue import CATALOGUE_DIGEST
from features.lines.judge import first_scores
from models.artifact import Artifact, Model
from models.findings import FirmScores
from training.attempts import Attempts, Uncounted
from training.candidate import Candidate
from training.certification import certified
from training.config import TrainingConfig
from training.dataset import Dataset, late_outcome
from training.errors import TooFewOutcomesError
from training.evaluation import Figure, Test, anomaly_tests, delay_tests, dispute_tests, figures, matured
from training.fit_anomaly import fit_anomaly
from training.fit_delay import fit_delay, scorable
from training.fit_dispute import fit_dispute
from training.report import words
from training.report.rivals import note_comparisons, noted_comparisons
from training.splits import Fold, holdout

Step = Callable[[str], None]
Champions = Mapping[str, Artifact]


@dataclass(frozen=True)
class Trained:
    """Candidates by risk, and why a risk has none."""

    candidates: dict[str, Candidate]
    skipped: dict[str, str]


def train(
    dataset: Dataset,
    config: TrainingConfig,
    *,
    champions: Champions | None = None,
    step: Step | None = None,
    attempts: Attempts | None = None,
) -> Trained:
    """Train the three models; a risk without enough outcomes is skipped with its reason.

    Args:
        dataset: rows in order of time.
        config: settings.
        champions: reigning models, tested on the same rows where they know the same features.
        attempts: where attempts at a certificate are counted; without it they are not, and the certificate says so.
        step: called with a sentence before each long step.
    """
    say, reigning = step or (lambda _: None), champions or {}
    # A sum over many threads depends on how many there are: one thread gives equal models everywhere.
    with threadpool_limits(limits=1, user_api="blas"):
        candidates, skipped = _fitted(dataset, config, reigning, say)
    return Trained(certified(dataset, config, candidates, attempts or Uncounted()), skipped)


def _fitted(
    dataset: Dataset, config: TrainingConfig, reigning: Champions, say: Step
) -> tuple[dict[str, Candidate], dict[str, str]]:
    """Candidates by risk, and why a risk has none."""
    candidates: dict[str, Candidate] = {}
    skipped: dict[str, str] = {}
    for risk, make in (("delay", _delay), ("dispute", _dispute), ("anomaly", _anomaly)):
        say(f"Training the {risk} model")
        try:
            candidates[risk] = make(dataset, config, reigning.get(risk))
        except TooFewOutcomesError as error:
            skipped[risk] = str(error)
    return candidates, skipped


def _delay(dataset: Dataset, config: TrainingConfig, champion: Artifact | None) -> Candidate:
    rows = scorable(dataset, np.arange(len(dataset)))
    outcome = late_outcome(dataset, after_days=max(config.late_horizons), until=dataset.observed_until)
    fold = _fold(dataset, rows[np.isfinite(outcome[rows])], config, least="settled invoices")
    model = fit_delay(dataset, fold.cut, config)
    return _candidate(dataset, fold, config, model, lambda m: delay_tests(dataset, fold.after, m, config), champion)


def _dispute(dataset: Dataset, config: TrainingConfig, champion: Artifact | None) -> Candidate:
    fold = _fold(dataset, matured(dataset, np.arange(len(dataset))), config, least="matured invoices")
    model = fit_dispute(dataset, fold.cut, config)
    return _candidate(dataset, fold, config, model, lambda m: dispute_tests(dataset, fold.after, m), champion)


def _anomaly(dataset: Dataset, config: TrainingConfig, champion: Artifact | None) -> Candidate:
    # Tested on matured rows where there are any; otherwise the latest rows are only held out.
    certain = matured(dataset, np.arange(len(dataset)))
    fold = _fold(dataset, certain if len(certain) >= 200 else np.arange(len(dataset)), config, least="invoices")
    lines = FirmScores() if dataset.history is None else FirmScores.of(first_scores(dataset.history, fold.cut))
    model = fit_anomaly(dataset, fold.cut, config, firm=lines)
    return _candidate(dataset, fold, config, model, lambda m: anomaly_tests(dataset, fold.after, m), champion)


def _fold(dataset: Dataset, rows: Any, config: TrainingConfig, *, least: str) -> Fold:
    if len(rows) < 50:
        raise TooFewOutcomesError(f"{len(rows)} {least}; 50 are needed")
    fold = holdout(dataset.as_of[rows], share=config.held_out(len(rows)))
    return Fold(rows[fold.before], rows[fold.after], fold.cut)


def _candidate(
    dataset: Dataset,
    fold: Fold,
    config: TrainingConfig,
    model: Model,
    tests_of: Callable[[Any], list[Test]],
    champion: Artifact | None,
) -> Candidate:
    tests = tests_of(model)
    measured = figures(tests, n_train=len(fold.before), config=config)
    reigning: list[Figure] = []
    if champion is not None and champion.catalogue_digest == CATALOGUE_DIGEST:
        reigning = figures(tests_of(champion.model), n_train=len(fold.before), config=config)
    facts = {
        "dataset_digest": dataset.digest,
        "cut": fold.cut,
        "config": config.model_dump(mode="json"),
        "trained_from": _day(int(dataset.as_of[0])),
        "trained_until": _day(fold.cut),
        "tested_until": _day(int(dataset.as_of[fold.after[-1]])),
        "rows_trained": len(fold.before),
        "rows_tested": len(fold.after),
        "metrics": [asdict(figure) for figure in measured],
        "champion_metrics": [asdict(figure) for figure in reigning],
    }
    candidate = Candidate(model, measured, tests, dataset.matrix.rows(fold.after), reigning, facts)
    compared = note_comparisons(dataset, candidate, config, champion=champion)
    return replace(candidate, facts=facts | {"comparisons": compared, "standing": _standing(compared)})


def _standing(compared: list[dict[str, Any]]) -> dict[str, str]:
    """Task → whether the model beats its baseline there, in a sentence."""
    noted = noted_comparisons({"comparisons": compared})
    tasks = dict.fromkeys(task for task, _ in noted)
    return {task: words.standing([one for name, one in noted if name == task]) for task in tasks}


def _day(moment: int) -> str:
    return datetime.fromtimestamp(moment / 1e6, UTC).date().isoformat()
