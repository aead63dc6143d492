"""docs/api.md is complete: every route with its scope, header, problem type, setting and degraded code."""

import re
from pathlib import Path
from typing import Any

import orjson
import pytest
from pydantic_settings import BaseSettings

from serving.contract.document import Document, operations
from serving.settings import ServingSettings

DOCS = Path(__file__).parents[2] / "docs"
RISKS, LACKS = ("delay", "dispute", "anomaly"), ("unavailable", "failed", "outdated")


@pytest.fixture(scope="module")
def page() -> str:
    return (DOCS / "api.md").read_text(encoding="utf-8")


@pytest.fixture(scope="module")
def document() -> Document:
    loaded: Document = orjson.loads((DOCS / "openapi.json").read_bytes())
    return loaded


def table(page: str, head: str) -> list[list[str]]:
    """Rows of the table below a header row."""
    below = page.split(head, 1)[1].split("\n\n", 1)[0]
    return [[cell.strip() for cell in re.split(r"(?<!\\)\|", row)[1:-1]] for row in below.splitlines()[2:]]


def test_every_route_is_told_with_its_scope(page: str, document: Document) -> None:
    told = {row[0].strip("`"): row[1].strip("`") for row in table(page, "| route | scope | what |")}
    published: dict[str, Any] = {
        f"{method.upper()} {path}": operation.get("x-scope", "public")
        for (method, path), operation in operations(document)
    }
    assert told == published


def test_every_header_of_the_document_is_told(page: str, document: Document) -> None:
    told = {row[0].strip("`").lower() for row in table(page, "| header | of | meaning |")}
    headers = {
        part["name"].lower()
        for _, operation in operations(document)
        for part in operation.get("parameters", ())
        if part["in"] == "header"
    }
    for _, operation in operations(document):
        for answer in operation["responses"].values():
            headers |= {name.lower() for name in answer.get("headers", ())}
    assert headers <= told
    assert {"x-request-id", "ratelimit", "ratelimit-policy", "server-timing", "allow"} <= headers | told


def test_every_problem_type_is_told_once(page: str) -> None:
    told = [row[0].strip("`") for row in table(page, "| type | when |")]
    assert len(told) == len(set(told)) >= 35


def test_every_setting_of_the_service_is_told(page: str) -> None:
    told = set(re.findall(r"\| `(TRIAGE_\w+)` \|", page))
    assert sorted(names_of(ServingSettings) - told - {"TRIAGE_HOME"}) == []


def names_of(settings: type[BaseSettings]) -> set[str]:
    return {str(field.validation_alias) for field in settings.model_fields.values()}


def test_every_degraded_code_is_told(page: str) -> None:
    told = set(re.findall(r"`(\w+)`", page.split("## What `degraded` says", 1)[1].split("\n## ", 1)[0]))
    sources = "".join(path.read_text(encoding="utf-8") for path in (DOCS.parent / "serving" / "scoring").glob("*.py"))
    named = set(re.findall(r'\("(\w+)", (?:amount|state|self)', sources)) | set(re.findall(r'"(models_\w+)"', sources))
    risks = {f"{risk}_{lack}" for risk in RISKS for lack in LACKS if f'_{lack}"' in sources}
    assert named | risks <= told
    assert {"models_failed", "no_exchange_rate", "delay_failed", "anomaly_outdated"} <= named | risks
