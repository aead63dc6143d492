"""The checker of incompatible changes, on pairs of documents made by hand."""

from copy import deepcopy
from typing import Any

import pytest

from serving.contract.changes import breaking_changes

THING: dict[str, Any] = {
    "type": "object",
    "properties": {
        "name": {"type": "string", "maxLength": 10},
        "state": {"$ref": "#/components/schemas/State"},
        "count": {"anyOf": [{"type": "integer", "minimum": 0}, {"type": "null"}]},
        "parts": {"type": "array", "items": {"$ref": "#/components/schemas/Thing"}},
    },
    "required": ["name"],
    "additionalProperties": False,
}


def document() -> dict[str, Any]:
    thing = {"application/json": {"schema": {"$ref": "#/components/schemas/Thing"}}}
    answer = {"application/json": {"schema": {"$ref": "#/components/schemas/Answer"}}}
    operation = {
        "operationId": "make",
        "parameters": [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 9}}],
        "requestBody": {"required": True, "content": thing},
        "responses": {"200": {"description": "made", "content": answer}},
    }
    schemas: dict[str, Any] = {
        "Thing": deepcopy(THING),
        "Answer": {k: v for k, v in deepcopy(THING).items() if k != "additionalProperties"},
        "State": {"type": "string", "enum": ["open", "shut"]},
    }
    schemas["Answer"]["properties"]["parts"]["items"] = {"$ref": "#/components/schemas/Answer"}
    return {"paths": {"/things": {"post": operation}}, "components": {"schemas": schemas}}


def changed(path: str, value: Any) -> dict[str, Any]:
    """The document with one place set, or taken away (``None``)."""
    made = document()
    *way, last = path.split(".")
    found: Any = made
    for step in way:
        found = found[int(step)] if isinstance(found, list) else found[step]
    if value is None:
        del found[last]
    else:
        found[last] = value
    return made


POST, SCHEMAS = "paths./things.post", "components.schemas"
COMPATIBLE: list[tuple[str, Any]] = [
    (f"{POST}.summary", "Make"),
    ("paths./other", {"get": {"operationId": "x", "responses": {}}}),
    (f"{SCHEMAS}.Thing.properties.more", {"type": "string"}),
    (f"{SCHEMAS}.Thing.properties.name.maxLength", 20),
    (f"{SCHEMAS}.Thing.required", []),
    (f"{SCHEMAS}.Answer.properties.more", {"type": "string"}),
    (f"{SCHEMAS}.Answer.required", ["name", "state"]),
    (f"{SCHEMAS}.Answer.properties.count", {"type": "integer", "minimum": 3}),
    (f"{POST}.parameters", [{"name": "limit", "in": "query", "schema": {"type": "integer", "maximum": 99}}]),
    (f"{POST}.requestBody.content.application/x-ndjson", {}),
    (f"{POST}.responses.201", {"description": "made anew"}),
]
BREAKING: list[tuple[str, Any, str]] = [
    ("paths./things", {}, "the operation is gone"),
    (f"{POST}.operationId", "create", "operationId"),
    (f"{POST}.parameters", [], "the parameter is gone"),
    (f"{POST}.parameters.0.schema.maximum", 8, "maximum"),
    (f"{POST}.parameters.0.required", True, "is required now"),
    (f"{POST}.requestBody.content", {}, "is not taken any more"),
    (f"{POST}.requestBody", None, "the body is gone"),
    (f"{POST}.responses", {"204": {"description": "made"}}, "is not answered any more"),
    (f"{POST}.responses.200.content", {}, "is not given any more"),
    (f"{SCHEMAS}.Thing.properties.name", None, "the field is not taken any more"),
    (f"{SCHEMAS}.Thing.required", ["name", "state"], "is required now"),
    (f"{SCHEMAS}.Thing.properties.name.maxLength", 5, "maxLength"),
    (f"{SCHEMAS}.Thing.properties.name.pattern", "^a", "pattern"),
    (f"{SCHEMAS}.Thing.properties.name.type", "integer", "type string"),
    (f"{SCHEMAS}.Thing.properties.count", {"type": "integer", "minimum": 0}, "type null"),
    (f"{SCHEMAS}.State.enum", ["open"], "shut"),
    (f"{SCHEMAS}.State.enum", ["open", "shut", "lost"], "lost"),
    (f"{SCHEMAS}.Answer.properties.state", None, "the field is gone"),
    (f"{SCHEMAS}.Answer.required", [], "is not always there any more"),
    (f"{SCHEMAS}.Answer.properties.name", {"anyOf": [{"type": "string"}, {"type": "null"}]}, "type null"),
    (f"{SCHEMAS}.Answer.properties.parts.items", {"type": "string"}, "type string"),
]


def test_a_document_is_compatible_with_itself() -> None:
    assert breaking_changes(document(), document()) == []


@pytest.mark.parametrize(("path", "value"), COMPATIBLE)
def test_what_callers_need_not_notice_is_compatible(path: str, value: Any) -> None:
    assert breaking_changes(document(), changed(path, value)) == []


@pytest.mark.parametrize(("path", "value", "words"), BREAKING)
def test_what_breaks_a_caller_is_told_with_its_place(path: str, value: Any, words: str) -> None:
    found = breaking_changes(document(), changed(path, value))
    assert any(words in str(change) and "/things" in change.place for change in found), found
