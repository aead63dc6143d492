"""Which changes of the published document break a caller that was written for an older one.

One question answers both directions: can a value that fits one schema be refused by another? Of requests, what the old
document allows must fit the new one; of responses, what the new one gives must fit the old one. See docs/versioning.md.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from serving.contract.document import REFERENCE, Document, operations

# Keywords whose meaning is compared by equality: a change may narrow, and nobody can tell without looking.
_OPAQUE = ("pattern", "format", "const", "allOf", "not", "if", "then", "multipleOf", "uniqueItems", "propertyNames")
_LOWEST = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_HIGHEST = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")


@dataclass(frozen=True)
class Breaking:
    """A change that breaks callers.

    Attributes:
        place: operation, then the way into it.
        what: what was possible before and is not any more.
    """

    place: str
    what: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}"


@dataclass(frozen=True)
class _Side:
    """A schema with the document that its references point into."""

    document: Document
    schema: Any

    def resolved(self) -> "_Side":
        if not isinstance(self.schema, dict) or "$ref" not in self.schema:
            return self
        target = self.document["components"]["schemas"][self.schema["$ref"].removeprefix(REFERENCE)]
        return _Side(self.document, target).resolved()

    def at(self, *steps: Any) -> "_Side":
        found = self.schema
        for step in steps:
            found = found[step]
        return _Side(self.document, found)

    def get(self, name: str, default: Any = None) -> Any:
        return self.schema.get(name, default) if isinstance(self.schema, dict) else default


def breaking_changes(old: Document, new: Document) -> list[Breaking]:
    """Everything in the new document that breaks a caller of the old one, in the old one's order."""
    now = dict(operations(new))
    found: list[Breaking] = []
    for (method, path), before in operations(old):
        place = f"{method.upper()} {path}"
        if (method, path) not in now:
            found.append(Breaking(place, "the operation is gone"))
            continue
        found += _operation(place, _Side(old, before), _Side(new, now[method, path]))
    return found


def _operation(place: str, old: _Side, new: _Side) -> Iterator[Breaking]:
    if old.get("operationId") != new.get("operationId"):
        yield Breaking(place, f"operationId was {old.get('operationId')}, is {new.get('operationId')}")
    yield from _parameters(place, old, new)
    yield from _body(f"{place} request", old, new)
    yield from _responses(place, old, new)


def _parameters(place: str, old: _Side, new: _Side) -> Iterator[Breaking]:
    before, after = _named(old), _named(new)
    for key, parameter in after.items():
        if parameter.get("required") and not (key in before and before[key].get("required")):
            yield Breaking(f"{place} {key}", "is required now")
    for key, parameter in before.items():
        if key not in after:
            yield Breaking(f"{place} {key}", "the parameter is gone")
        else:
            yield from refusals(f"{place} {key}", outer=after[key].at("schema"), inner=parameter.at("schema"))


def _named(operation: _Side) -> dict[str, _Side]:
    sides = [_Side(operation.document, part).resolved() for part in operation.get("parameters", [])]
    return {f"{side.get('in')} {side.get('name')}": side for side in sides}


def _body(place: str, old: _Side, new: _Side) -> Iterator[Breaking]:
    before, after = old.get("requestBody"), new.get("requestBody")
    if after is not None and after.get("required") and not (before or {}).get("required"):
        yield Breaking(place, "a body is required now")
    if before is None:
        return
    if after is None:
        yield Breaking(place, "the body is gone")
        return
    for kind in before["content"]:
        if kind not in after["content"]:
            yield Breaking(place, f"{kind} is not taken any more")
        else:
            steps = ("requestBody", "content", kind, "schema")
            yield from refusals(place, outer=new.at(*steps), inner=old.at(*steps))


def _responses(place: str, old: _Side, new: _Side) -> Iterator[Breaking]:
    for status, before in old.get("responses").items():
        after = new.get("responses").get(status)
        if after is None:
            if status.startswith("2"):
                yield Breaking(f"{place} {status}", "is not answered any more")
            continue
        for kind in before.get("content", {}):
            if kind not in after.get("content", {}):
                yield Breaking(f"{place} {status}", f"{kind} is not given any more")
            elif "schema" in before["content"][kind]:
                steps = ("responses", status, "content", kind, "schema")
                yield from refusals(f"{place} {status}", outer=old.at(*steps), inner=new.at(*steps), answer=True)


