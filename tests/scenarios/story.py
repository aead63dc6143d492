"""How a story is told: records are sent, invoices scored and cases decided over HTTP, by those who do it in a firm."""

import asyncio
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cached_property
from typing import Any

import orjson
from fastapi.testclient import TestClient

from ledger.database import Database
from ledger.records import Record
from serving.app import create_app
from serving.auth.scopes import Role, Scope
from serving.state import ServingState
from serving.tasks.worker import Worker, WorkerOptions
from tests.serving.kit import MACHINE, PASSWORD, api_key, person

SENDING = (*MACHINE, Scope.RECORDS_READ, Scope.RECORDS_WRITE)
CLEARED = ("auto_clear", "model")
NOTICED = ("review", "policy")
STOPPED = ("hold", "hard_stop")


@dataclass
class Clock:
    """The story's calendar: it stands still until the story goes on."""

    now: datetime

    def __call__(self) -> datetime:
        return self.now

    def forward(self, to: datetime) -> None:
        """Time only ever goes on."""
        assert to >= self.now, f"the story is at {self.now} already"
        self.now = to


@dataclass(frozen=True)
class Said:
    """What the service answered about an invoice."""

    body: dict[str, Any]

    @property
    def way(self) -> tuple[str, str]:
        """The route, and the layer that decided it."""
        return (self.body["route"], self.body["decided_by"])

    @property
    def because(self) -> str:
        """The ground of the route."""
        return str(self.body["because"])

    @property
    def fires(self) -> list[str]:
        """Controls that fired, by id."""
        return sorted(hit["control_id"] for hit in self.body["controls"])

    def words(self, control_id: str) -> list[str]:
        """What a control that fired says: its message, then each offender."""
        [hit] = [hit for hit in self.body["controls"] if hit["control_id"] == control_id]
        return [hit["message"], *hit["offenders"]]

    def remedy(self, control_id: str) -> str:
        """What a control that fired asks for."""
        [hit] = [hit for hit in self.body["controls"] if hit["control_id"] == control_id]
        return str(hit["remedy"])


@dataclass(frozen=True)
class Someone:
    """A person, logged in."""

    http: TestClient

    def next_case(self) -> dict[str, Any]:
        """Claim the case that protects the most cash."""
        return _ok(self.http.post("/v1/cases/next"))

    def take(self, said: Said) -> dict[str, Any]:
        """Claim the case that an answer named."""
        return _ok(self.http.post(f"/v1/cases/{said.body['case_id']}/claim"))

    def read(self, case: dict[str, Any]) -> dict[str, Any]:
        """The case as it is now."""
        return dict(_ok(self.http.get(f"/v1/cases/{case['case_id']}"))["case"])

    def decide(self, case: dict[str, Any], action: str, **more: Any) -> Any:
        """The answer to a decision on a claimed case."""
        body = {"action": action, "fence": case["fence"], **more}
        return self.http.post(f"/v1/cases/{case['case_id']}/decision", json=body)


