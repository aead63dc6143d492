"""What stands behind open cases is there before anybody asks, is what would be said now, and goes with the case."""

from dataclasses import replace
from typing import Any

import pytest
from sqlalchemy import Engine

from models.artifact import Artifact
from serving.queue.states import CaseState
from serving.remembered import Remembered
from serving.scoring.ahead import explain_ahead
from serving.scoring.explain import explain, made_with, packed, work_out
from serving.scoring.repository import score_row
from serving.scoring.runs import score_run
from serving.scoring.scorer import FixedModels, NoModels
from serving.sql import Row, change, only, rows
from serving.state import ServingState
from tests.models.levers.draft import draft
from tests.serving.factories import write
from tests.serving.watchful import AS_OF, WITHOUT_ORDER, Broken, watchful


def with_models(state: ServingState, models: Any) -> ServingState:
    return replace(state, models=FixedModels(models), explained=Remembered[Any](8))


@pytest.fixture
def open_case(state: ServingState, engine: Engine) -> tuple[ServingState, Row]:
    """The service with models, and the score of the one case that is open."""
    write(engine, draft(**WITHOUT_ORDER))
    ready = with_models(state, watchful("po_missing"))
    score_run(ready, ["i"], as_of=AS_OF)
    with engine.begin() as connection:
        score = score_row(connection, only(connection, "SELECT score_id FROM review_case")["score_id"])
    assert score is not None
    return with_models(state, ready.models.current()), score


def kept(engine: Engine) -> list[Row]:
    with engine.begin() as connection:
        return rows(connection, "SELECT * FROM kept_explanation")


def test_it_is_worked_out_once_for_an_open_case(open_case: tuple[ServingState, Row], engine: Engine) -> None:
    state, score = open_case
    assert [explain_ahead(state), explain_ahead(state)] == [1, 0]
    assert [row["score_id"] for row in kept(engine)] == [score["score_id"]]


def test_what_is_kept_is_what_would_be_said_now(open_case: tuple[ServingState, Row], engine: Engine) -> None:
    state, score = open_case
    scorer = state.models.current()
    with engine.begin() as connection:
        now = work_out(connection, score, scorer)  # type: ignore[arg-type]
    explain_ahead(state)
    with engine.begin() as connection:
        assert now.remedies
        assert now.findings
        assert explain(connection, state, score) == now


def test_it_is_read_and_not_worked_out_again(open_case: tuple[ServingState, Row], engine: Engine) -> None:
    state, score = open_case
    explain_ahead(state)
    with engine.begin() as connection:
        said = replace(explain(connection, state, score), remedies=(), no_remedies_because="nothing_helps")
        change(connection, "UPDATE kept_explanation SET explanation = %(it)s", {"it": packed(said)})
        assert explain(connection, with_models(state, state.models.current()), score) == said


def test_other_models_speak_for_themselves(open_case: tuple[ServingState, Row], engine: Engine) -> None:
    state, score = open_case
    explain_ahead(state)
    scorer: Any = state.models.current()
    artifact: Artifact = scorer.artifacts["dispute"]
    others = replace(scorer, artifacts=scorer.artifacts | {"dispute": replace(artifact, digest="other")})
    assert made_with(others) != made_with(scorer)
    with engine.begin() as connection:
        assert explain(connection, with_models(state, others), score).model_digests["dispute"] == "other"
    assert explain_ahead(with_models(state, others)) == 1


def test_models_that_fail_are_tried_once_and_nothing_is_kept_of_them(
    open_case: tuple[ServingState, Row], engine: Engine
) -> None:
    state, score = open_case
    broken = with_models(state, Broken(watchful("po_missing").artifacts))
    assert [explain_ahead(broken), explain_ahead(broken)] == [1, 0]
    assert [row["explanation"] for row in kept(engine)] == [None]
    with engine.begin() as connection:
        assert explain(connection, broken, score).degraded == ("models_failed",)


def test_without_models_nothing_is_worked_out(open_case: tuple[ServingState, Row]) -> None:
    assert explain_ahead(with_models(open_case[0], NoModels().current())) == 0


@pytest.mark.parametrize("end", [CaseState.DECIDED, CaseState.CANCELLED])
def test_it_goes_with_the_case(open_case: tuple[ServingState, Row], engine: Engine, end: CaseState) -> None:
    state, score = open_case
    explain_ahead(state)
    with engine.begin() as connection:
        statement = "UPDATE review_case SET state = %(end)s, closed_at = now() WHERE case_id = %(case)s"
        change(connection, statement, {"end": end.value, "case": score["case_id"]})
    assert explain_ahead(state) == 0
    assert kept(engine) == []
