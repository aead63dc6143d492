"""``triage train`` and ``triage retrain``: the first of each risk becomes champion, later ones wait for a person."""

from pathlib import Path

from tests.training.store import MLFLOW_WARNINGS, settings_below  # before the command: it keeps MLflow's import quiet

# isort: split
import pytest
from rich.console import Console
from sqlalchemy import Engine, text

from cli.promises import training_config
from cli.train import figures_table, rivals_table
from ledger.database import Database
from ledger.errors import PlainError
from models.champions import Champions
from serving.policy import SHIPPED, load_policy
from simulator.write import write_to_ledger
from tests.cli.kit import live_in, said, triage
from tests.serving.policies.test_lifecycle import activated, changed
from tests.training.firm import simulated, trained
from training.registry import CHALLENGER, CHAMPION, Registry
from training.report.rivals import noted_comparisons


def test_training_certifies_what_the_policy_promises(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    policy = load_policy()
    config = training_config(seed=3, holdout_share=0.3)
    assert (config.seed, config.holdout_share) == (3, 0.3)
    assert (config.alpha, config.alpha_money, config.delta) == (policy.alpha, policy.alpha_money, policy.delta)
    assert config.money_cap == float(policy.money_cap)
    stricter = tmp_path / "policy.yaml"
    stricter.write_text(SHIPPED.read_text().replace("alpha_money: 0.08", "alpha_money: 0.02"))
    monkeypatch.setenv("TRIAGE_POLICY", str(stricter))
    assert training_config(seed=3).alpha_money == 0.02


def test_a_policy_that_cannot_be_read_stops_training_with_its_name(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_POLICY", "/nowhere/policy.yaml")
    with pytest.raises(PlainError, match="nowhere"):
        training_config(seed=1)


def test_the_policy_that_people_activated_is_what_training_promises(engine: Engine) -> None:
    with engine.begin() as connection:
        activated(connection, changed(alpha=0.01))
    assert training_config(seed=1, engine=engine).alpha == 0.01


def test_the_table_shows_each_figure_with_its_interval_beside_its_baseline() -> None:
    figures = trained().candidates["dispute"].figures
    console = Console(width=80)
    with console.capture() as captured:
        console.print(figures_table(figures))
    for figure in figures:
        ours, theirs = figure.model, figure.baseline
        assert f"{ours.value:.3f} [{ours.low:.3f}, {ours.high:.3f}]" in captured.get()
        assert f"{theirs.value:.3f} [{theirs.low:.3f}, {theirs.high:.3f}]" in captured.get()
    assert "baseline of disputed: client's own smoothed rate" in captured.get()


def test_plain_models_stand_beside_it_in_a_table_of_their_own_that_fits_a_narrow_terminal() -> None:
    figures = trained().candidates["dispute"].figures
    noted = noted_comparisons(trained().candidates["dispute"].facts)
    console = Console(width=80)
    with console.capture() as captured:
        console.print(rivals_table(figures, noted))
    rivals = [one for _, one in noted if one.kind == "rival"]
    assert rivals
    for rival in rivals:
        assert rival.name in captured.get()
        assert f"{rival.theirs:.3f}" in captured.get()
    assert "disputed" in captured.get()


@pytest.mark.slow
@MLFLOW_WARNINGS
def test_a_firm_is_trained_served_and_retrained(
    engine: Engine,
    database: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    settings = settings_below(tmp_path)
    live_in(monkeypatch, settings, database)
    write_to_ledger(engine, [[one for one in simulated(450, 14, 5).records if one.kind != "note"]])
    assert triage("train") == 0
    first = said(capsys)
    registry = Registry(settings)
    reigning = {risk: registry.version_at(risk, CHAMPION) for risk in ("delay", "dispute", "anomaly")}
    assert "1" in reigning.values()
    assert "its baseline (client's own smoothed rate)" in first
    for risk, version in reigning.items():
        line = f"{registry.name_of(risk)} version 1"
        assert (line in first) == (registry.version_at(risk, CHALLENGER) is not None)
        assert version in (None, "1")
    served = {one["risk"]: one["version"] for one in Champions(settings.model_cache).describe()}
    assert served == {risk: version for risk, version in reigning.items() if version}
    assert triage("retrain") == 0
    assert "Next: `triage promote RISK" in said(capsys)
    assert {risk: registry.version_at(risk, CHAMPION) for risk in reigning} == reigning
    with engine.connect() as connection:
        moves = connection.execute(text("SELECT risk, version, why FROM deployment")).all()
    assert {tuple(move) for move in moves} == {(risk, "1", "first training") for risk in served}
