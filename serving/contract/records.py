"""Schemas of the records that may be sent, one per kind, as documentation: a bad record is kept aside, not refused."""

from typing import Any, Final

from pydantic.json_schema import models_json_schema

from ledger.records import KINDS
from serving.ingest.reading import wire_schema

REFERENCE: Final = "#/components/schemas/"
RECORD: Final = "LedgerRecord"  # Record is a word of TypeScript and Java


def record_schemas() -> dict[str, Any]:
    """A schema per kind, what they share, and ``Record``: any one of them, told apart by ``kind``."""
    kinds = {kind: wire_schema(kind) for kind in sorted(KINDS)}
    wanted = [(model, "validation") for model in kinds.values()]
    _, found = models_json_schema(wanted, ref_template=REFERENCE + "{model}")  # type: ignore[arg-type]  # a list of pairs is invariant
    schemas = {name: _tidy(schema) for name, schema in found["$defs"].items()}
    for kind, model in kinds.items():
        _name_kind(schemas[model.__name__], kind)
    places = {kind: REFERENCE + model.__name__ for kind, model in kinds.items()}
    return {**schemas, RECORD: _any_of(places)}


def _name_kind(schema: dict[str, Any], kind: str) -> None:
    told = {"type": "string", "const": kind, "title": "Kind", "description": "kind of record"}
    schema["properties"] = {"kind": told, **schema["properties"]}
    schema["required"] = ["kind", *schema["required"]]


def _any_of(places: dict[str, str]) -> dict[str, Any]:
    return {
        "title": RECORD,
        "description": "A record as it is sent. What fits none of these is quarantined; the other records are taken.",
        "oneOf": [{"$ref": place} for place in places.values()],
        "discriminator": {"propertyName": "kind", "mapping": places},
    }


def _tidy(node: Any) -> Any:
    """Without the notes of columns that have none."""
    if isinstance(node, list):
        return [_tidy(part) for part in node]
    if not isinstance(node, dict):
        return node
    return {name: _tidy(part) for name, part in node.items() if part is not None or name not in ("unit", "misleads")}
