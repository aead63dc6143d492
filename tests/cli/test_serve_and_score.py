"""The commands that serve and score: clear refusals, demo logins, and a run from the command line."""

import socket
import stat
from pathlib import Path

import pytest
from sqlalchemy import Engine

from cli.main import main
from cli.serve import announce_demo, refuse_taken_port
from ledger.errors import PlainError
from ledger.settings import Settings


def test_a_taken_port_is_one_clear_line() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(PlainError, match=rf"127\.0\.0\.1:{port} .*TRIAGE_PORT") as caught:
            refuse_taken_port("127.0.0.1", port)
    assert "\n" not in str(caught.value)


def test_serve_refuses_a_taken_port_before_it_touches_the_database(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("TRIAGE_HOME", str(tmp_path / "home"))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        with pytest.raises(SystemExit) as end:
            main(["serve", "--port", str(taken.getsockname()[1])])
    assert end.value.code == 1
    assert capsys.readouterr().err.startswith("triage: cannot listen on")
    assert not (tmp_path / "home").exists()


def test_demo_logins_are_made_once_and_kept_for_their_owner_alone(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(TRIAGE_HOME=str(tmp_path))
    announce_demo(settings, engine)
    first = capsys.readouterr().out
    assert "Demo API key: triage_" in first
    kept = tmp_path / "demo-logins-demo.txt"
    assert stat.S_IMODE(kept.stat().st_mode) == 0o600
    announce_demo(settings, engine)
    assert capsys.readouterr().out == first


def test_an_external_database_gets_no_demo_logins(
    engine: Engine, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    settings = Settings(TRIAGE_HOME=str(tmp_path), DATABASE_URL="postgresql://elsewhere/none")
    announce_demo(settings, engine)
    assert capsys.readouterr().out == ""
    assert list(tmp_path.iterdir()) == []
