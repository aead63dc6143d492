"""The published document has none of the constructs that code generators and linters stumble over.

``clients/`` runs the generators themselves where they can be installed; these tests hold without them.
"""

import re
from collections.abc import Iterator

import pytest
from fastapi.testclient import TestClient

from cli.openapi import current
from serving.auth.scopes import Role
from serving.contract.document import Document, operations
from serving.contract.readable import readable, subschemas
from tests.serving.kit import OpenClient

# Conditions between fields, tuples, and conditions on names.
UNREADABLE = {
    "allOf", "not", "if", "then", "else", "prefixItems", "patternProperties", "propertyNames", "contains",
    "dependentRequired", "dependentSchemas", "unevaluatedProperties", "unevaluatedItems",
}  # fmt: skip
JSON_SCHEMA = {
    "$ref", "title", "description", "default", "examples", "example", "deprecated", "type", "format", "enum", "const",
    "pattern", "minLength", "maxLength", "minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "items",
    "minItems", "maxItems", "uniqueItems", "properties", "required", "additionalProperties", "minProperties",
    "maxProperties", "anyOf", "oneOf", "discriminator", "multipleOf",
}  # fmt: skip
CHOICES = ("anyOf", "oneOf")


@pytest.fixture(scope="module")
def document() -> Document:
    return current()


def schemas(document: Document) -> Iterator[tuple[str, Document]]:
    for name, schema in document["components"]["schemas"].items():
        yield from subschemas(schema, name)
    for (method, path), operation in operations(document):
        for parameter in operation.get("parameters", ()):
            yield from subschemas(parameter["schema"], f"{method} {path} {parameter['name']}")
        for answer in [operation.get("requestBody", {}), *operation["responses"].values()]:
            for kind, content in answer.get("content", {}).items():
                yield from subschemas(content.get("schema"), f"{method} {path} {kind}")


def test_every_word_is_known_or_marked_as_ours(document: Document) -> None:
    unknown = {(place, word) for place, node in schemas(document) for word in node if not word.startswith("x-")}
    assert sorted(found for found in unknown if found[1] not in JSON_SCHEMA) == []


def test_no_condition_stands_between_fields(document: Document) -> None:
    assert [place for place, node in schemas(document) if UNREADABLE & node.keys()] == []


def test_a_choice_stands_alone_and_is_among_named_schemas_or_with_null(document: Document) -> None:
    for place, node in schemas(document):
        for word in CHOICES:
            if word in node:
                assert not {"properties", "type", "items", "enum"} & node.keys(), place
                kinds = [part for part in node[word] if part.get("type") != "null"]
                assert len(kinds) == 1 or all("$ref" in part for part in kinds), place


def test_every_schema_has_one_type_and_every_list_its_items(document: Document) -> None:
    for place, node in schemas(document):
        if place == "JsonValue":
            continue  # any JSON value: has no type on purpose
        assert {"type", "$ref", "anyOf", "oneOf", "enum", "const"} & node.keys(), place
        assert isinstance(node.get("type", ""), str), place
        # Generators know null beside a type alone.
        assert node.get("type") != "null" or re.search(r"/(anyOf|oneOf)/\d+$", place), place
        assert node.get("type") != "array" or isinstance(node.get("items"), dict), place


def test_no_pattern_breaks_the_string_literals_of_generated_code(document: Document) -> None:
    assert [place for place, node in schemas(document) if '"' in str(node.get("pattern", ""))] == []


def test_no_name_is_a_type_of_typescript_or_java(document: Document) -> None:
    taken = {"Record", "Map", "Date", "Object", "Array", "String", "Number", "Function", "Error", "File", "List", "Set"}
    assert taken.isdisjoint(document["components"]["schemas"])


def test_servers_and_tags_are_declared(document: Document) -> None:
    assert document["servers"][0]["url"] == "http://127.0.0.1:8000"
    declared = [tag["name"] for tag in document["tags"]]
    named = {tag for _, operation in operations(document) for tag in operation["tags"]}
    assert (len(declared), set(declared)) == (len(set(declared)), named)
    assert all(tag["description"] for tag in document["tags"])


def test_messages_have_names_beside_those_of_operations(document: Document) -> None:
    told = [item["post"]["operationId"] for item in document["webhooks"].values()]
    asked = [operation["operationId"] for _, operation in operations(document)]
    assert len({*told, *asked}) == len(told) + len(asked)


def test_conditions_on_names_become_words() -> None:
    made = readable({"type": "object", "patternProperties": {"^a": {"unit": "EUR"}}, "description": "limits"})
    assert made == {
        "type": "object",
        "additionalProperties": {"x-unit": "EUR"},
        "description": "limits; names match ^a",
    }


TWO = {"invoice_id": "INV-1", "document": None}
WRONG = [
    ("/v1/scores", {}, "/document"),
    ("/v1/scores/batch", {"items": [{"invoice_id": "INV-1"}, TWO | {"invoice_id": None}]}, "/items/1/document"),
    ("/v1/runs", {}, "/filter"),
    ("/v1/runs", {"invoice_ids": ["INV-1"], "filter": "unsent"}, "/filter"),
]


@pytest.mark.parametrize(("path", "body", "pointer"), WRONG)
def test_exactly_one_of_two_fields_is_refused_with_its_pointer(
    machine: TestClient, path: str, body: Document, pointer: str
) -> None:
    answer = machine.post(path, json=body)
    [error] = answer.json()["errors"]
    assert (answer.status_code, error["pointer"]) == (422, pointer)
    assert "send exactly one of" in error["message"]


def test_both_of_two_fields_are_refused(machine: TestClient) -> None:
    example = current()["components"]["schemas"]["ScoreRequest"]["examples"][1]
    answer = machine.post("/v1/scores", json={**example, "invoice_id": "INV-1"})
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/document"]


ASKS = [
    ({"kind": "answer", "question": "Why?"}, ["/address"]),
    ({"kind": "answer", "question": " ", "address": "a@example.com"}, ["/question"]),
    ({"kind": "approve", "question": "Please.", "address": "a@example.com"}, ["/asked_id", "/subjects"]),
]


@pytest.mark.parametrize(("body", "pointers"), ASKS)
def test_a_question_without_a_person_is_refused_with_its_pointer(
    log_in: OpenClient, body: Document, pointers: list[str]
) -> None:
    answer = log_in("rita", Role.REVIEWER).post("/v1/cases/none/requests", json=body)
    assert [error["pointer"] for error in answer.json()["errors"]] == pointers


def test_a_decision_without_reason_or_note_is_refused_with_its_pointers(log_in: OpenClient) -> None:
    body = {"action": "write_off_request", "fence": 1}
    answer = log_in("rita", Role.REVIEWER).post("/v1/cases/none/decision", json=body)
    assert [error["pointer"] for error in answer.json()["errors"]] == ["/reason_code", "/note"]
