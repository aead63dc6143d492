"""Tax check failing

A French client is billed from Germany. A missing tax number is a warning, tax charged across the border is looked at,
and an invoice from the wrong company of ours stops. A manager may snooze what only asks for a look, never the stop.
"""

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from ledger.records import LegalEntity
from serving.auth.scopes import Role
from tests.scenarios.story import CLEARED, NOTICED, STOPPED, Someone, Story
from tests.serving.factories import clean, client, invoice, line, record

FRANCE = {"version": "2", "country": "FR"}
OURS = {"name": "Us GmbH", "country": "DE", "currency": "EUR", "tax_id": "DE1"}
REGISTERED = record(LegalEntity, version="2", legal_entity_id="E1", **OURS)


def test_missing_tax_numbers_are_told_and_stop_nothing(story: Story) -> None:
    story.tell(client(**FRANCE), *clean())
    before = story.score()
    assert (before.way, before.fires) == (CLEARED, ["client_tax_id_missing", "issuer_tax_id_missing"])
    assert before.words("issuer_tax_id_missing") == ["The tax number of E1 is not on file, and the client is in FR."]
    story.tell(client(**FRANCE | {"version": "3"}, tax_id="FR1"), REGISTERED)
    assert story.score().fires == []
    assert story.is_said_again(before)


def test_tax_across_the_border_is_looked_at_until_it_is_corrected(story: Story) -> None:
    story.tell(client(**FRANCE, tax_id="FR1"), REGISTERED, invoice(tax_amount="342"), line(tax_code="S19"))
    charged = story.score()
    assert (charged.way, charged.fires) == (NOTICED, ["tax_on_cross_border"])
    assert charged.words("tax_on_cross_border") == ["342 EUR tax is charged to a client in FR by a company in DE."]
    story.on("2026-02-03")
    story.tell(invoice(version="2", tax_amount="0"), line(version="2", tax_code="RC"))
    after = story.score()
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.is_said_again(charged)


def test_lines_must_agree_that_there_is_a_tax_treatment(story: Story) -> None:
    half: dict[str, Any] = {"quantity": "5", "amount": "900"}
    story.tell(invoice(), line(tax_code="S19", **half), line(2, invoice_id="INV-1", line_number=2, **half))
    said = story.score()
    assert (said.way, said.words("line_tax_code_missing")[1:]) == (NOTICED, ["line L-2: 900 EUR"])
    story.tell(line(2, version="2", invoice_id="INV-1", line_number=2, tax_code="S19", **half))
    assert story.score().way == CLEARED


def test_the_wrong_company_of_ours_stops_whatever_the_models_say(story: Story) -> None:
    story.tell(record(LegalEntity, legal_entity_id="E2", **OURS), invoice(legal_entity_id="E2"), line())
    wrong = story.score()
    assert (wrong.way, wrong.fires) == (STOPPED, ["legal_entity_differs"])
    assert wrong.words("legal_entity_differs") == ["The invoice is issued by E2; the contract is with E1."]
    story.tell(invoice(version="2"))
    assert story.score().way == CLEARED


@pytest.fixture
def attentive(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service looks for changed rules at every score instead of every two seconds."""
    monkeypatch.setattr("serving.rulebook.polled.LOOK_EVERY_SECONDS", 0.0)


@pytest.fixture
def unaware(monkeypatch: pytest.MonkeyPatch) -> None:
    """The service looks for changed rules once and not again in this story."""
    monkeypatch.setattr("serving.rulebook.polled.LOOK_EVERY_SECONDS", 3600.0)


def snooze(story: Story, control_id: str, person: Someone) -> Any:
    """A manager wants a control silenced for the client; a minute passes."""
    until = (story.clock.now + timedelta(days=9)).isoformat()
    wish = {"client_id": "C1", "until": until, "reason": "tax confirmed it", "control_id": control_id}
    answer = person.http.post("/v1/controls/snoozes", json=wish)
    story.clock.forward(story.clock.now + timedelta(minutes=1))
    return answer


@pytest.mark.usefixtures("attentive")
def test_a_look_can_be_snoozed_and_a_stop_cannot(story: Story) -> None:
    story.tell(client(**FRANCE, tax_id="FR1"), REGISTERED, invoice(tax_amount="342"), line(tax_code="S19"))
    story.clock.forward(datetime.now(UTC))  # snoozes end by the database's own clock
    noticed, mona = story.score(), story.person("mona", Role.MANAGER)
    refused = snooze(story, "legal_entity_differs", mona)
    assert refused.json()["type"] == "urn:triage:problem:hard-stop-cannot-be-snoozed"
    assert snooze(story, "tax_on_cross_border", mona).status_code == 201
    snoozed = story.score()
    assert (noticed.way, snoozed.way, snoozed.fires) == (NOTICED, CLEARED, noticed.fires)


@pytest.mark.usefixtures("unaware")
def test_a_score_made_before_a_snooze_was_noticed_is_made_again_without_it(story: Story) -> None:
    story.tell(client(**FRANCE, tax_id="FR1"), REGISTERED, invoice(tax_amount="342"), line(tax_code="S19"))
    story.clock.forward(datetime.now(UTC))
    mona = story.person("mona", Role.MANAGER)
    assert snooze(story, "tax_on_cross_border", mona).status_code == 201
    said = story.score()
    story.scored.remove(said.body["score_id"])  # the end of the story would find the same
    assert said.way == NOTICED
    assert story.replayed(said)["differences"] == []
