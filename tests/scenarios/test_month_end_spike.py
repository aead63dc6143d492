"""Month-end spike

Three hundred invoices are scored in one billing run by several workers, while two people decide and corrections come
in. Nothing is lost and nothing is doubled, and whoever asks for the next case gets the one with the most cash at stake.
"""

import json
import threading
import time
from collections.abc import Callable, Iterator
from decimal import Decimal
from typing import Any

import pytest
from sqlalchemy import text

from serving.auth.scopes import Role
from tests.scenarios.documents import billed
from tests.scenarios.story import Someone, Story, sent
from tests.serving.callbacks.receiver import Receiver
from tests.serving.factories import client, contract, project

INVOICES, CLIENTS, DECISIONS, BATCHES, PATIENCE = 300, 6, 12, 10, 3_000
IDS = [f"INV-{number}" for number in range(1, INVOICES + 1)]


def worth(number: int) -> str:
    """The amount of an invoice."""
    return f"{500 + 7 * number}"


def bill(number: int, line_amount: str, version: str = "1") -> list[Any]:
    """An invoice of one of the clients, with a line that may not add up to it."""
    ids = {"client_id": f"C-{number % CLIENTS}", "project_id": f"P-{number % CLIENTS}"}
    header, fee = billed(number, worth(number), **ids, contract_id=f"K-{number % CLIENTS}")
    paid = {"amount": Decimal(line_amount), "unit_rate": Decimal(line_amount), "version": version}
    return [header, fee.model_copy(update=ids | paid)]


def portfolio() -> Iterator[Any]:
    """Six clients with fifty invoices each, every third of which does not add up."""
    for one in range(CLIENTS):
        ids = {"client_id": f"C-{one}", "contract_id": f"K-{one}"}
        agreed = {"billing_method": "fixed_fee", "rate_card_id": None}
        yield from (client(client_id=f"C-{one}"), contract(**ids, **agreed), project(project_id=f"P-{one}", **ids))
    for number in range(1, INVOICES + 1):
        yield from bill(number, "1" if number % 3 == 0 else worth(number))


def decides(someone: Someone, decided: list[str]) -> None:
    """A person decides twelve cases, and looks again after a moment where there is none yet."""
    mine: list[str] = []
    for _ in range(PATIENCE):
        answer = someone.http.post("/v1/cases/next")
        if answer.status_code == 204:
            time.sleep(0.02)
            continue
        made = someone.decide(answer.json(), "hold", reason_code="amount_currency")
        assert made.status_code == 200, made.text
        mine.append(answer.json()["case_id"])
        if len(mine) == DECISIONS:
            break
    decided.extend(mine)


def corrects(story: Story) -> None:
    """Lines that were lost come in, one at a time, and each comes twice."""
    for number in range(3, 3 * BATCHES + 1, 3):
        late = [sent(bill(number, worth(number), version="2")[1])]
        assert [story.post(late)["accepted"], story.post(late)["duplicates"]] == [1, 1]


def together(*works: Callable[[], None]) -> None:
    """Everything at the same time; the first failure is raised."""
    failed: list[BaseException] = []

    def guarded(work: Callable[[], None]) -> None:
        try:
            work()
        except BaseException as error:  # noqa: BLE001 - told to the test, which raises it
            failed.append(error)

    threads = [threading.Thread(target=guarded, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    if failed:
        raise failed[0]


@pytest.fixture
def spike(story: Story, receiver: Receiver, monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The run when all is over, with what was decided meanwhile."""
    monkeypatch.setattr("serving.runs.service.BLOCK", 25)
    admin, people = story.person("ada", Role.ADMIN), [story.person(name, Role.REVIEWER) for name in ("rita", "sam")]
    admin.http.post("/v1/callback-endpoints", json={"name": "flows", "prefix": receiver.url})
    story.stream([sent(one) for one in portfolio()])
    wish = {"invoice_ids": IDS, "callback_url": f"{receiver.url}/run", "correlation_id": "january"}
    run_id = story.machine.post("/v1/runs", json=wish).json()["run_id"]
    decided: list[str] = []
    workers = [story.work, story.work]
    together(*workers, *(lambda one=one: decides(one, decided) for one in people), lambda: corrects(story))
    story.work()
    return {"run_id": run_id, "decided": decided, "told": [json.loads(got.body) for got in receiver.got]}


# What the run made; a corrected line has its case scored again, and what was held meanwhile comes back as a new case.
COUNTED = (
    "score WHERE run_id IS NOT NULL",
    "review_case WHERE reopens IS NULL",
    "case_decision",
    "review_decision",
)


def test_nothing_is_lost_and_nothing_doubled_while_people_decide(story: Story, spike: dict[str, Any]) -> None:
    run = story.machine.get(f"/v1/runs/{spike['run_id']}").json()
    assert (run["state"], run["done"], run["unknown"]) == ("finished", INVOICES, 0)
    assert run["routes"] == {"auto_clear": 200, "hold": 100}
    lines = story.machine.get(f"/v1/runs/{spike['run_id']}/results", headers={"accept": "application/x-ndjson"}).text
    results = [json.loads(one) for one in lines.splitlines()]
    assert sorted(one["invoice_id"] for one in results) == sorted(IDS)
    story.scored += [one["score_id"] for one in results]

    assert len(spike["decided"]) == len(set(spike["decided"])) == 2 * DECISIONS
    with story.state.engine.connect() as connection:
        counted = {table: connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() for table in COUNTED}
    assert list(counted.values()) == [300, 100, 24, 24]
    [told] = spike["told"]
    assert (told["type"], told["data"]["correlation_id"]) == ("triage.run.finished.v1", "january")


def test_the_queue_that_is_left_is_in_the_order_of_cash(story: Story, spike: dict[str, Any]) -> None:
    rita = story.person("ruth", Role.REVIEWER)
    left = rita.http.get("/v1/cases", params={"limit": 200}).json()["cases"]
    with story.state.engine.connect() as connection:
        again = connection.execute(text("SELECT count(*) FROM review_case WHERE reopens IS NOT NULL")).scalar_one()
    assert len(left) == 100 - 2 * DECISIONS + again
    cash = [case["priority"] for case in left]
    assert cash == sorted(cash, reverse=True)
    assert [rita.next_case()["case_id"] for _ in range(3)] == [case["case_id"] for case in left[:3]]
    for case in left:
        parts = case["priority_parts"]
        assert case["priority"] == pytest.approx(
            parts["delay_value"] + parts["dispute_value"] - parts["review_cost"], abs=0.02
        )


def test_a_correction_that_came_during_the_run_counts_after_it(story: Story, spike: dict[str, Any]) -> None:
    run = story.machine.get(f"/v1/runs/{spike['run_id']}").json()
    assert story.score("INV-3").way == ("auto_clear", "model")
    assert story.score("INV-3", as_of=run["as_of"]).fires == ["lines_differ_from_header"]
