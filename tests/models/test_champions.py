"""Champions: a new pointer is taken up, a broken one keeps the last good models and says why."""

import os
from pathlib import Path
from typing import Any

import pytest

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import FILE_NAME, Model, write_artifact
from models.champions import POINTER, Champions, write_pointer
from models.scorer import Scorer
from tests.models.fitted import anomaly_model, delay_model


@pytest.fixture(autouse=True)
def look_at_every_call(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.champions.LOOK_EVERY_SECONDS", 0.0)


def _publish(cache: Path, version: str, models: dict[str, Model], *, catalogue: str = CATALOGUE_DIGEST) -> None:
    pointer: dict[str, dict[str, Any]] = {}
    for risk, model in models.items():
        folder = f"{risk}/{version}"
        write_artifact(cache / folder, model, catalogue_digest=catalogue, facts={"version": version})
        pointer[risk] = {"name": f"demo-{risk}", "version": version, "folder": folder}
    write_pointer(cache, pointer)


def _touch(cache: Path, content: bytes | None = None) -> None:
    """Rewrite the pointer so that its time differs whatever the file system's resolution."""
    path = cache / POINTER
    later = path.stat().st_mtime_ns + 5_000_000_000
    if content is not None:
        path.write_bytes(content)
    os.utime(path, ns=(later, later))


def _scorer(champions: Champions) -> Scorer:
    scorer = champions.current()
    assert scorer is not None
    return scorer


def test_before_any_pointer_there_is_no_scorer_and_a_reason(tmp_path: Path) -> None:
    champions = Champions(tmp_path)
    assert champions.current() is None
    assert champions.describe() == []
    assert champions.problem == "no champions have been fetched yet"


def test_published_champions_are_loaded_and_described(tmp_path: Path) -> None:
    _publish(tmp_path, "3", {"delay": delay_model(), "anomaly": anomaly_model()})
    champions = Champions(tmp_path)
    assert set(_scorer(champions).artifacts) == {"delay", "anomaly"}
    described = {entry["risk"]: entry for entry in champions.describe()}
    assert described["delay"]["version"] == "3"
    assert described["delay"]["digest"] == _scorer(champions).artifacts["delay"].digest
    assert described["delay"]["facts"] == {"version": "3"}
    assert champions.problem is None


def test_a_changed_pointer_is_taken_up_without_a_restart(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model()})
    champions = Champions(tmp_path)
    _scorer(champions)
    _publish(tmp_path, "2", {"delay": delay_model()})
    _touch(tmp_path)
    assert _scorer(champions).artifacts["delay"].facts == {"version": "2"}


def test_an_unchanged_pointer_is_not_read_again(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model()})
    champions = Champions(tmp_path)
    assert _scorer(champions) is _scorer(champions)


@pytest.mark.parametrize(
    "content",
    [
        b"not json",
        b"[]",
        b"3",
        b'{"delay": {}}',
        b'{"delay": "delay/1"}',
        b'{"delay": {"folder": 5}}',
        b'{"delay": {"folder": "delay/9"}}',
    ],
)
def test_a_broken_pointer_keeps_the_last_good_models_and_says_why(content: bytes, tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model()})
    champions = Champions(tmp_path)
    good = _scorer(champions)
    _touch(tmp_path, content)
    assert champions.current() is good
    assert champions.problem


def test_a_damaged_model_keeps_the_last_good_ones(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model()})
    champions = Champions(tmp_path)
    good = _scorer(champions)
    _publish(tmp_path, "2", {"delay": delay_model()})
    (tmp_path / "delay/2" / FILE_NAME).write_bytes(b"{}")
    _touch(tmp_path)
    assert champions.current() is good
    assert "delay/2" in str(champions.problem)


def test_one_damaged_model_does_not_keep_the_others_back(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model(), "anomaly": anomaly_model()})
    champions = Champions(tmp_path)
    _scorer(champions)
    _publish(tmp_path, "2", {"delay": delay_model(), "anomaly": anomaly_model()})
    (tmp_path / "delay/2" / FILE_NAME).write_bytes(b"{}")
    _touch(tmp_path)
    artifacts = _scorer(champions).artifacts
    assert (artifacts["delay"].facts, artifacts["anomaly"].facts) == ({"version": "1"}, {"version": "2"})
    assert list(champions.problems) == ["delay"]
    assert {entry["risk"]: entry["version"] for entry in champions.describe()} == {"delay": "1", "anomaly": "2"}


def test_a_damaged_model_without_an_earlier_one_leaves_its_risk_unavailable_until_it_heals(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model(), "anomaly": anomaly_model()})
    healthy = (tmp_path / "delay/1" / FILE_NAME).read_bytes()
    (tmp_path / "delay/1" / FILE_NAME).write_bytes(b"{}")
    champions = Champions(tmp_path)
    assert set(_scorer(champions).artifacts) == {"anomaly"}
    (tmp_path / "delay/1" / FILE_NAME).write_bytes(healthy)
    assert set(_scorer(champions).artifacts) == {"delay", "anomaly"}
    assert champions.problems == {}


def test_models_of_other_feature_definitions_are_not_taken_up(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model()}, catalogue="of another day")
    champions = Champions(tmp_path)
    assert champions.current() is None
    assert "triage retrain" in str(champions.problem)


def test_after_a_repair_the_problem_is_gone(tmp_path: Path) -> None:
    _publish(tmp_path, "1", {"delay": delay_model()})
    (tmp_path / POINTER).write_bytes(b"not json")
    champions = Champions(tmp_path)
    assert champions.current() is None
    _publish(tmp_path, "1", {"delay": delay_model()})
    _touch(tmp_path)
    assert _scorer(champions).artifacts
    assert champions.problem is None


def test_between_two_looks_the_disk_is_left_alone(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("models.champions.LOOK_EVERY_SECONDS", 3600.0)
    _publish(tmp_path, "1", {"delay": delay_model()})
    champions = Champions(tmp_path)
    monkeypatch.setattr(champions, "_looked_at", -1e9)
    good = _scorer(champions)
    _touch(tmp_path, b"not json")
    assert champions.current() is good
    assert champions.problem is None
