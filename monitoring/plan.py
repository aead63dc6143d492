"""What is watched and how: per column a test and its threshold, both pinned, and per group how many may drift."""

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from features.catalogue import CATALOGUE
from features.feature import Feature
from models.reference import prediction_column


class Group(StrEnum):
    """What kind of thing drifted: each has another owner and another next step."""

    DATA = "data"
    PREDICTIONS = "predictions"
    TEXT = "text"


class Method(StrEnum):
    """The distance between two samples (names as Evidently knows them)."""

    # Earth mover's distance in standard deviations of the reference: does not shrink with the sample as a p-value does.
    WASSERSTEIN = "wasserstein"
    # Jensen-Shannon distance between shares, in [0, 1].
    JENSEN_SHANNON = "jensenshannon"


THRESHOLDS = {Method.WASSERSTEIN: 0.25, Method.JENSEN_SHANNON: 0.15}

# A group drifts when more than this share of its columns does; a single prediction is already a change of what we say.
GROUP_SHARES = {Group.DATA: 0.25, Group.PREDICTIONS: 0.0, Group.TEXT: 0.3}

# risk → the field of a stored score that is its prediction.
PREDICTIONS = {"delay": "probability_late", "dispute": "probability", "anomaly": "p_value"}
ABSENT_SUFFIX = " (absent)"


@dataclass(frozen=True)
class Watched:
    """One column under watch.

    Attributes:
        column: its name; features keep their catalogue names, predictions are called ``risk_<name>``, and a name that
            ends in ``ABSENT_SUFFIX`` stands for whether the value is empty.
        group: kind of thing.
        method: distance.
        threshold: drifted when the distance is larger.
    """

    column: str
    group: Group
    method: Method
    threshold: float


@dataclass(frozen=True)
class Plan:
    """Everything under watch, and the fewest rows that allow a verdict."""

    columns: tuple[Watched, ...]
    least_rows: int = 100

    def of(self, group: Group) -> list[Watched]:
        """The columns of a group."""
        return [watched for watched in self.columns if watched.group is group]


def standard_plan(features: Sequence[Feature] = CATALOGUE, *, least_rows: int = 100) -> Plan:
    """Every feature, whether it is empty, and the three predictions."""
    watched = [_watched(feature.name, _group(feature), _method(feature)) for feature in features]
    watched += [_watched(feature.name + ABSENT_SUFFIX, _group(feature), Method.JENSEN_SHANNON) for feature in features]
    watched += [_watched(prediction_column(risk), Group.PREDICTIONS, Method.WASSERSTEIN) for risk in PREDICTIONS]
    return Plan(tuple(watched), least_rows)


def _watched(column: str, group: Group, method: Method) -> Watched:
    return Watched(column, group, method, THRESHOLDS[method])


def _group(feature: Feature) -> Group:
    return Group.TEXT if feature.family == "text" else Group.DATA


def _method(feature: Feature) -> Method:
    return Method.JENSEN_SHANNON if feature.dtype == "flag" else Method.WASSERSTEIN
