"""The commands that serve and score: clear refusals, and a run from the command line."""

import socket

import pytest
import typer
from sqlalchemy import Connection

from cli.serve import announce_demo, refuse_taken_port


def test_a_taken_port_is_one_clear_line(capsys: pytest.CaptureFixture[str]) -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        taken.listen()
        port = taken.getsockname()[1]
        with pytest.raises(typer.Exit):
            refuse_taken_port("127.0.0.1", port)
    message = capsys.readouterr().err
    assert f"127.0.0.1:{port}" in message
    assert "TRIAGE_PORT" in message
    assert message.count("\n") == 1


def test_demo_logins_are_printed_once(connection: Connection, capsys: pytest.CaptureFixture[str]) -> None:
    announce_demo(connection, embedded=True)
    assert "Demo API key: triage_" in capsys.readouterr().out
    announce_demo(connection, embedded=True)
    assert capsys.readouterr().out == ""
