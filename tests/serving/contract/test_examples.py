"""Every operation shows an answer, and every request that is shown is sent to the service and answered as published."""

from collections.abc import Iterator
from typing import Any

import orjson
import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from serving.app import create_app
from serving.auth.scopes import Role
from serving.contract.document import REFERENCE, Document, openapi, operations
from serving.state import ServingState
from tests.serving.contract.test_schemathesis import everything
from tests.serving.factories import client as client_record
from tests.serving.factories import contract, entity, invoice, line, project, rate_card, time_entry, write
from tests.serving.ingest.test_records_api import payment
from tests.serving.kit import PASSWORD, person
from tests.serving.test_monitoring_api import stored

Content = dict[str, Any]
# Tried below: an account is made, and its person logs in.
# A bulk decision names cases by their ids, a group its cause, and a routing rule its team, which no example can know:
# tests of the queue send them, and of second looks, which are drawn by lot. A snooze ends within a month of the day on
# which it is sent.
NEEDS_NO_STORY = {
    "log_in",
    "create_account",
    "plan_bulk",
    "claim_cases_of_group",
    "add_rule",
    "change_rule",
    "drop_rule",
    "snooze_case",
    "decide_look",
    "settle_look",
}


def examples_of(document: Document, content: Content) -> list[Any]:
    if "example" in content:
        return [content["example"]]
    schema = content["schema"]
    if "$ref" in schema:
        schema = document["components"]["schemas"][schema["$ref"].removeprefix(REFERENCE)]
    return list(schema.get("examples", ()))


class Story:
    """Sends the examples of one operation after the other.

    Attributes:
        told: operations whose examples were sent.
    """

    def __init__(self, app: FastAPI, http: TestClient) -> None:
        self.document, self.http = openapi(app), http
        self.by_name = {found["operationId"]: (place, found) for place, found in operations(self.document)}
        self.told: set[str] = set()

    def send(self, name: str, *, by: TestClient | None = None, **ids: str) -> Any:
        """All examples of an operation; the last answer. Each must get the operation's own success."""
        (method, path), operation = self.by_name[name]
        answer = None
        for kind, body in self.bodies(operation):
            content = body.encode() if isinstance(body, str) else orjson.dumps(body)
            url = path.format(**ids)
            answer = (by or self.http).request(method, url, content=content, headers={"content-type": kind})
            wanted = {status for status in operation["responses"] if status.startswith("2")}
            assert str(answer.status_code) in wanted, f"{name}: {answer.status_code} {answer.text}"
        self.told.add(name)
        assert answer is not None, f"{name} shows no request"
        return answer.json() if answer.headers["content-type"] == "application/json" else answer.content

    def bodies(self, operation: Content) -> Iterator[tuple[str, Any]]:
        for kind, content in operation.get("requestBody", {}).get("content", {}).items():
            for example in examples_of(self.document, content):
                yield kind, example

    def make(self, path: str, body: Any = None, *, by: TestClient | None = None) -> Any:
        """Something that the story needs and no example makes."""
        answer = (by or self.http).post(path, json=body)
        assert answer.is_success, answer.text
        return answer.json()


def fill(engine: Engine) -> None:
    """The firm of the examples: client C-17 with invoices INV-2041 and INV-2042, and ten that need a person."""
    ids = {"client_id": "C-17", "project_id": "P-9", "contract_id": "K-3"}
    master = [
        entity(),
        client_record(client_id="C-17"),
        contract(contract_id="K-3", client_id="C-17"),
        project(**ids),
        rate_card(),
        time_entry(project_id="P-9", client_id="C-17"),
    ]
    numbers = [*range(2041, 2043), *range(1, 11)]
    month = {"period_start": "2026-01-01", "period_end": "2026-01-31"}
    headers = [invoice(number, **ids, **month, amount="1800" if number > 100 else "1700") for number in numbers]
    lines = [line(number, client_id="C-17", project_id="P-9") for number in numbers]
    write(engine, [*master, *headers, *lines])


@pytest.fixture
def story(clearing: ServingState, engine: Engine) -> Iterator[Story]:
    fill(engine)
    app = create_app(clearing)
    with TestClient(app, headers={"Authorization": f"Bearer {everything(engine)}"}) as http:
        yield Story(app, http)


@pytest.fixture
def rita(story: Story, engine: Engine) -> TestClient:
    """A manager, for what nobody does alone; the comment of the examples is for her colleague sam."""
    person(engine, "rita", Role.MANAGER)
    person(engine, "sam", Role.REVIEWER)
    made = TestClient(story.http.app)
    assert made.post("/v1/session", json={"login": "rita", "password": PASSWORD}).status_code == 200
    return made


def test_every_request_that_is_shown_is_answered_as_published(story: Story, rita: TestClient) -> None:
    endpoint = story.send("create_callback_endpoint")["endpoint"]["endpoint_id"]
    story.send("create_subscription")
    records_and_scores(story)
    cases(story, rita)
    queue(story, rita)
    teams(story, rita)
    controls(story, rita)
    policies(story, rita)
    monitoring(story, rita)
    administration(story, endpoint)
    asked = {name for name, (_, operation) in story.by_name.items() if "requestBody" in operation}
    assert asked - NEEDS_NO_STORY == story.told


def records_and_scores(story: Story) -> None:
    assert story.send("send_records")["accepted"] == 1
    story.send("stream_records")
    refused = story.make("/v1/records", {"records": [payment(source_id="2", currency="XXQ")]})["results"][0]
    assert story.send("repair_quarantined", quarantine_id=refused["quarantine_id"])["status"] == "accepted"
    story.send("create_score")
    told = [orjson.loads(each) for each in story.send("score_batch").splitlines()]
    assert [one["status"] for one in told] == [200, 200]
    story.send("create_run")


