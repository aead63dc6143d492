"""Promotion and rollback: the alias moves through the gates alone, and who moved it why is kept for good."""

from typing import Any

import pytest
from sqlalchemy import Engine, text
from sqlalchemy.exc import DBAPIError

from ledger.settings import Settings
from models.champions import POINTER, Champions
from tests.training.store import BEATEN, FIRST, MLFLOW_WARNINGS, RISK, SECOND
from training.gates import Gate
from training.promote import PromotionError, promote, rollback, settle
from training.registry import CHAMPION, Registry

pytestmark = MLFLOW_WARNINGS


def moves(engine: Engine) -> list[tuple[Any, ...]]:
    """The deployment ledger, oldest first."""
    columns = "action, version, previous_version, who, why"
    with engine.connect() as connection:
        found = connection.execute(text(f"SELECT {columns} FROM deployment ORDER BY deployment_id"))
        return [tuple(row) for row in found]


def promoted(engine: Engine, registry: Registry, version: str, why: str = "it is better") -> None:
    promote(engine, registry, RISK, who="ada", why=why, version=version)


def test_the_challenger_is_promoted_by_default_and_served(
    engine: Engine, registry: Registry, installation: Settings
) -> None:
    done = promote(engine, registry, RISK, who="ada", why="first")
    assert (done.version, done.previous_version) == (SECOND, None)
    assert registry.version_at(RISK, CHAMPION) == SECOND
    champions = Champions(installation.model_cache)
    assert champions.current() is not None
    assert [one["version"] for one in champions.describe()] == [SECOND]


def test_a_promotion_names_the_gates_it_passed(engine: Engine, registry: Registry) -> None:
    names = [gate.name for gate in promote(engine, registry, RISK, who="ada", why="first").gates]
    assert names[0] == "same feature definitions"
    assert names.count("disputed: not worse than the baseline") == 2
    assert names.count("disputed: not worse than the champion") == 2
    with engine.connect() as connection:
        kept = connection.execute(text("SELECT gates, digest FROM deployment")).one()
    assert [gate["name"] for gate in kept.gates] == names
    assert kept.digest == registry.load(RISK, SECOND).digest


def test_promotion_and_rollback_are_three_rows_with_who_and_why(
    engine: Engine, registry: Registry, installation: Settings
) -> None:
    promoted(engine, registry, FIRST, "first training")
    promoted(engine, registry, SECOND, "trained on March")
    done = rollback(engine, registry, RISK, who="bob", why="it clears too much")
    assert (done.version, done.previous_version) == (FIRST, SECOND)
    assert registry.version_at(RISK, CHAMPION) == FIRST
    assert [one["version"] for one in Champions(installation.model_cache).describe()] == [FIRST]
    assert moves(engine) == [
        ("promote", FIRST, None, "ada", "first training"),
        ("promote", SECOND, FIRST, "ada", "trained on March"),
        ("rollback", FIRST, SECOND, "bob", "it clears too much"),
    ]


def test_a_failed_gate_keeps_the_alias_and_says_which_and_by_how_much(engine: Engine, registry: Registry) -> None:
    promoted(engine, registry, FIRST)
    with pytest.raises(PromotionError) as refused:
        promoted(engine, registry, BEATEN)
    message = str(refused.value)
    assert f"version {BEATEN} stays challenger: disputed: not worse than the champion" in message
    assert "brier differs by +0.050 [+0.050, +0.050] from 0.100, margin 0.002" in message
    assert "baseline" not in message
    assert registry.version_at(RISK, CHAMPION) == FIRST
    assert len(moves(engine)) == 1


