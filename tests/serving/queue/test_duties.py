"""Segregation of duties holds in the database itself: direct SQL that breaks it is refused."""

import psycopg
import pytest
from sqlalchemy import Connection, Engine, text
from sqlalchemy.exc import ProgrammingError

from serving.auth.scopes import ROLE_SCOPES, Role, Scope
from serving.ids import new_id
from tests.serving.kit import person

CASE = """
INSERT INTO review_case (case_id, invoice_id, client_id, score_id, state, route, amount, currency, priority,
                         priority_parts, due_at, separated, escalated)
VALUES ('K', 'INV-1', 'C1', 'S', 'open', :route, 10, 'EUR', 1, '{}', now(), '{PREP,PM1}', :escalated)
"""
CLAIM = "UPDATE review_case SET state = 'claimed', claimed_by = :who, lease_expires_at = now() + interval '1 h'"
DECIDE = """
INSERT INTO case_decision (decision_id, case_id, score_id, action, final, reviewer_id, saw_score, fence)
VALUES (:id, 'K', 'S', :action, :final, :who, true, :fence)
"""


def make(connection: Connection, *, route: str = "review", escalated: bool = False) -> None:
    connection.execute(text(CASE), {"route": route, "escalated": escalated})


def claim(connection: Connection, who: str) -> None:
    connection.execute(text(CLAIM), {"who": who})


def decide(connection: Connection, who: str, action: str = "hold", *, final: bool = True, fence: int = 1) -> None:
    values = {"id": new_id(), "who": who, "action": action, "final": final, "fence": fence}
    connection.execute(text("UPDATE review_case SET fence = :fence WHERE case_id = 'K'"), {"fence": fence})
    connection.execute(text(DECIDE), values)


def refused(error: pytest.ExceptionInfo[ProgrammingError]) -> str:
    assert isinstance(error.value.orig, psycopg.errors.InsufficientPrivilege)
    return str(error.value.orig)


@pytest.fixture
def people(engine: Engine) -> dict[str, str]:
    """Account ids: Alice reviews, Sam and Mona are seniors, Petra manages the project that is billed."""
    made = {
        "alice": person(engine, "alice", Role.REVIEWER),
        "sam": person(engine, "sam", Role.SENIOR_REVIEWER),
        "mona": person(engine, "mona", Role.MANAGER),
        "petra": person(engine, "petra", Role.SENIOR_REVIEWER, resource_id="PM1"),
    }
    return {name: principal.principal_id for name, principal in made.items()}


@pytest.mark.parametrize("step", [claim, decide])
def test_the_project_manager_neither_holds_nor_decides(
    people: dict[str, str], connection: Connection, step: object
) -> None:
    make(connection)
    with pytest.raises(ProgrammingError) as error:
        step(connection, people["petra"])  # type: ignore[operator]  # one of two functions
    assert "prepared, owns, approved or manages" in refused(error)


@pytest.mark.parametrize("step", [claim, decide])
@pytest.mark.parametrize("kind", [{"route": "senior_review"}, {"escalated": True}])
def test_a_reviewer_neither_holds_nor_decides_what_is_for_seniors(
    people: dict[str, str], connection: Connection, step: object, kind: dict[str, object]
) -> None:
    make(connection, **kind)  # type: ignore[arg-type]  # as parametrized
    with pytest.raises(ProgrammingError) as error:
        step(connection, people["alice"])  # type: ignore[operator]  # as above
    assert "is no senior reviewer" in refused(error)


def test_nobody_releases_twice(people: dict[str, str], connection: Connection) -> None:
    make(connection)
    decide(connection, people["sam"], "release", final=False)
    with pytest.raises(ProgrammingError) as error:
        decide(connection, people["sam"], "release", fence=2)
    assert "gave the first release" in refused(error)


def test_the_second_release_is_a_seniors(people: dict[str, str], connection: Connection) -> None:
    make(connection)
    decide(connection, people["sam"], "release", final=False)
    with pytest.raises(ProgrammingError) as error, connection.begin_nested():
        decide(connection, people["alice"], "release", fence=2)
    assert "is no senior reviewer" in refused(error)
    decide(connection, people["mona"], "release", fence=2)


def test_who_gave_the_first_release_does_not_hold_the_case_again(
    people: dict[str, str], connection: Connection
) -> None:
    make(connection)
    connection.execute(text("UPDATE review_case SET approvals = ARRAY[:who]"), {"who": people["sam"]})
    with pytest.raises(ProgrammingError):
        claim(connection, people["sam"])


def test_a_reviewer_may_escalate_and_decide_what_is_theirs(people: dict[str, str], connection: Connection) -> None:
    make(connection)
    claim(connection, people["alice"])
    connection.execute(text("UPDATE review_case SET escalated = true"))
    decide(connection, people["alice"], "escalate")


def test_somebody_whom_nobody_knows_is_no_senior(connection: Connection) -> None:
    make(connection, route="senior_review")
    with pytest.raises(ProgrammingError):
        decide(connection, "nobody")


def test_the_database_and_the_scopes_call_the_same_roles_senior(connection: Connection) -> None:
    source = connection.execute(text("SELECT prosrc FROM pg_proc WHERE proname = 'case_duty_broken'")).scalar_one()
    seniors = [role.value for role in Role if Scope.CASES_SENIOR in ROLE_SCOPES[role]]
    assert f"ARRAY[{', '.join(repr(role) for role in seniors)}]" in source
