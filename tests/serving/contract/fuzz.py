"""Schemathesis' whole engine on the application: every phase, every check, and what it found as plain lines."""

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

import schemathesis
from schemathesis.config import SchemathesisConfig
from schemathesis.engine import Status, events, from_schema
from schemathesis.engine.run import PhaseName

from tests.serving.contract.excuses import excused

PHASES = ("examples", "coverage", "fuzzing", "stateful")
SEED = 20_260_210


@dataclass
class Found:
    """What a run did and found.

    Attributes:
        sent: requests per phase.
        failures: one of each kind, with request and answer.
        kinds: operation, check and fields at fault of every failure.
        errors: what the engine itself could not do, which is no pass.
        excused: rule → failures that it let pass.
        skipped: phases that did not run.
    """

    sent: Counter[str] = field(default_factory=Counter)
    operations: set[str] = field(default_factory=set)
    failures: list[str] = field(default_factory=list)
    errors: list[str] = field(default_factory=list)
    excused: Counter[str] = field(default_factory=Counter)
    skipped: list[str] = field(default_factory=list)
    kinds: set[tuple[str, ...]] = field(default_factory=set)

    @property
    def whole(self) -> int:
        """Requests sent."""
        return sum(self.sent.values())


@schemathesis.serializer("application/x-ndjson")
def as_lines(_: Any, value: Any) -> bytes:
    """JSON lines travel as the text that they are."""
    return value if isinstance(value, bytes) else str(value).encode("utf-8", "replace")


def run(app: Any, *, key: str, examples: int, phases: tuple[str, ...] = PHASES) -> Found:
    """Try the whole document with a key; ``examples`` per operation and phase, in the same order on every run."""
    schema = schemathesis.openapi.from_asgi("/openapi.json", app, config=_config(key, examples, phases))
    found = Found()

    def keep(_: Any, failure: Any, case: Any, response: Any) -> bool:
        rule = excused(failure, case, response)
        if rule is not None:
            found.excused[rule] += 1
        return rule is None

    schema.hook("filter_failure")(keep)
    schema.hook("map_body")(whole_documents)
    for event in from_schema(schema).execute():
        _take(found, event)
    return found


def whole_documents(_: Any, body: Any) -> Any:
    """Most documents are scored and not refused: one invoice is named, and lines carry their header's ids."""
    for part in _items(body):
        _name_one(part)
    documents = [part.get("document") for part in _items(body) if isinstance(part, dict)]
    for document in documents:
        if isinstance(document, dict) and isinstance(document.get("invoice"), dict):
            for line in _items({"items": document.get("lines")}):
                _name_as(line, document["invoice"])
    return body


def _name_one(item: Any) -> None:
    """The schema does not say that exactly one of the two is sent."""
    if isinstance(item, dict) and isinstance(item.get("document"), dict) and "invoice" in item["document"]:
        item.pop("invoice_id", None)


def _items(body: Any) -> list[Any]:
    if not isinstance(body, dict):
        return []
    return body["items"] if isinstance(body.get("items"), list) else [body]


def _name_as(line: Any, header: dict[str, Any]) -> None:
    for name in ("invoice_id", "client_id"):
        if isinstance(line, dict) and _is_id(line.get(name)) and _is_id(header.get(name)):
            line[name] = header[name]


def _is_id(value: Any) -> bool:
    return isinstance(value, str) and 0 < len(value) <= 200 and "\x00" not in value


def _config(key: str, examples: int, phases: tuple[str, ...]) -> SchemathesisConfig:
    return SchemathesisConfig.from_dict(
        {
            "seed": SEED,
            "headers": {"Authorization": f"Bearer {key}"},
            "continue-on-failure": True,
            "suppress-health-check": ["all"],
            "workers": 1,
            "request-timeout": 600,  # a batch of 1,000 documents on a machine that is busy otherwise
            "checks": {"enabled": True},
            "generation": {"max-examples": examples, "deterministic": True},
            "phases": {name: {"enabled": name in phases} for name in PHASES},
        }
    )


def _take(found: Found, event: Any) -> None:
    if isinstance(event, events.NonFatalError):
        found.errors.append(f"{event.phase} {event.label}: {event.value!r}")
    elif isinstance(event, events.PhaseFinished) and event.phase.name.value in PHASES:
        if event.status is Status.SKIP:
            found.skipped.append(f"{event.phase.name.value}: {event.phase.skip_reason}")
    elif isinstance(event, events.ScenarioFinished):
        found.sent[event.phase.value] += len(event.recorder.interactions)
        found.operations.update(case.value.operation.label for case in event.recorder.cases.values())
        for kind, line in _failures(event.phase, event.recorder):
            if kind not in found.kinds:
                found.kinds.add(kind)
                found.failures.append(line)


def _failures(phase: PhaseName, recorder: Any) -> Iterator[tuple[tuple[str, ...], str]]:
    for case_id, checks in recorder.checks.items():
        for check in checks:
            if check.failure_info is not None:
                told = _told(phase, recorder, case_id, check)
                yield (recorder.label, check.name, *re.findall(r'"pointer":"[^"]*"', told)), told


def _told(phase: PhaseName, recorder: Any, case_id: str, check: Any) -> str:
    case, interaction = recorder.cases[case_id].value, recorder.interactions.get(case_id)
    answer = "" if interaction is None or interaction.response is None else interaction.response.text[:600]
    asked = "" if interaction is None else f"{interaction.request.method} {interaction.request.uri}"
    body = "" if interaction is None else str(interaction.request.body)[:600]
    failure = check.failure_info.failure
    said = f"[{phase.value}] {case.operation.label}: {check.name}: {failure.title}: {failure.message[:400]}"
    return f"{said}\n    {asked} {body}\n    {answer}"
