"""A model on disk: one JSON file that a person can read, named by its digest; nothing is ever unpickled."""

import hashlib
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import orjson

from models.anomaly import AnomalyModel
from models.delay import DelayModel
from models.dispute import DisputeModel

Model = DelayModel | DisputeModel | AnomalyModel

MODELS: dict[str, type[DelayModel] | type[DisputeModel] | type[AnomalyModel]] = {
    model.risk: model for model in (DelayModel, DisputeModel, AnomalyModel)
}
FILE_NAME = "model.json"
FORMAT = 1


class ArtifactError(Exception):
    """A model file that cannot be used; the message says why."""


@dataclass(frozen=True)
class Artifact:
    """A model with what one must know to trust it.

    Attributes:
        model: the fitted model.
        digest: SHA-256 (hex) of the file's bytes.
        catalogue_digest: of the feature definitions that it was trained on.
        facts: training span, dataset digest, versions: whatever training noted.
    """

    model: Model
    digest: str
    catalogue_digest: str
    facts: dict[str, Any]


def write_artifact(folder: Path, model: Model, *, catalogue_digest: str, facts: dict[str, Any]) -> Artifact:
    """Write ``model.json`` into ``folder``; the same model and facts give the same bytes and digest."""
    content = {
        "format": FORMAT,
        "risk": model.risk,
        "catalogue_digest": catalogue_digest,
        "facts": facts,
        "model": model.to_dict(),
    }
    data = orjson.dumps(content, option=orjson.OPT_SORT_KEYS | orjson.OPT_SERIALIZE_NUMPY)
    folder.mkdir(parents=True, exist_ok=True)
    (folder / FILE_NAME).write_bytes(data)
    return Artifact(model, hashlib.sha256(data).hexdigest(), catalogue_digest, facts)


def read_artifact(folder: Path) -> Artifact:
    """Load what ``write_artifact`` wrote.

    Raises ``ArtifactError`` when the file is missing, damaged or of another format.
    """
    try:
        data = (folder / FILE_NAME).read_bytes()
        content = orjson.loads(data)
        if content["format"] != FORMAT:
            raise ArtifactError(f"{folder}: format {content['format']}, this code reads {FORMAT}")
        model = MODELS[content["risk"]].from_dict(content["model"])
        catalogue_digest, facts = content["catalogue_digest"], content["facts"]
    except (OSError, LookupError, AttributeError, TypeError, ValueError) as error:
        raise ArtifactError(f"{folder}: {type(error).__name__}: {error}") from error
    return Artifact(model, hashlib.sha256(data).hexdigest(), catalogue_digest, facts)