def cases(story: Story, rita: TestClient) -> None:
    waiting = [story.make("/v1/scores", {"invoice_id": f"INV-{number}"})["case_id"] for number in range(1, 5)]
    for case_id, name in zip(waiting, ("keep_case", "release_case", "decide_case"), strict=False):
        story.make(f"/v1/cases/{case_id}/claim", by=rita)
        story.send(name, by=rita, case_id=case_id)
    story.send("reopen_case", by=rita, case_id=waiting[2])
    story.send("cancel_case", by=rita, case_id=waiting[3])
    story.send("preview_bulk", by=rita)
    another = story.make("/v1/scores", {"invoice_id": "INV-5"})["case_id"]
    story.send("ask_person", by=rita, case_id=another)
    story.send("add_attachment", by=rita, case_id=another)
    story.make(f"/v1/cases/{waiting[1]}/claim", by=rita)
    asking = {"kind": "answer", "question": "the approval, please", "asked_name": "Petra", "fence": 2}
    story.make(f"/v1/cases/{waiting[1]}/requests", asking, by=rita)
    story.send("resume_case", by=rita, case_id=waiting[1])


def queue(story: Story, rita: TestClient) -> None:
    case_id = story.make("/v1/scores", {"invoice_id": "INV-6"})["case_id"]
    story.send("add_comment", by=rita, case_id=case_id)
    story.make(f"/v1/cases/{case_id}/claim", by=rita)
    story.send("skip_case", by=rita, case_id=case_id)
    story.send("assign_case", by=rita, case_id=case_id)
    story.send("move_case", by=rita, case_id=case_id)
    story.send("keep_view", by=rita)


def teams(story: Story, rita: TestClient) -> None:
    team = story.send("make_team", by=rita)["team_id"]
    story.send("change_team", by=rita, team_id=team)
    member = rita.get("/v1/session").json()["principal_id"]
    story.send("set_member", by=rita, team_id=team, account_id=member)
    story.send("preview_rule", by=rita)
    story.send("apply_rules", by=rita)
    story.send("remove_member", by=rita, team_id=team, account_id=member)


def controls(story: Story, rita: TestClient) -> None:
    proposal = story.send("propose_controls")["proposal_id"]
    for name in ("backtest_proposal", "shadow_proposal"):
        story.send(name, proposal_id=proposal)
    for name in ("approve_proposal", "activate_proposal"):
        story.send(name, by=rita, proposal_id=proposal)
    story.send("rollback_controls", by=rita)
    given_up = story.send("propose_controls")["proposal_id"]
    story.send("withdraw_proposal", proposal_id=given_up)
    snooze = story.send("create_snooze", by=rita)["snooze_id"]
    story.send("end_snooze", by=rita, snooze_id=snooze)


def monitoring(story: Story, rita: TestClient) -> None:
    with story.http.app.state.serving.engine.begin() as connection:  # type: ignore[attr-defined]
        run = stored(connection, "drift")
    story.send("follow_verdict", by=rita, run_id=run)


def policies(story: Story, rita: TestClient) -> None:
    proposal = story.send("propose_policy")["proposal_id"]
    story.send("preview_policy", proposal_id=proposal)
    for name in ("approve_policy", "activate_policy"):
        story.send(name, by=rita, proposal_id=proposal)
    story.send("rollback_policy", by=rita)
    given_up = story.send("propose_policy")["proposal_id"]
    story.send("withdraw_policy", proposal_id=given_up)


def administration(story: Story, endpoint: str) -> None:
    story.send("rotate_callback_secret", endpoint_id=endpoint)
    story.send("disable_callback_endpoint", endpoint_id=endpoint)
    key_id = story.send("create_key")["key_id"]
    story.send("rotate_key", key_id=key_id)
    story.send("limit_key", key_id=key_id)
    story.make("/v1/accounts", {"login": "x", "name": "X", "password": PASSWORD, "roles": ["auditor"]})
    [other] = [one for one in story.http.get("/v1/accounts").json()["accounts"] if one["login"] == "x"]
    for name in ("change_roles", "describe_account", "reset_password", "end_account_sessions"):
        story.send(name, account_id=other["account_id"])
    story.make(f"/v1/accounts/{other['account_id']}/deactivate")
    story.send("reactivate_account", account_id=other["account_id"])


def test_the_example_of_a_login_and_an_account_fit_together(story: Story) -> None:
    (_, made), (_, login) = story.by_name["create_account"], story.by_name["log_in"]
    [(_, account)], [(_, credentials)] = story.bodies(made), story.bodies(login)
    assert story.http.post("/v1/accounts", json=account).status_code == 201
    assert TestClient(story.http.app).post("/v1/session", json=credentials).status_code == 200


def test_every_answer_with_a_body_shows_one(story: Story, subtests: pytest.Subtests) -> None:
    for (method, path), operation in operations(story.document):
        for status, answer in operation["responses"].items():
            for kind, content in answer.get("content", {}).items():
                with subtests.test(operation=f"{method} {path}", status=status, kind=kind):
                    assert examples_of(story.document, content)


def test_every_kind_of_record_is_published_and_the_example_fits_its_kind(story: Story) -> None:
    schemas = story.document["components"]["schemas"]
    kinds = schemas["LedgerRecord"]["discriminator"]["mapping"]
    assert len(kinds) == len(schemas["LedgerRecord"]["oneOf"]) >= 20
    shown = schemas[kinds[payment()["kind"]].removeprefix(REFERENCE)]
    assert payment().keys() <= shown["properties"].keys()
    assert set(shown["required"]) <= payment().keys()
    items = schemas["RecordsRequest"]["properties"]["records"]["items"]
    assert items["x-documented-as"] == {"$ref": REFERENCE + "LedgerRecord"}
