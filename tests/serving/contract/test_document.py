"""The published document: as committed, compatible with the released one, complete, and with examples that hold."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import pytest
from jsonschema import Draft202012Validator

from cli.openapi import PUBLISHED, RELEASED, as_file, current
from serving.contract.changes import breaking_changes
from serving.contract.document import REFERENCE, Document, operations
from serving.problems import HTTP_TITLES, Problem

DOCS = Path(__file__).parents[3] / "docs"


@pytest.fixture(scope="module")
def document() -> Document:
    return current()


def test_the_committed_document_is_the_applications(document: Document) -> None:
    assert (DOCS / PUBLISHED).read_bytes() == as_file(document), "run `triage openapi` and commit docs/openapi.json"


def test_every_schema_has_a_name_of_its_own(document: Document) -> None:
    assert [name for name in document["components"]["schemas"] if "__" in name] == []


def test_no_caller_of_the_released_document_breaks(document: Document) -> None:
    broken = breaking_changes(orjson.loads((DOCS / RELEASED).read_bytes()), document)
    assert broken == [], "see docs/versioning.md: a breaking change needs a new version beside this one"


def test_operations_have_short_names_of_their_own(document: Document) -> None:
    names = [operation["operationId"] for _, operation in operations(document)]
    assert len(set(names)) == len(names) >= 40
    assert all(name.isidentifier() and len(name) <= 40 for name in names)


def test_every_reference_leads_somewhere(document: Document) -> None:
    found = {node["$ref"] for node in nodes(document) if "$ref" in node}
    parts = document["components"]
    assert found <= {f"#/components/{kind}/{name}" for kind in parts for name in parts[kind]}


def test_every_published_field_says_what_it_is(document: Document) -> None:
    silent = [
        f"{name}.{field}"
        for name, schema in document["components"]["schemas"].items()
        for field, column in schema.get("properties", {}).items()
        if "description" not in column
    ]
    assert silent == []


def test_no_bound_is_said_in_words_that_json_schema_does_not_know(document: Document) -> None:
    """Pydantic writes ``ge`` for a bound that it could not translate: readers would take the field for unbounded."""
    unknown = {"ge", "gt", "le", "lt", "max_digits", "decimal_places", "min_length", "max_length"}
    assert [node for node in nodes(document["components"]["schemas"]) if unknown & node.keys()] == []


def test_every_example_fits_its_schema(document: Document, subtests: pytest.Subtests) -> None:
    checked = 0
    for name, schema in document["components"]["schemas"].items():
        for example in schema.get("examples", ()):
            with subtests.test(schema=name):
                whole = {"$ref": REFERENCE + name, "components": document["components"]}
                errors = [error.message for error in Draft202012Validator(whole).iter_errors(example)]
                assert errors == []
            checked += 1
    assert checked >= 30


def test_every_kind_of_problem_is_documented() -> None:
    text = (DOCS / "api.md").read_text(encoding="utf-8")
    slugs = {kind.slug for kind in kinds_of(Problem)} | {slug for slug, _ in HTTP_TITLES.values()} | {"http-error"}
    assert sorted(slug for slug in slugs if f"`{slug}`" not in text) == []


def kinds_of(kind: type[Problem]) -> Iterator[type[Problem]]:
    if kind.__module__.startswith("serving.") and kind.__name__ != "HttpProblem":
        yield kind
    for below in kind.__subclasses__():
        yield from kinds_of(below)


def nodes(node: Any) -> Iterator[dict[str, Any]]:
    if isinstance(node, dict):
        yield node
        node = list(node.values())
    if isinstance(node, list):
        for part in node:
            yield from nodes(part)
