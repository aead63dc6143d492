"""The pictures of every page: which logins are read, which stops there are, and the page over all pictures."""

import re
from pathlib import Path

import pytest

from cli.screenshots import _index, _read, screenshots
from cli.tour import ROLES, STOPS
from ledger.errors import PlainError
from serving.auth.scopes import Role

KEPT = """Demo logins:
  reviewer         rita   2971-ff1a
  senior_reviewer  sam    6f72-96f9
Demo API key: triage_1_x
"""


def test_logins_are_read_from_the_file_that_a_run_keeps(tmp_path: Path) -> None:
    place = tmp_path / "logins.txt"
    place.write_text(KEPT)
    assert _read(place) == {"reviewer": ("rita", "2971-ff1a"), "senior_reviewer": ("sam", "6f72-96f9")}


@pytest.mark.parametrize("place", [None, Path("no-such-file.txt")])
def test_a_running_service_needs_the_file_of_its_logins(tmp_path: Path, place: Path | None) -> None:
    with pytest.raises(PlainError, match="--logins FILE"):
        screenshots(tmp_path, url="http://127.0.0.1:9", logins=place)


def test_stops_have_names_of_their_own_that_files_may_have() -> None:
    names = [stop.name for stop in STOPS]
    assert len(set(names)) == len(names) >= 50
    assert [name for name in names if not re.fullmatch(r"[a-z-]+", name)] == []


def test_every_role_of_the_tour_exists() -> None:
    assert set(ROLES) <= {role.value for role in Role}


def test_the_index_shows_each_picture_once_by_name_light_before_dark(tmp_path: Path) -> None:
    for name in ("queue-light", "queue-dark", "case-held-dark", "case-held-light", "brief-light"):
        (tmp_path / f"{name}.png").touch()
    page = _index(tmp_path).read_text(encoding="utf-8")
    shown = re.findall(r'<img src="([^"]+)\.png"', page)
    assert shown == ["brief-light", "case-held-light", "case-held-dark", "queue-light", "queue-dark"]
    assert re.findall("<h2>([^<]+)</h2>", page) == ["brief", "case-held", "queue"]


def test_without_playwright_the_command_says_what_installs_it(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setattr("cli.screenshots.find_spec", lambda _: None)
    with pytest.raises(PlainError, match="make screenshots"):
        screenshots(tmp_path, url="http://127.0.0.1:9")
    assert list(tmp_path.iterdir()) == []