@dataclass
class Story:
    """A firm, its service and its calendar; everything that is scored in it is made again at the end."""

    state: ServingState
    database: Database
    clock: Clock
    scored: list[str] = field(default_factory=list)

    @cached_property
    def app(self) -> Any:
        """The application, as it is served."""
        return create_app(self.state)

    @cached_property
    def machine(self) -> TestClient:
        """The firm's systems: they send records and ask for scores."""
        return self.client(*SENDING)

    def client(self, *scopes: Scope) -> TestClient:
        """A system with a key of its own."""
        headers = {"Authorization": f"Bearer {api_key(self.state.engine, *scopes)}"}
        return TestClient(self.app, headers=headers, raise_server_exceptions=False)

    def on(self, day: str, hour: int = 9) -> None:
        """Go on to a day."""
        self.clock.forward(datetime.fromisoformat(day).replace(hour=hour, tzinfo=UTC))

    def tell(self, *records: Record) -> None:
        """Records arrive, all of them new; a minute passes."""
        answer = self.send(*records)
        assert answer["accepted"] == len(records), answer

    def send(self, *records: Record) -> dict[str, Any]:
        """The answer to records that happen now and arrive now; a minute passes."""
        return self.post([sent(record, event_at=self.clock.now) for record in records])

    def post(self, plain: list[dict[str, Any]], *, by: TestClient | None = None) -> dict[str, Any]:
        """The answer to records as they are on the wire; a minute passes."""
        answer = _ok((by or self.machine).post("/v1/records", json={"records": plain}))
        self.clock.forward(self.clock.now + timedelta(minutes=1))
        return answer

    def stream(self, plain: list[dict[str, Any]]) -> dict[str, Any]:
        """The answer to records that arrive as JSON lines; a minute passes."""
        headers = {"content-type": "application/x-ndjson"}
        answer = _ok(self.machine.post("/v1/records/stream", content=_lines(plain), headers=headers))
        self.clock.forward(self.clock.now + timedelta(minutes=1))
        return answer

    def score(self, invoice_id: str = "INV-1", **asked: Any) -> Said:
        """Score an invoice, as of now unless a moment is asked for."""
        said = Said(_ok(self.machine.post("/v1/scores", json={"invoice_id": invoice_id, **asked})))
        self.scored.append(said.body["score_id"])
        return said

    def then(self, said: Said) -> Said:
        """The same invoice scored again as of the moment of an earlier answer, with all that was sent since."""
        return self.score(said.body["invoice_id"], as_of=said.body["as_of"])

    def replayed(self, said: Said, **query: str) -> dict[str, Any]:
        """A score made again."""
        return _ok(self.machine.get(f"/v1/scores/{said.body['score_id']}/replay", params=query))

    def features(self, said: Said) -> list[float | None]:
        """The feature vector behind an answer."""
        features: list[float | None] = self.replayed(said)["stored"]["features"]
        return features

    def is_said_again(self, said: Said) -> bool:
        """Whether asking for the moment of an answer gives the same now: nothing that came later leaks back."""
        return self._content(said) == self._content(self.then(said))

    def _content(self, said: Said) -> dict[str, Any]:
        content: dict[str, Any] = self.replayed(said)["stored"]
        return content

    def person(self, name: str, *roles: Role, resource_id: str | None = None) -> Someone:
        """Somebody with an account, logged in."""
        person(self.state.engine, name, *roles, resource_id=resource_id)
        http = TestClient(self.app, raise_server_exceptions=False)
        _ok(http.post("/v1/session", json={"login": name, "password": PASSWORD}))
        return Someone(http)

    def work(self) -> None:
        """A worker does everything that is due."""
        options = WorkerOptions(once=True, stalled_after=timedelta(seconds=1))
        asyncio.run(Worker(self.state, self.database.conninfo(), options).run())

    def end(self) -> None:
        """Every score of the story can be made again byte for byte, and the audit log is whole."""
        for score_id in self.scored:
            again = _ok(self.machine.get(f"/v1/scores/{score_id}/replay"))
            assert (again["same"], again["differences"]) == (True, []), score_id
        auditor = self.client(Scope.AUDIT_READ)
        assert _ok(auditor.get("/v1/audit/verification"))["holds"]


def sent(record: Record, **changes: Any) -> dict[str, Any]:
    """A record as its source sends it: when it is known is for the service to say."""
    plain: dict[str, Any] = record.model_copy(update=changes).model_dump(mode="json", exclude={"known_at"})
    return {"kind": record.kind, **plain}


def _lines(plain: list[dict[str, Any]]) -> Iterator[bytes]:
    for one in plain:
        yield orjson.dumps(one) + b"\n"


def _ok(answer: Any) -> dict[str, Any]:
    assert answer.status_code in (200, 201, 202), answer.text
    body: dict[str, Any] = answer.json()
    return body
