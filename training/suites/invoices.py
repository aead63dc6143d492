"""The study of delay and dispute on public invoice exports: what ships beside plain models, on the same later rows."""

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from features.history import History, with_records
from features.text import Encoder
from ledger.imports.loading import load_mapping
from ledger.imports.runner import read_records
from ledger.records import Note, Record
from ledger.settings import Settings
from models.arrays import FloatArray
from models.delay import DelayModel
from training.candidate import Candidate
from training.config import TrainingConfig
from training.dataset import Dataset, as_observed, build_dataset, late_outcome
from training.evaluation import Test
from training.fit_delay import scorable
from training.forecast import judge, replay
from training.measured import Measured
from training.metrics import METRICS, measure
from training.prepare import export_encoder
from training.priors import dispute_priors, late_priors
from training.rivals import Known, binary_rivals, cox, kaplan_meier, median_regression
from training.suites.row import Row, Step
from training.survival_metrics import curve_figures, settled
from training.train import train

TEST_SHARE = 0.3
# file → mapping, horizons of lateness that the study asks for
EXPORTS = {
    "ibm_receivables.csv": ("ibm-receivables", (0, 15)),
    "cassandra_payables.csv": ("cassandra-payables", (0, 30)),
}


@dataclass(frozen=True)
class Study:
    """One export, what was trained on its earlier part, and the cut of each risk."""

    name: str
    dataset: Dataset
    config: TrainingConfig
    candidates: dict[str, Candidate]


def run(data: Path, *, seed: int, step: Step) -> Iterator[Row]:
    """Rows of every export in ``data``: chance of lateness, disputes where the export tells of them, days late."""
    for file, (mapping, horizons) in EXPORTS.items():
        path = data / file
        if not path.exists():
            continue
        step(f"{path.stem}: reading and building features")
        config = TrainingConfig(
            seed=seed, holdout_share=TEST_SHARE, holdout_rows=0, late_after_days=15, late_horizons=horizons
        )
        dataset = build_dataset(history_of(path, mapping), dispute_window_days=config.dispute_window_days)
        trained = train(dataset, config, step=lambda said, name=path.stem: step(f"{name}: {said}"))  # type: ignore[misc]  # mypy cannot infer a lambda with a default
        yield from _rows(Study(path.stem, dataset, config, trained.candidates), step)


def history_of(path: Path, mapping: str) -> History:
    """An export as the history that an import would have left, with its notes embedded."""
    records: list[Record] = list(read_records(path, load_mapping(mapping)))
    notes = [record.text for record in records if isinstance(record, Note)]
    similarities = Encoder.load(export_encoder(Settings()), workers=2).note_similarities(notes) if notes else {}
    return with_records(History({}), records, similarities=similarities)


def _rows(study: Study, step: Step) -> Iterator[Row]:
    for risk in ("delay", "dispute"):
        candidate = study.candidates.get(risk)
        for test in candidate.tests if candidate else ():
            if candidate and test.testable():
                step(f"{study.name}: rivals for {test.task}")
                yield from _binary(study, candidate, test)
    if "delay" in study.candidates:
        step(f"{study.name}: rivals for the whole curve")
        yield from _curves(study, study.candidates["delay"])
        yield from _forecast(study, study.candidates["delay"])


def _binary(study: Study, candidate: Candidate, test: Test) -> Iterator[Row]:
    known, rate = _known(study, candidate, test)
    ours = _measured(study, test.outcome, test.probability)
    for name, predict in binary_rivals(known, rate).items():
        predicted = predict()
        theirs = {metric: METRICS[metric](test.outcome, predicted) for metric in ours}
        yield from _lines(study, test.task, ours, name, theirs, (len(known.train), len(test.outcome)))


def _measured(study: Study, outcome: FloatArray, probability: FloatArray) -> dict[str, Measured]:
    metrics = ("roc_auc", "average_precision", "brier")
    return measure(outcome, probability, metrics=metrics, resamples=study.config.bootstrap, seed=study.config.seed)


