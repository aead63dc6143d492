"""One MLflow store for the tests of promotion and of the commands above it: three versions of the dispute model."""

import warnings
from dataclasses import replace
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from mlflow.tracking import MlflowClient

# MLflow warns of its own type hints while it is imported.
with warnings.catch_warnings():
    warnings.filterwarnings("ignore", ".*Any type hint is inferred as AnyType", UserWarning)
    import mlflow.pyfunc  # noqa: F401 - imported for the filter's sake

from ledger.settings import Settings
from models.champions import POINTER
from tests.training.firm import dataset, trained
from training.candidate import Candidate
from training.evaluation import Figure
from training.frames import example_rows
from training.measured import Measured
from training.registry import CHALLENGER, CHAMPION, Registry

RISK, NAME = "dispute", "demo-dispute-risk"
FIRST, SECOND, BEATEN = "1", "2", "3"
# The first version's; the others were registered without.
PAPERS = {"report.html": "<h1>the page</h1>", "model_card.md": "# the card\n"}
# MLflow maps its own tables in a way that SQLAlchemy 2.1 means to drop.
MLFLOW_WARNINGS = pytest.mark.filterwarnings(
    "ignore:The ``noload`` loader strategy:sqlalchemy.exc.SADeprecationWarning"
)


def settings_below(home: Path) -> Settings:
    """Settings of an installation with a local store, whatever the environment says."""
    return Settings(TRIAGE_HOME=str(home), TRIAGE_FIRM="demo", DATABASE_URL=None, MLFLOW_TRACKING_URI=None)


def reset(settings: Settings) -> None:
    """Nothing reigns, nothing is published, and the second version is challenger."""
    client = MlflowClient(settings.tracking_uri)
    client.delete_registered_model_alias(NAME, CHAMPION)
    client.set_registered_model_alias(NAME, CHALLENGER, SECOND)
    (settings.model_cache / POINTER).unlink(missing_ok=True)


@cache
def store(home: Path) -> Settings:
    """Versions 1 (first of all), 2 (as good) and 3 (beaten by a perfect champion); filled once per process."""
    registry = Registry(settings_below(home))
    first = _compared(trained().candidates[RISK])
    second = _measured_against(first, first.figures)
    for candidate in (
        replace(first, documents=PAPERS),
        second,
        _beaten(_measured_against(first, [_perfect(figure) for figure in first.figures])),
    ):
        registry.register(RISK, candidate, example_rows(dataset()))
    reset(settings_below(home))
    return settings_below(home)


def _measured_against(candidate: Candidate, champion: list[Figure]) -> Candidate:
    return _compared(replace(candidate, champion_figures=champion), "champion")


def _compared(candidate: Candidate, *kinds: str, worse_by: float = 0.0) -> Candidate:
    """The candidate as if it were exactly as good as its baseline, and worse than others by a certain amount."""
    noted = [
        _noted(kind, metric, worse_by if kind == "champion" else 0.0)
        for kind in ("baseline", *kinds)
        for metric in ("average_precision", "brier")
    ]
    return replace(candidate, facts={**candidate.facts, "comparisons": noted})


def _beaten(candidate: Candidate) -> Candidate:
    return _compared(candidate, "champion", worse_by=0.05)


def _noted(kind: str, metric: str, worse_by: float) -> dict[str, Any]:
    value = worse_by if metric == "brier" else -worse_by
    measured = {"value": value, "low": value, "high": value}
    return {"task": "disputed", "name": kind, "kind": kind, "metric": metric, "theirs": 0.1, "difference": measured}


def _perfect(figure: Figure) -> Figure:
    best = 0.0 if figure.metric in ("brier", "ece") else 1.0
    return replace(figure, model=Measured(best, best, best))
