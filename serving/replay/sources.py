"""What decided a score, found again: its models by digest, its controls and policy by version."""

from collections.abc import Mapping

from sqlalchemy import Connection

from models.artifact import ArtifactError
from models.champions import Champions, MissingArtifactError
from serving.controls.checks import ControlError
from serving.controls.replay import controls_for_replay
from serving.controls.ruleset import ControlSet
from serving.policy import Policy, PolicyError
from serving.problems import Conflict
from serving.scoring.scorer import FixedModels, ModelSource, NoModels
from serving.sql import Row, first

_RULES = "SELECT content FROM rule_set WHERE version = %(version)s"


class ReplayImpossible(Conflict):
    """Something that made the score is gone."""

    slug = "replay-impossible"
    title = "The score cannot be made again"


def models_of(models: ModelSource, digests: Mapping[str, str]) -> ModelSource:
    """The models with these digests; none for a score that was made without. Raises ``ReplayImpossible``."""
    if not digests:
        return NoModels()
    if not isinstance(models, Champions):
        return models
    try:
        return FixedModels(models.by_digests(digests))
    except MissingArtifactError as error:
        raise ReplayImpossible(f"{error}; fetch it from the registry", missing=[error.digest]) from error
    except ArtifactError as error:
        raise ReplayImpossible(f"a model cannot be used any more: {error}") from error


def controls_of(connection: Connection, row: Row) -> ControlSet:
    """The controls that judged a score, under the snoozes that its hits name. Raises ``ReplayImpossible``."""
    _content(connection, row["control_version"])
    try:
        return controls_for_replay(connection, row["control_version"], row["controls"])
    except ControlError as error:
        raise ReplayImpossible(f"the controls cannot be used any more: {error}") from error


def policy_of(connection: Connection, row: Row) -> Policy:
    """The policy that routed a score. Raises ``ReplayImpossible``."""
    version = row["policy_version"]
    try:
        return Policy.kept(_content(connection, version), version)
    except PolicyError as error:
        raise ReplayImpossible(str(error), missing=[version]) from error


def _content(connection: Connection, version: str) -> Row:
    kept = first(connection, _RULES, {"version": version})
    if kept is None:
        raise ReplayImpossible(f"the rules {version} are not kept", missing=[version])
    content: Row = kept["content"]
    return content