def _known(study: Study, candidate: Candidate, test: Test) -> tuple[Known, str]:
    """The training rows as known at the cut, and the rate feature of the task."""
    dataset, cut = study.dataset, int(candidate.facts["cut"])
    before = np.flatnonzero(dataset.as_of < cut)
    labels = as_observed(dataset.rows(before), cut)
    if test.task == "disputed":
        outcome, rate = labels.disputed, "dispute_rate"
    else:
        day = float(test.task.removeprefix("late>").removesuffix("d"))
        open_rows = np.isin(before, scorable(dataset, before))
        outcome = np.where(open_rows, late_outcome(dataset.rows(before), after_days=day, until=cut), np.nan)
        rate = f"late_rate_{day:.0f}"
    decided = np.isfinite(outcome)
    told = outcome[decided]
    priors = dispute_priors(told) if test.task == "disputed" else late_priors(labels.days_late)
    values = dataset.matrix.values
    known = Known(priors(values[before[decided]]), told, priors(values[test.rows]), study.config.seed)
    return known, rate


def _forecast(study: Study, candidate: Candidate) -> Iterator[Row]:
    """Weekly cash after past Mondays, against each client's usual days late."""
    model = candidate.model
    assert isinstance(model, DelayModel)
    found = judge(replay(study.dataset, model, candidate.tests[0].rows))
    if found is not None:
        sizes = (int(candidate.facts["rows_trained"]), found.weeks)
        ours = {"weekly_cash_error": found.error}
        rival = {"weekly_cash_error": found.naive_error}
        yield from _lines(study, "cash by week", ours, "client's usual days late", rival, sizes)


def _curves(study: Study, candidate: Candidate) -> Iterator[Row]:
    dataset, cut, model = study.dataset, int(candidate.facts["cut"]), candidate.model
    assert isinstance(model, DelayModel)
    test = candidate.tests[0].rows
    test = test[settled(dataset.labels.days_late[test])]
    before = scorable(dataset, np.flatnonzero(dataset.as_of < cut))
    labels = as_observed(dataset.rows(before), cut)
    X, asked = dataset.matrix.values[before], dataset.matrix.values[test]
    clients = np.unique(dataset.labels.client_id.astype(str), return_inverse=True)[1]
    waits, days = (labels.days_late, labels.days_late_lower), dataset.labels.days_late[test]
    curves = {
        "Kaplan-Meier": kaplan_meier(
            *waits, np.zeros(len(before), dtype=np.int64), np.zeros(len(test), dtype=np.int64)
        ),
        "Kaplan-Meier by client": kaplan_meier(*waits, clients[before], clients[test]),
        "Cox": cox(X, *waits, asked),
    }
    ours = curve_figures(model.curve(asked), days, resamples=study.config.bootstrap, seed=study.config.seed)
    for name, curve in curves.items():
        theirs = {metric: figure.value for metric, figure in curve_figures(curve, days, resamples=50).items()}
        yield from _lines(study, "days late", ours, name, theirs, (len(before), len(test)))
    medians = {
        "LightGBM on the absolute error": median_regression(X, labels.days_late, asked, seed=study.config.seed),
        "constant median": np.full(len(test), np.nanmedian(labels.days_late)),
        "due date": np.zeros(len(test)),
    }
    error = {"mean_absolute_error": ours["mean_absolute_error"]}
    for name, said in medians.items():
        theirs = {"mean_absolute_error": float(np.mean(np.abs(days - said)))}
        yield from _lines(study, "days late", error, name, theirs, (len(before), len(test)))


def _lines(
    study: Study, task: str, ours: dict[str, Measured], rival: str, theirs: dict[str, float], sizes: tuple[int, int]
) -> Iterator[Row]:
    for metric, figure in ours.items():
        yield Row(
            study.name, task, "triage", metric, figure.value, figure.low, figure.high, rival, theirs[metric], *sizes
        )