def test_what_too_few_rows_could_tell_is_promoted_only_on_demand_and_kept_as_such(
    engine: Engine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    untold = Gate("disputed: not worse than LightGBM", False, "too few rows to tell: …", told=False)
    monkeypatch.setattr("training.promote.gates", lambda _: [untold])
    with pytest.raises(PromotionError, match=r"too few rows to tell.*`--unproven` promotes it all the same"):
        promoted(engine, registry, FIRST)
    promote(engine, registry, RISK, who="ada", why="nothing reigns yet", version=FIRST, unproven=True)
    with engine.connect() as connection:
        (kept,) = connection.execute(text("SELECT gates FROM deployment")).scalar_one()
    assert kept == {"name": untold.name, "passed": False, "detail": untold.detail}


@pytest.mark.parametrize(
    "change",
    [
        "UPDATE deployment SET why = 'another'",
        "DELETE FROM deployment",
        "UPDATE deployment_outcome SET outcome = 'abandoned'",
        "DELETE FROM deployment_outcome",
    ],
)
def test_the_deployment_ledger_only_grows(engine: Engine, registry: Registry, change: str) -> None:
    promoted(engine, registry, FIRST)
    with pytest.raises(DBAPIError, match="append"), engine.begin() as connection:
        connection.execute(text(change))
    assert len(moves(engine)) == 1


def test_the_reigning_version_is_not_promoted_again(engine: Engine, registry: Registry) -> None:
    promoted(engine, registry, FIRST)
    with pytest.raises(PromotionError, match="version 1 is champion already"):
        promoted(engine, registry, FIRST)


def test_a_version_that_does_not_exist_is_refused_in_plain_words(engine: Engine, registry: Registry) -> None:
    with pytest.raises(PromotionError, match="dispute: there is no version 99"):
        promoted(engine, registry, "99")
    assert moves(engine) == []


def test_without_a_challenger_there_is_nothing_to_promote(engine: Engine, registry: Registry) -> None:
    with pytest.raises(PromotionError, match="delay: there is no challenger; run `triage retrain` first"):
        promote(engine, registry, "delay", who="ada", why="hope")


def test_the_first_champion_has_nothing_to_go_back_to(engine: Engine, registry: Registry) -> None:
    for _ in range(2):
        with pytest.raises(PromotionError, match="no earlier champion to go back to"):
            rollback(engine, registry, RISK, who="ada", why="fear")
        if registry.version_at(RISK, CHAMPION) is None:
            promoted(engine, registry, FIRST)


@pytest.mark.parametrize(("who", "why"), [("", "because"), ("ada", " ")])
def test_nobody_moves_the_alias_without_a_name_and_a_reason(
    engine: Engine, registry: Registry, installation: Settings, who: str, why: str
) -> None:
    with pytest.raises(PromotionError, match="say who and why"):
        promote(engine, registry, RISK, who=who, why=why)
    assert registry.version_at(RISK, CHAMPION) is None
    assert not (installation.model_cache / POINTER).exists()


class Broken(Registry):
    """A registry whose server goes away at the last moment."""

    def move_champion(self, risk: str, version: str) -> None:
        raise ConnectionError(f"{risk} {version}")


def outcomes(engine: Engine) -> list[tuple[Any, ...]]:
    """Each move's version and what became of it, oldest first."""
    query = "SELECT version, outcome FROM deployment LEFT JOIN deployment_outcome USING (deployment_id) ORDER BY 1"
    with engine.connect() as connection:
        return [tuple(row) for row in connection.execute(text(query))]


def test_an_alias_that_cannot_move_leaves_a_move_that_the_next_one_abandons(
    engine: Engine, registry: Registry, installation: Settings
) -> None:
    with pytest.raises(ConnectionError):
        promoted(engine, Broken(installation), FIRST)
    assert outcomes(engine) == [(FIRST, None)]
    promoted(engine, registry, SECOND)
    assert outcomes(engine) == [(FIRST, "abandoned"), (SECOND, "confirmed")]
    with pytest.raises(PromotionError, match="no earlier champion"):
        rollback(engine, registry, RISK, who="ada", why="fear")


def test_a_move_that_cannot_be_written_leaves_the_alias(engine: Engine, registry: Registry) -> None:
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE deployment ADD CONSTRAINT full_disk CHECK (version <> '2') NOT VALID"))
    with pytest.raises(DBAPIError, match="full_disk"):
        promoted(engine, registry, SECOND)
    assert registry.version_at(RISK, CHAMPION) is None
    with engine.begin() as connection:
        connection.execute(text("ALTER TABLE deployment DROP CONSTRAINT full_disk"))


def test_a_move_that_could_not_be_confirmed_is_confirmed_by_the_next_look(
    engine: Engine, registry: Registry, monkeypatch: pytest.MonkeyPatch
) -> None:
    def lost(*_: object) -> None:
        raise ConnectionError("the database went away")

    with monkeypatch.context() as patched:
        patched.setattr("training.promote._note_outcome", lost)
        with pytest.raises(ConnectionError):
            promoted(engine, registry, FIRST)
    assert registry.version_at(RISK, CHAMPION) == FIRST
    assert outcomes(engine) == [(FIRST, None)]
    assert settle(engine, registry, RISK) == ["dispute: the move to version 1 was cut short and is now confirmed"]
    assert outcomes(engine) == [(FIRST, "confirmed")]
    assert settle(engine, registry, RISK) == []