def refusals(
    place: str, *, outer: _Side, inner: _Side, answer: bool = False, seen: frozenset[tuple[str, str]] = frozenset()
) -> list[Breaking]:
    """Why a value that fits ``inner`` may not fit ``outer``; of an answer, fields must also still be there."""
    here = (str(outer.get("$ref", "")), str(inner.get("$ref", "")))
    if all(here) and here in seen:
        return []
    seen = seen | {here}
    outer, inner = outer.resolved(), inner.resolved()
    if outer.schema in (True, {}):
        return []
    wide, narrow = _alternatives(outer), _alternatives(inner)
    if len(wide) == len(narrow) == 1:
        return list(_refusals(place, wide[0], narrow[0], answer=answer, seen=seen))
    found: list[Breaking] = []
    for one in narrow:
        tried: list[list[Breaking]] = [
            refusals(place, outer=other, inner=one, answer=answer, seen=seen) for other in wide
        ]
        found += min(tried, key=lambda broken: len(list(broken)))
    return found


def _alternatives(side: _Side) -> list[_Side]:
    for name in ("anyOf", "oneOf"):
        if name in side.schema and "properties" not in side.schema:
            return [_Side(side.document, part) for part in side.schema[name]]
    return [side]


def _refusals(
    place: str, outer: _Side, inner: _Side, *, answer: bool, seen: frozenset[tuple[str, str]]
) -> Iterator[Breaking]:
    yield from _of_values(place, outer, inner)
    yield from _of_bounds(place, outer, inner)
    yield from _of_fields(place, outer, inner, answer=answer, seen=seen)
    for name in ("items", "additionalProperties"):
        if isinstance(outer.get(name), dict) and isinstance(inner.get(name), dict):
            yield from refusals(f"{place}/{name}", outer=outer.at(name), inner=inner.at(name), answer=answer, seen=seen)


def _of_values(place: str, outer: _Side, inner: _Side) -> Iterator[Breaking]:
    if outer.get("type") is not None and not _types(inner) <= _types(outer):
        yield Breaking(place, f"type {inner.get('type')} does not fit {outer.get('type')}")
    if outer.get("enum") is not None:
        more = set(map(str, inner.get("enum") or ["anything"])) - set(map(str, outer.get("enum")))
        if more:
            yield Breaking(place, f"{', '.join(sorted(more))} is not among {', '.join(map(str, outer.get('enum')))}")
    for name in _OPAQUE:
        if outer.get(name) is not None and outer.get(name) != inner.get(name):
            yield Breaking(place, f"{name} {inner.get(name)!r} against {outer.get(name)!r}")


def _types(side: _Side) -> set[str]:
    kind = side.get("type", ["any"])
    found = {kind} if isinstance(kind, str) else set(kind)
    return found | ({"integer"} if "number" in found else set())


def _of_bounds(place: str, outer: _Side, inner: _Side) -> Iterator[Breaking]:
    for names, sign in ((_LOWEST, 1), (_HIGHEST, -1)):
        for name in names:
            limit, had = outer.get(name), inner.get(name)
            if limit is not None and (had is None or sign * had < sign * limit):
                yield Breaking(place, f"{name} {had} against {limit}")


def _of_fields(
    place: str, outer: _Side, inner: _Side, *, answer: bool, seen: frozenset[tuple[str, str]]
) -> Iterator[Breaking]:
    wide, narrow = outer.get("properties", {}), inner.get("properties", {})
    for name in sorted(set(outer.get("required", ())) - set(inner.get("required", ()))):
        yield Breaking(f"{place}/{name}", "is not always there any more" if answer else "is required now")
    for name in wide.keys() - narrow.keys() if answer else ():
        yield Breaking(f"{place}/{name}", "the field is gone")
    for name in narrow:
        steps = ("properties", name)
        if name in wide:
            yield from refusals(
                f"{place}/{name}", outer=outer.at(*steps), inner=inner.at(*steps), answer=answer, seen=seen
            )
        elif outer.get("additionalProperties") is False and not answer:
            yield Breaking(f"{place}/{name}", "the field is not taken any more")
