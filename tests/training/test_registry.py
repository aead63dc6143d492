"""The registry: what a version holds, what its run says, and that any pyfunc user gets the artifact's numbers."""

from pathlib import Path

import mlflow
import numpy as np
import pyarrow.parquet
import pytest
import yaml
from mlflow.tracking import MlflowClient

from features.catalogue import CATALOGUE_DIGEST, FEATURE_NAMES
from ledger.settings import Settings
from models.champions import Champions
from models.dispute import DisputeModel
from models.reference import REFERENCE_ROWS, headline
from tests.training.firm import CONFIG, dataset, trained
from tests.training.store import FIRST, MLFLOW_WARNINGS, NAME, PAPERS, RISK, SECOND
from training.frames import to_frame
from training.registry import CHALLENGER, CHAMPION, Registry

pytestmark = MLFLOW_WARNINGS


def test_the_newest_version_is_challenger_and_nothing_reigns_by_itself(registry: Registry) -> None:
    assert registry.name_of(RISK) == NAME
    assert registry.version_at(RISK, CHALLENGER) == SECOND
    assert registry.version_at(RISK, CHAMPION) is None
    assert registry.version_at("delay", CHALLENGER) is None
    assert registry.publish() == {}


def test_the_run_says_the_data_the_settings_and_every_figure_beside_its_baseline(registry: Registry) -> None:
    client = MlflowClient()
    run = client.get_run(client.get_model_version(NAME, FIRST).run_id)
    candidate = trained().candidates[RISK]
    assert run.data.params["dataset_digest"] == dataset().digest
    assert run.data.params["config.seed"] == str(CONFIG.seed)
    for figure in candidate.figures:
        assert run.data.metrics[f"disputed.{figure.metric}"] == figure.model.value
        assert run.data.metrics[f"disputed.{figure.metric}.baseline.high"] == figure.baseline.high
    plots = {item.path for item in client.list_artifacts(run.info.run_id, "plots")}
    assert plots == {"plots/disputed_reliability.svg", "plots/disputed_lift.svg"}


def test_a_challengers_run_shows_the_champion_on_the_same_rows(registry: Registry) -> None:
    client = MlflowClient()
    run = client.get_run(client.get_model_version(NAME, SECOND).run_id)
    assert run.data.metrics["champion.disputed.brier"] == run.data.metrics["disputed.brier"]


def test_a_loaded_version_is_the_registered_model_byte_for_byte(registry: Registry) -> None:
    artifact = registry.load(RISK, FIRST)
    assert artifact.digest == MlflowClient().get_model_version(NAME, FIRST).tags["digest"]
    assert artifact.catalogue_digest == CATALOGUE_DIGEST
    X = dataset().matrix.values
    np.testing.assert_array_equal(headline(artifact.model, X), headline(trained().candidates[RISK].model, X))


def test_a_version_keeps_its_papers_and_one_without_has_none(registry: Registry) -> None:
    assert {name: registry.document(RISK, FIRST, name) for name in PAPERS} == PAPERS
    assert registry.document(RISK, SECOND, "report.html") is None


def test_any_pyfunc_user_gets_the_artifacts_numbers(registry: Registry) -> None:
    registry.move_champion(RISK, FIRST)
    frame = to_frame(dataset().matrix).tail(300)
    answers = mlflow.pyfunc.load_model(f"models:/{NAME}@champion").predict(frame)
    model = registry.load(RISK, FIRST).model
    assert isinstance(model, DisputeModel)
    np.testing.assert_array_equal(answers["disputed"], model.probability(frame.to_numpy()))
    causes = answers.filter(like="cause_").to_numpy()
    np.testing.assert_array_equal(causes, model.causes.predict_proba(frame.to_numpy()))
    assert list(answers.index) == list(frame.index)


def test_a_frame_without_a_feature_is_refused_by_the_signature(registry: Registry) -> None:
    loaded = mlflow.pyfunc.load_model(f"models:/{NAME}/{FIRST}")
    with pytest.raises(mlflow.exceptions.MlflowException, match="dispute_rate"):
        loaded.predict(to_frame(dataset().matrix).drop(columns="dispute_rate").tail(2))


def test_a_version_is_code_and_json_and_holds_no_pickle(registry: Registry, tmp_path: Path) -> None:
    place = mlflow.artifacts.download_artifacts(f"models:/{NAME}/{FIRST}", dst_path=str(tmp_path))
    files = [path for path in Path(place).rglob("*") if path.is_file()]
    names = {path.name for path in files}
    assert {"model.json", "reference.parquet", "MLmodel", "pyfunc_model.py"} <= names
    assert not {path.suffix for path in files} & {".pkl", ".pickle", ".joblib", ".skops", ".pt", ".npy"}
    # A pickle of protocol 2 or later starts with this byte and its number.
    assert not [path.name for path in files if path.read_bytes()[:2] in {bytes([0x80, n]) for n in range(2, 6)}]
    described = yaml.safe_load((Path(place) / "MLmodel").read_text())["flavors"]["python_function"]
    assert described["loader_module"] == "mlflow.pyfunc.loaders.code_model"
    assert "python_model" not in described


def test_the_reference_is_a_sample_of_the_held_out_rows_with_the_models_answers(
    registry: Registry, installation: Settings
) -> None:
    registry.load(RISK, FIRST)
    table = pyarrow.parquet.read_table(installation.model_cache / RISK / FIRST / "reference.parquet")
    assert table.column_names == [*FEATURE_NAMES, f"risk_{RISK}"]
    held_out = trained().candidates[RISK].reference
    assert table.num_rows == min(len(held_out), REFERENCE_ROWS)
    expected = headline(trained().candidates[RISK].model, held_out.values)
    np.testing.assert_array_equal(table[f"risk_{RISK}"].to_numpy(), expected[: table.num_rows])


def test_published_champions_are_what_the_service_loads(registry: Registry, installation: Settings) -> None:
    registry.move_champion(RISK, FIRST)
    assert registry.publish() == {RISK: FIRST}
    champions = Champions(installation.model_cache)
    assert champions.current() is not None
    (described,) = champions.describe()
    assert (described["name"], described["version"]) == (NAME, FIRST)
    assert described["digest"] == registry.load(RISK, FIRST).digest


def test_a_second_registry_finds_the_experiment_of_the_first(registry: Registry, installation: Settings) -> None:
    Registry(installation)
    assert [one.name for one in MlflowClient().search_experiments() if one.name != "Default"] == ["triage-demo"]
