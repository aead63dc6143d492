"""Secrets are sealed with a key that is not in the database."""

import stat
from pathlib import Path

import pytest

from serving.callbacks.vault import KEY_FILE, SecretUnreadable, Vault, WeakKeyError
from serving.settings import ServingSettings

OLD, NEW = "o" * 32, "n" * 32


def test_what_is_sealed_opens_again_and_does_not_show() -> None:
    sealed = Vault([OLD]).seal("whsec_abc")
    assert "whsec" not in sealed
    assert Vault([OLD]).open(sealed) == "whsec_abc"


def test_another_key_opens_nothing() -> None:
    with pytest.raises(SecretUnreadable):
        Vault([NEW]).open(Vault([OLD]).seal("whsec_abc"))


def test_the_key_itself_can_be_changed() -> None:
    sealed = Vault([OLD]).seal("whsec_abc")
    both = Vault.of(ServingSettings.model_validate({"TRIAGE_SECRET_KEY": f"{NEW}, {OLD}"}))
    assert both.open(sealed) == "whsec_abc"
    assert Vault([NEW]).open(both.seal("x")) == "x"


@pytest.mark.parametrize("key", ["", "short", "short," + OLD])
def test_a_weak_key_is_refused(key: str) -> None:
    with pytest.raises(WeakKeyError, match="TRIAGE_SECRET_KEY"):
        Vault.of(ServingSettings.model_validate({"TRIAGE_SECRET_KEY": key}))


def test_without_a_key_one_is_made_once_for_its_owners_eyes_only(tmp_path: Path) -> None:
    settings = ServingSettings.model_validate({"TRIAGE_HOME": tmp_path / "home", "TRIAGE_SECRET_KEY": None})
    sealed = Vault.of(settings).seal("whsec_abc")
    assert Vault.of(settings).open(sealed) == "whsec_abc"
    place = tmp_path / "home" / KEY_FILE
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    assert [path.name for path in place.parent.iterdir()] == [KEY_FILE]
