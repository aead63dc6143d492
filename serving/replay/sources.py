"""What decided a score, found again: its models by digest, its controls and policy by version."""

from collections.abc import Mapping

from sqlalchemy import Connection

from models.artifact import ArtifactError
from models.champions import Champions, MissingArtifactError
from serving.controls.load import compiled_set, document_of
from serving.controls.ruleset import ControlSet
from serving.controls.snooze import Snooze, Snoozes
from serving.policy import Policy
from serving.problems import Conflict
from serving.scoring.scorer import FixedModels, ModelSource, NoModels
from serving.sql import Row, first, rows

_RULES = "SELECT content FROM rule_set WHERE version = %(version)s"
_SNOOZES = """
SELECT s.snooze_id, s.control_id, s.client_id, s.project_id, s.created_at, s.until, e.ended_at
FROM control_snooze s LEFT JOIN control_snooze_end e USING (snooze_id)
WHERE s.created_at < %(as_of)s AND s.until > %(as_of)s
"""


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
    """The controls that judged a score, under the snoozes that held at its moment. Raises ``ReplayImpossible``."""
    version = row["control_version"]
    document = document_of(_content(connection, version), place=version)
    found = [Snooze(**snooze) for snooze in rows(connection, _SNOOZES, {"as_of": row["as_of"]})]
    return compiled_set(document, place=version).with_snoozes(Snoozes.of(found))


def policy_of(connection: Connection, row: Row) -> Policy:
    """The policy that routed a score. Raises ``ReplayImpossible``."""
    return Policy.model_validate(_content(connection, row["policy_version"]))


def _content(connection: Connection, version: str) -> Row:
    kept = first(connection, _RULES, {"version": version})
    if kept is None:
        raise ReplayImpossible(f"the rules {version} are not kept", missing=[version])
    content: Row = kept["content"]
    return content
