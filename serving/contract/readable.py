"""Schemas in the words that code generators understand; what they cannot read moves into ``x-`` words or goes.

Conditions between fields stay with the service, which refuses with a pointer, and are written in descriptions.
"""

from collections.abc import Iterator
from typing import Any, Final

Document = dict[str, Any]
TAGS: Final = {
    "health": "whether the process is alive and ready, and its metrics",
    "records": "send business records and repair those that were refused",
    "scores": "score invoices, read scores and their explanations, and replay them",
    "runs": "score thousands of invoices in the background",
    "cases": "the review queue: claim, ask, comment, decide",
    "teams": "teams, routing rules and saved views",
    "callbacks": "signed messages about cases and runs, and where they may go",
    "boards": "key figures and the rows behind them",
    "rules": "controls and policies: read, propose, approve, activate",
    "audit": "the tamper-evident log",
    "models": "the models in use, their certificates, deployments and monitoring",
    "accounts": "people and API keys",
    "session": "log in and out",
}
# Words of ours that describe a column of a record.
_OURS: Final = ("unit", "misleads")
# Conditions on the names of fields: generators stop at the first, and a description says the same.
_NAMES: Final = ("patternProperties", "propertyNames")
_LISTS: Final = ("anyOf", "oneOf", "allOf", "prefixItems")
_SINGLE: Final = ("items", "additionalProperties", "not", "if", "then", "else", "contains")


def readable(schema: Any) -> Any:
    """The same schema without the words that generators cannot read; values that fitted it still fit."""
    if not isinstance(schema, dict):
        return schema
    made = {f"x-{name}" if name in _OURS else name: part for name, part in schema.items() if name not in _NAMES}
    if "patternProperties" in schema:
        [(pattern, value)] = schema["patternProperties"].items()
        made["additionalProperties"] = value
        made["description"] = f"{schema.get('description', 'values by name')}; names match {pattern}"
    for name in _SINGLE:
        if name in made:
            made[name] = readable(made[name])
    for name in _LISTS:
        if name in made:
            made[name] = [readable(part) for part in made[name]]
    if "properties" in made:
        made["properties"] = {name: readable(part) for name, part in made["properties"].items()}
    return made


def subschemas(schema: Any, place: str) -> Iterator[tuple[str, Document]]:
    """(place, schema) of a schema and of everything below it."""
    if not isinstance(schema, dict):
        return
    yield place, schema
    for name in _SINGLE:
        yield from subschemas(schema.get(name), f"{place}/{name}")
    for name in _LISTS:
        for number, part in enumerate(schema.get(name, ())):
            yield from subschemas(part, f"{place}/{name}/{number}")
    for name, part in schema.get("properties", {}).items():
        yield from subschemas(part, f"{place}/{name}")


def used(document: Document) -> dict[str, Document]:
    """The schemas that operations and messages refer to, and those that these refer to."""
    schemas = document["components"]["schemas"]
    found: dict[str, Document] = {}
    waiting = [document["paths"], document.get("webhooks", {})]
    while waiting:
        node = waiting.pop()
        if isinstance(node, list):
            waiting += node
        elif isinstance(node, dict):
            name = str(node.get("$ref", "")).rpartition("/")[2]
            if name in schemas and name not in found:
                found[name] = schemas[name]
                waiting.append(schemas[name])
            waiting += node.values()
    return {name: schemas[name] for name in schemas if name in found}
