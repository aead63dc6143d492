"""The policy on a page: in words, proposed in a form, and carried into force by two people."""

import os
import re
from pathlib import Path

import pytest
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.auth.scopes import Role
from serving.policies.source import activated
from serving.policy import Policy, load_policy
from serving.problems import Invalid
from serving.web.presenters.policies import form_of, in_words, policy_of
from tests.serving.web.conftest import OpenBrowser

BASE = load_policy()
OVERLAY = {"client_ids": ["C1"], "legal_entity_ids": [], "auto_clear": False, "senior_review_amount": "5000"}
RICH = Policy.model_validate(BASE.model_dump() | {"overlays": [OVERLAY], "outcome": "preventable"})


def typed(policy: Policy = BASE, /, **changes: str) -> dict[str, str]:
    """What the form holds, with some fields changed."""
    form = form_of(policy, {}, "EUR")
    rows = [*(fields for _, fields in form.groups), *form.strata, *form.overlays]
    return {one.name: one.value for fields in rows for one in fields} | changes


@pytest.mark.parametrize("policy", [BASE, RICH])
def test_a_form_that_nobody_touched_is_the_same_policy(policy: Policy) -> None:
    assert policy_of(typed(policy), policy, policy.number).version == policy.version


@pytest.mark.parametrize(
    ("changes", "says"),
    [
        ({"four_eyes_amount": "much"}, "Two people release from: enter a number"),
        ({"sampling.1.rate": "0"}, "greater than 0"),
        ({"sampling.1.from_amount": "5"}, "one stratum must start at 0"),
        ({"alpha": "101"}, "less than or equal to 1"),
        ({"promise": "perhaps"}, "Promised: Input should be 'with_confidence' or 'in_expectation'"),
        ({"money_cap": "NaN"}, "enter a number"),
    ],
)
def test_a_faulty_field_is_named(changes: dict[str, str], says: str) -> None:
    with pytest.raises(Invalid, match=re.escape(says)):
        policy_of(typed(**changes), BASE, 9)


def test_the_policy_is_told_in_words() -> None:
    said = [sentence for _, sentences in in_words(RICH, "EUR") for sentence in sentences]
    assert "From 50,000 EUR a release needs two people." in said
    assert "2 % of what would be cleared from 0 EUR is reviewed." in said
    assert any("for a cause that a reviewer could have fixed before sending" in sentence for sentence in said)
    assert "client C1: nothing is cleared without a person, senior review from 5,000" in said


def proposal(sara: TestClient, **changes: str) -> str:
    form = typed(reason="two people earlier", four_eyes_amount="40,000", **changes)
    answer = sara.post("/policies", data=form)
    assert answer.status_code == 303, answer.text
    return str(answer.headers["location"])


def test_two_people_carry_a_policy_into_force(browse: OpenBrowser, engine: Engine, cases: dict[str, str]) -> None:
    sara, mona = browse("sara", Role.SENIOR_REVIEWER), browse("mona", Role.MANAGER)
    place = proposal(sara)
    page = mona.get(place).text
    assert f"On the newest {len(cases)} invoices" in page
    assert "<td>50,000</td><td><strong>40,000</strong></td>" in page
    mona.post(f"{place}/approve", data={"why": "agreed"})
    assert mona.post(f"{place}/activate", data={"why": "from today"}).status_code == 303
    with engine.connect() as connection:
        found = activated(connection)
    assert found is not None
    assert found.four_eyes_amount == 40_000
    assert "From 40,000 " in sara.get("/policies").text
    mona.post("/policies/rollback", data={"why": "too strict"})
    assert "From 50,000 " in sara.get("/policies").text


def test_the_proposer_reads_why_they_cannot_approve(browse: OpenBrowser) -> None:
    mona = browse("mona", Role.MANAGER)
    place = proposal(mona)
    page = mona.get(place).text
    assert "You proposed this, so another person must approve it." in page
    assert f"{place}/approve" not in page
    mona.post(f"{place}/approve", data={"why": "because"})
    assert "A second person must approve" in mona.get(place).text


def test_a_step_needs_its_reason(browse: OpenBrowser) -> None:
    sara, mona = browse("sara", Role.SENIOR_REVIEWER), browse("mona", Role.MANAGER)
    place = proposal(sara)
    mona.post(f"{place}/approve", data={"why": " "})
    assert "Say why" in mona.get(place).text
    sara.post(f"{place}/withdraw", data={"why": "thought again"})
    assert "Withdrawn: thought again" in sara.get(place).text


def test_a_form_that_is_refused_keeps_what_was_typed(browse: OpenBrowser) -> None:
    sara = browse("sara", Role.SENIOR_REVIEWER)
    answer = sara.post("/policies", data=typed(reason="because", auto_clear_cap="12x"))
    assert answer.status_code == 422
    assert 'value="12x"' in answer.text
    same = typed(load_policy(Path(os.environ["TRIAGE_POLICY"])), reason="because")
    assert "says the same" in sara.post("/policies", data=same).text
    assert "Say why" in sara.post("/policies", data=typed()).text


def test_a_reviewer_reads_and_is_offered_nothing(browse: OpenBrowser) -> None:
    sara, rita = browse("sara", Role.SENIOR_REVIEWER), browse("rita", Role.REVIEWER)
    place = proposal(sara)
    assert "Propose a change" not in rita.get("/policies").text
    page = rita.get(place).text
    assert "A manager must approve it." in page
    assert "<button" not in page.split('id="steps"')[1].split("</section>")[0]


def test_a_preview_is_made_again(browse: OpenBrowser, cases: dict[str, str]) -> None:
    sara = browse("sara", Role.SENIOR_REVIEWER)
    place = proposal(sara)
    sara.post(f"{place}/preview")
    assert "Previewed on the newest scores" in sara.get(place).text
    assert len(cases) == 4
