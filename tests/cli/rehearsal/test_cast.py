"""The people of the rehearsal: demo people where there are some, and otherwise nobody who could log in."""

import pytest
from sqlalchemy import Connection, Engine, text

from cli.rehearsal.cast import TEAMS, dismiss, gather
from serving.auth.demo import create_demo_accounts
from serving.queue.routing_rules import all_rules
from serving.queue.teams import all_teams

PEOPLE = text("SELECT login, active, password_hash FROM account ORDER BY login")


def test_the_demo_people_have_colleagues_without_a_login(connection: Connection) -> None:
    create_demo_accounts(connection, embedded=True)
    demo = {row.login for row in connection.execute(PEOPLE)}
    cast = gather(connection, embedded=True)
    people = connection.execute(PEOPLE).all()
    assert demo >= {"rita", "sam", "mona"}
    assert {row.login for row in people} - demo == {"ben", "chloe", "omar", "petra"}
    assert {row.login for row in people if row.password_hash is None} == {"ben", "chloe", "omar", "petra"}
    assert cast.manager.name == "Mona Manager"


def test_on_another_database_nobody_can_log_in_and_everybody_is_let_go(connection: Connection) -> None:
    dismiss(connection, gather(connection, embedded=False))
    people = connection.execute(PEOPLE).all()
    assert len(people) == 7
    assert all(row.login.startswith("rehearsal.") and row.password_hash is None for row in people)
    assert not any(row.active for row in people)


def test_teams_have_their_members_and_rules_and_the_rest_is_everybodys(connection: Connection) -> None:
    cast = gather(connection, embedded=True)
    teams = {team["name"]: team for team in all_teams(connection)}
    assert {name: len(team["members"]) for name, team in teams.items()} == {
        name: len(members) for name, members in TEAMS.items()
    }
    assert {rule["team_name"] for rule in all_rules(connection)} == set(TEAMS)
    assert {player.login for player in cast.members(teams["Large"]["team_id"])} == {"sam", "chloe"}
    assert len(cast.members(None)) == 6


@pytest.mark.parametrize("embedded", [True, False])
def test_who_was_made_is_in_the_audit_log(engine: Engine, embedded: bool) -> None:
    with engine.begin() as connection:
        gather(connection, embedded=embedded)
        told = text("SELECT count(*) FROM audit_entry WHERE action = 'account_created' AND actor_id = 'rehearsal'")
        assert connection.execute(told).scalar_one() == 7
