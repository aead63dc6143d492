"""The audit log as a file: whole periods, and every way of tampering with the file shows."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta

import orjson
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from sqlalchemy import Connection

from serving import audit
from serving.auditing.file import Period, check, export, heads_of
from tests.serving.test_audit import fill

Lines = list[bytes]


def exported(connection: Connection, period: Period = Period()) -> Lines:  # noqa: B008 - frozen
    return list(export(connection, period, firm="acme"))


def test_an_exported_log_holds_and_tells_whose_it_is(connection: Connection) -> None:
    fill(connection)
    found = check(exported(connection))
    assert (found.holds, found.entries, found.header["firm"]) == (True, 40, "acme")


def test_an_empty_log_is_a_whole_file(connection: Connection) -> None:
    assert check(exported(connection)).holds


def changed(lines: Lines) -> Lines:
    return [line.replace(b"tested", b"denied") if number == 5 else line for number, line in enumerate(lines)]


def rehashed(lines: Lines) -> Lines:
    """Somebody who changes an entry and its digest as well."""
    entry = orjson.loads(lines[5])
    entry["body"] = entry["body"].replace("tested", "denied")
    entry["digest"] = audit.chained(entry["previous"], entry["body"])
    return [*lines[:5], orjson.dumps(entry, option=orjson.OPT_APPEND_NEWLINE), *lines[6:]]


TAMPERING: dict[str, Callable[[Lines], Lines]] = {
    "a changed word": changed,
    "a changed word with its digest": rehashed,
    "a removed entry": lambda lines: lines[:5] + lines[6:],
    "two entries in another order": lambda lines: [*lines[:3], lines[4], lines[3], *lines[5:]],
    "a cut end": lambda lines: lines[:-1],
    "something after the end": lambda lines: [*lines, lines[2]],
    "no entry at all": lambda lines: [lines[0], b'{"x": 1}\n', lines[-1]],
}


@pytest.mark.parametrize("how", TAMPERING)
def test_tampering_with_the_file_shows(connection: Connection, how: str) -> None:
    fill(connection)
    assert not check(TAMPERING[how](exported(connection))).holds


def holds(lines: Lines) -> bool:
    """Whether a file is whole; one that cannot even be read is not."""
    try:
        return check(lines).holds
    except ValueError:
        return False


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.data())
def test_no_changed_byte_goes_unseen(connection: Connection, data: st.DataObject) -> None:
    if audit.verify(connection).entries == 0:
        fill(connection, 8)
    lines = exported(connection)
    number = data.draw(st.integers(1, len(lines) - 1))
    place = data.draw(st.integers(0, len(lines[number]) - 2))
    broken = bytes([lines[number][place] ^ 1])
    lines[number] = lines[number][:place] + broken + lines[number][place + 1 :]
    assert not holds(lines)


def test_a_period_is_an_unbroken_piece_of_each_stream(connection: Connection) -> None:
    fill(connection, 10)
    now = datetime.now(UTC)
    assert check(exported(connection, Period(now + timedelta(days=1), None))).entries == 0
    found = check(exported(connection, Period(now - timedelta(days=1), now + timedelta(days=1))))
    assert (found.holds, found.entries) == (True, 10)


def test_heads_noted_down_earlier_prove_that_nothing_before_them_was_changed(connection: Connection) -> None:
    fill(connection)
    kept = heads_of(check(exported(connection)).header)
    fill(connection)
    assert check(exported(connection), kept=kept).holds
    stream = next(stream for stream, (position, _) in kept.items() if position)
    kept[stream] = (kept[stream][0], "0" * 64)
    assert "noted down" in check(exported(connection), kept=kept).breaks[0].reason


def test_what_is_no_audit_file_is_refused() -> None:
    for lines in ([], [b"{}\n"], [b"hello\n"]):
        with pytest.raises(ValueError, match=r"no audit file|no JSON"):
            check(lines)
