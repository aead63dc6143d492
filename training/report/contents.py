"""Everything that a report and a model card say of a candidate, as plain values without a word of markup."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from features.catalogue import CATALOGUE_DIGEST
from models.arrays import FloatArray
from models.artifact import Artifact
from models.delay import DelayModel
from models.dispute import DisputeModel
from training.candidate import Candidate
from training.certification import group_amounts
from training.config import TrainingConfig
from training.dataset import Dataset
from training.evaluation import Figure, Test
from training.forecast import ForecastFigures, judge, replay
from training.gates import Gate, gates
from training.report.curves import CurveFigure, whole_curve
from training.report.rivals import Comparison, compare, contenders_of, horizon_of, noted_comparisons
from training.slices import Slice, slices


@dataclass(frozen=True)
class Against:
    """One contender, metric by metric."""

    name: str
    each: list[Comparison]


@dataclass(frozen=True)
class Task:
    """One task of a candidate, judged.

    Attributes:
        test: outcomes and predictions.
        figures: metrics of candidate and baseline, each with its interval.
        champion: the reigning champion's figures on the same rows; empty without one.
        comparisons: paired differences to everybody else.
        money: ``float64`` (n,), absolute amounts of the test's invoices in group currency.
    """

    test: Test
    figures: list[Figure]
    champion: list[Figure]
    comparisons: list[Comparison]
    money: FloatArray

    @property
    def against(self) -> list[Against]:
        """The comparisons, contender by contender."""
        names = dict.fromkeys(one.name for one in self.comparisons)
        return [Against(name, [one for one in self.comparisons if one.name == name]) for name in names]


@dataclass(frozen=True)
class Abstention:
    """How often the model says that it cannot tell, and how good it is where it does.

    Attributes:
        share: of the test rows on which it abstains.
        groups: new, young and known clients, judged on the rows that it answers for.
    """

    share: float
    groups: list[Slice]


@dataclass(frozen=True)
class Contents:
    """A report's facts.

    Attributes:
        risk: which of the three models.
        facts: what training noted: spans, digests, settings.
        digest: SHA-256 of the model file as registered.
        made_of: ingredient → weight, where the model is a blend.
        tasks: every task that can be tested; the one that decides comes first.
        slices: of the deciding task.
        abstention: of the deciding task; ``None`` where nothing can be tested.
        gates: what stands between this version and the champion's place.
        curve: figures of the whole curve of days late; empty for other models.
        cash: how good past cash forecasts from it were, where they can be replayed.
        certificate: of auto-clearing, for disputes; ``None`` for the others.
        resamples: behind each interval.
        with_rivals: whether plain rivals were fitted for the comparison.
    """

    risk: str
    facts: dict[str, Any]
    digest: str
    made_of: dict[str, dict[str, float]]
    tasks: list[Task]
    slices: list[Slice]
    abstention: Abstention | None
    gates: list[Gate]
    resamples: int
    with_rivals: bool
    curve: list[CurveFigure] = field(default_factory=list)
    cash: ForecastFigures | None = None
    certificate: dict[str, Any] | None = None


@dataclass(frozen=True)
class Question:
    """What a report is made for.

    Attributes:
        dataset: which the candidate was trained on.
        candidate: to be judged.
        config: settings of its training.
        digest: SHA-256 of its model file.
        champion: the reigning model, if any.
        rivals: fit plain rivals too; that takes about as long as training.
    """

    dataset: Dataset
    candidate: Candidate
    config: TrainingConfig
    digest: str
    champion: Artifact | None = None
    rivals: bool = False


def contents_of(asked: Question) -> Contents:
    """Judge a candidate in every respect that the report shows."""
    candidate, config = asked.candidate, asked.config
    tests = _deciding_first([test for test in candidate.tests if test.testable()], config)
    model, main = candidate.model, tests[0] if tests else None
    served = Artifact(model, asked.digest, CATALOGUE_DIGEST, candidate.facts)
    return Contents(
        risk=model.risk,
        facts=candidate.facts,
        digest=asked.digest,
        made_of=_made_of(model),
        tasks=[_task(asked, test) for test in tests],
        slices=_slices(asked, main) if main else [],
        abstention=_abstention(asked, main) if main else None,
        gates=gates(served),
        resamples=config.bootstrap,
        with_rivals=asked.rivals,
        curve=whole_curve(asked.dataset, candidate, config, rivals=asked.rivals),
        cash=_cash(asked),
        certificate=model.certificate if isinstance(model, DisputeModel) else None,
    )


def _deciding_first(tests: list[Test], config: TrainingConfig) -> list[Test]:
    deciding = f"late>{config.late_after_days}d"
    return sorted(tests, key=lambda test: (test.task != deciding, horizon_of(test) if "late>" in test.task else 0))


def _task(asked: Question, test: Test) -> Task:
    config, candidate = asked.config, asked.candidate
    contenders = list(
        contenders_of(asked.dataset, candidate, test, config, champion=asked.champion, rivals=asked.rivals)
    )
    return Task(
        test=test,
        figures=_of_task(candidate.figures, test),
        champion=_of_task(candidate.champion_figures, test),
        comparisons=[
            *compare(test, contenders, resamples=config.bootstrap, seed=config.seed),
            *([] if asked.rivals else _noted_rivals(candidate, test)),
        ],
        money=np.abs(np.nan_to_num(group_amounts(asked.dataset.matrix.rows(test.rows)))),
    )


def _noted_rivals(candidate: Candidate, test: Test) -> list[Comparison]:
    noted = noted_comparisons(candidate.facts)
    return [one for task, one in noted if task == test.task and one.kind == "rival"]


def _of_task(figures: Sequence[Figure], test: Test) -> list[Figure]:
    return [figure for figure in figures if figure.task == test.task]


def _slices(asked: Question, main: Test) -> list[Slice]:
    config, model = asked.config, asked.candidate.model
    return slices(asked.dataset, main, model, resamples=config.bootstrap, seed=config.seed)


def _abstention(asked: Question, main: Test) -> Abstention:
    model, config = asked.candidate.model, asked.config
    covered = model.support.covers(asked.dataset.matrix.values[main.rows])
    judged = slices(
        asked.dataset, main, model, resamples=config.bootstrap, seed=config.seed, only_answered=True,
        dimensions=("client_age",),
    )  # fmt: skip
    return Abstention(float(1 - covered.mean()), judged)


def _cash(asked: Question) -> ForecastFigures | None:
    model, tests = asked.candidate.model, asked.candidate.tests
    if not isinstance(model, DelayModel) or not tests or not len(tests[0].rows):
        return None
    return judge(replay(asked.dataset, model, tests[0].rows))


def _made_of(model: object) -> dict[str, dict[str, float]]:
    if isinstance(model, DisputeModel):
        return {"disputed or credited": dict(model.blend.weights)}
    if isinstance(model, DelayModel):
        heads = {f"late by more than {head.edge:.0f} days": dict(head.weights) for head in model.heads}
        return {"the curve of days late": dict(model.hazards.weights), **heads}
    return {}
