"""A snoozed hit is listed and does not route; a hard stop is never snoozed; a snooze ends by itself or by hand."""

from dataclasses import replace
from datetime import timedelta

import pytest
from sqlalchemy import Connection, Engine

from serving.controls import activation, snoozing
from serving.controls.control import Severity
from serving.controls.replay import controls_at, controls_for_replay
from serving.controls.snooze import Snooze, Snoozes
from serving.controls.snoozing import HardStopCannotBeSnoozed, Wish
from serving.controls.source import FixedRules
from serving.problems import Conflict, Invalid, NotFound, Problem
from serving.scoring.service import Asker, score_invoice
from serving.state import ServingState
from tests.serving import factories as make
from tests.serving.controls.firm import CONTROLS, V2, hits
from tests.serving.factories import KNOWN, NOW, write

HELD = make.client(**V2, credit_hold=True)
UNTIL = NOW + timedelta(days=30)


def snooze(**changes: object) -> Snooze:
    base = {"snooze_id": "S", "control_id": "credit_hold", "client_id": "C1", "project_id": None, "created_at": KNOWN}
    return Snooze(**{**base, "until": UNTIL, **changes})  # type: ignore[arg-type]  # the test's own words


def marked(**changes: object) -> bool:
    controls = CONTROLS.with_snoozes(Snoozes.of([snooze(**changes)]))
    return hits(HELD, controls=controls)["credit_hold"].snoozed is not None


def test_a_snoozed_hit_is_listed_with_its_snooze_and_does_not_route() -> None:
    hit = hits(HELD, controls=CONTROLS.with_snoozes(Snoozes.of([snooze()])))["credit_hold"]
    assert hit.snoozed is not None
    assert (hit.snoozed.snooze_id, hit.snoozed.until) == ("S", UNTIL)
    assert (hit.severity, hit.routes) == (Severity.REVIEW, False)


HOLDS = {
    "for its project": ({"client_id": None, "project_id": "P1"}, True),
    "not for another client": ({"client_id": "C2"}, False),
    "not for another project": ({"client_id": None, "project_id": "P2"}, False),
    "not for another control": ({"control_id": "po_differs"}, False),
    "not after its end": ({"until": NOW}, False),
    "not at the moment it was made": ({"created_at": NOW}, False),
    "not once it was ended by hand": ({"ended_at": NOW - timedelta(seconds=1)}, False),
    "before it was ended by hand": ({"ended_at": NOW}, True),
}


@pytest.mark.parametrize("case", HOLDS)
def test_a_snooze_holds(case: str) -> None:
    changes, expected = HOLDS[case]
    assert marked(**changes) is expected


def wish(**changes: object) -> Wish:
    base = {"control_id": "credit_hold", "client_id": "C1", "project_id": None, "until": UNTIL, "reason": "agreed"}
    return Wish(**{**base, **changes})  # type: ignore[arg-type]  # as above


REFUSED: dict[str, tuple[dict[str, object], type[Problem]]] = {
    "a hard stop": ({"control_id": "po_missing"}, HardStopCannotBeSnoozed),
    "an unknown control": ({"control_id": "none"}, NotFound),
    "nobody": ({"client_id": None}, Invalid),
    "client and project": ({"project_id": "P1"}, Invalid),
    "more than ninety days": ({"until": NOW + timedelta(days=91)}, Invalid),
    "the past": ({"until": NOW}, Invalid),
}


@pytest.mark.parametrize("case", REFUSED)
def test_what_cannot_be_snoozed_is_refused(connection: Connection, case: str) -> None:
    changes, problem = REFUSED[case]
    with pytest.raises(problem):
        snoozing.create(connection, CONTROLS, wish(**changes), actor="anna", now=NOW)


def made(connection: Connection) -> str:
    return str(snoozing.create(connection, CONTROLS, wish(), actor="anna", now=KNOWN)["snooze_id"])


def test_a_snooze_is_ended_once_and_the_rows_stay(connection: Connection) -> None:
    snooze_id = made(connection)
    with pytest.raises(Conflict, match="snoozed for them already"):
        snoozing.create(connection, CONTROLS, wish(), actor="bert", now=NOW)
    assert [row["snooze_id"] for row in snoozing.snoozes(connection, now=NOW, in_force=True)] == [snooze_id]
    ended = snoozing.end(connection, snooze_id, actor="bert", why="settled", now=NOW)
    assert (ended["in_force"], ended["ended_by"], ended["ended_because"]) == (False, "bert", "settled")
    with pytest.raises(Conflict, match="over already"):
        snoozing.end(connection, snooze_id, actor="bert", why="settled", now=NOW)
    assert snoozing.snoozes(connection, now=NOW, in_force=True) == []
    assert len(snoozing.snoozes(connection, now=NOW)) == 1


def test_a_stored_score_is_judged_again_by_the_very_controls(clearing: ServingState, firm: Engine) -> None:
    write(firm, [HELD])
    with firm.begin() as connection:
        snooze_id = made(connection)
        found = controls_at(connection, NOW, otherwise=CONTROLS)
        row = score_invoice(
            connection, replace(clearing, rules=FixedRules(found)), "INV-1", as_of=NOW, asker=Asker("test")
        )
        assert row["route"] == "auto_clear"
        snoozing.end(connection, snooze_id, actor="bert", why="settled", now=KNOWN)
        again = controls_for_replay(connection, row["control_version"], row["controls"])
    assert again.version == CONTROLS.version
    [mark] = [hit.snoozed for hit in hits(HELD, controls=again).values()]
    assert mark is not None
    assert mark.snooze_id == row["controls"][0]["snoozed"]["snooze_id"] == snooze_id


def test_the_controls_of_a_moment_are_those_active_then(connection: Connection) -> None:
    before = connection.exec_driver_sql("SELECT clock_timestamp()").scalar_one()
    activation.ship(connection, CONTROLS)
    assert controls_at(connection, before, otherwise=CONTROLS).version == CONTROLS.version


def test_what_was_judged_beforehand_is_stale_when_a_snooze_comes_or_ends() -> None:
    keys = [CONTROLS.with_snoozes(Snoozes.of(found)).key for found in ([], [snooze()], [snooze(ended_at=NOW)])]
    assert len(set(keys)) == 3
