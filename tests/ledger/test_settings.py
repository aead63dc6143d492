"""Settings come from our own variables and from nobody else's."""

from pathlib import Path

import pytest

from ledger.settings import Settings
from serving.settings import ServingSettings


@pytest.fixture
def bare(monkeypatch: pytest.MonkeyPatch) -> pytest.MonkeyPatch:
    """An environment in which nothing of ours is set, but much that sounds like it."""
    for name in ("TRIAGE_HOME", "TRIAGE_FIRM", "TRIAGE_PORT", "TRIAGE_HOST", "DATABASE_URL", "MLFLOW_TRACKING_URI"):
        monkeypatch.delenv(name, raising=False)
    for name, value in {"HOME": "/root", "FIRM": "acme", "HOST": "build-7", "PORT": "1"}.items():
        monkeypatch.setenv(name, value)
    return monkeypatch


def test_other_programs_variables_do_not_move_our_data(bare: pytest.MonkeyPatch) -> None:
    settings, serving = Settings(), ServingSettings()
    assert (settings.home, settings.firm, settings.embedded) == (Path("var"), "demo", True)
    assert (serving.host, serving.port) == ("127.0.0.1", 8000)


def test_our_variables_do(bare: pytest.MonkeyPatch) -> None:
    ours = {"TRIAGE_HOME": "/data", "TRIAGE_FIRM": "acme", "DATABASE_URL": "postgresql://db/x", "TRIAGE_PORT": "81"}
    for name, value in ours.items():
        bare.setenv(name, value)
    settings = Settings()
    assert (settings.home, settings.firm, settings.database_url) == (Path("/data"), "acme", "postgresql://db/x")
    assert ServingSettings().port == 81


def test_another_firm_keeps_the_installation(bare: pytest.MonkeyPatch) -> None:
    bare.setenv("TRIAGE_HOME", "/data")
    other = Settings().for_firm("other")
    assert (other.home, other.firm) == (Path("/data"), "other")
    assert Settings().for_firm(None).firm == "demo"
