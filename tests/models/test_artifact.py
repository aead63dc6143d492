"""Artifacts: stable bytes, a digest that names them, and one plain error for whatever is wrong with a file."""

import ast
from pathlib import Path

import numpy as np
import orjson
import pytest

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import FILE_NAME, Artifact, ArtifactError, Model, read_artifact, write_artifact
from tests.models.fitted import anomaly_model, delay_model, dispute_model, rows

MODELS = {"delay": delay_model, "dispute": dispute_model, "anomaly": anomaly_model}
ROOMS = ("features", "models", "training")


def _write(folder: Path, model: Model) -> Artifact:
    return write_artifact(folder, model, catalogue_digest=CATALOGUE_DIGEST, facts={"rows": 300})


@pytest.mark.parametrize("risk", MODELS)
def test_reading_gives_back_the_model_the_digest_and_the_facts(risk: str, tmp_path: Path) -> None:
    written = _write(tmp_path, MODELS[risk]())
    read = read_artifact(tmp_path)
    assert (read.digest, read.catalogue_digest, read.facts) == (written.digest, CATALOGUE_DIGEST, {"rows": 300})
    np.testing.assert_array_equal(read.model.contributions(rows(20)), written.model.contributions(rows(20)))


@pytest.mark.parametrize("risk", MODELS)
def test_writing_again_what_was_read_gives_the_same_digest(risk: str, tmp_path: Path) -> None:
    written = _write(tmp_path / "a", MODELS[risk]())
    assert _write(tmp_path / "b", read_artifact(tmp_path / "a").model).digest == written.digest


def test_another_fact_gives_another_digest(tmp_path: Path) -> None:
    first = _write(tmp_path, delay_model()).digest
    second = write_artifact(tmp_path, delay_model(), catalogue_digest=CATALOGUE_DIGEST, facts={"rows": 301}).digest
    assert first != second


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{}",
        b"[]",
        b"null",
        b"not json",
        b'{"format": 999}',
        b'{"format": 1, "risk": "weather", "model": {}}',
        b'{"format": 1, "risk": "delay", "model": []}',
        b'{"format": 1, "risk": "dispute", "model": {"feature_names": []}}',
    ],
)
def test_a_damaged_file_is_refused_with_its_folder(content: bytes, tmp_path: Path) -> None:
    (tmp_path / FILE_NAME).write_bytes(content)
    with pytest.raises(ArtifactError, match=tmp_path.name):
        read_artifact(tmp_path)


@pytest.mark.parametrize("missing", ["format", "risk", "catalogue_digest", "facts", "model"])
def test_a_file_without_one_of_its_parts_is_refused(missing: str, tmp_path: Path) -> None:
    _write(tmp_path, anomaly_model())
    content = orjson.loads((tmp_path / FILE_NAME).read_bytes())
    del content[missing]
    (tmp_path / FILE_NAME).write_bytes(orjson.dumps(content))
    with pytest.raises(ArtifactError, match=missing):
        read_artifact(tmp_path)


def test_a_file_cut_short_is_refused(tmp_path: Path) -> None:
    _write(tmp_path, delay_model())
    data = (tmp_path / FILE_NAME).read_bytes()
    (tmp_path / FILE_NAME).write_bytes(data[: len(data) // 2])
    with pytest.raises(ArtifactError):
        read_artifact(tmp_path)


def test_a_missing_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ArtifactError, match=FILE_NAME):
        read_artifact(tmp_path)


@pytest.mark.parametrize("room", ROOMS)
def test_no_code_that_makes_or_reads_models_can_unpickle(room: str) -> None:
    forbidden = {"pickle", "cloudpickle", "joblib", "dill", "shelve", "marshal", "skops"}
    for path in (Path(__file__).parents[2] / room).rglob("*.py"):
        nodes = list(ast.walk(ast.parse(path.read_text(encoding="utf-8"))))
        names = {alias.name.split(".")[0] for node in nodes if isinstance(node, ast.Import) for alias in node.names}
        names |= {(node.module or "").split(".")[0] for node in nodes if isinstance(node, ast.ImportFrom)}
        assert not names & forbidden, path
