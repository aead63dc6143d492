"""Two sets of controls side by side: which control is new, gone or changed, and in which fields."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final

import orjson

# A control's version grows with every change, so that it says nothing of its own.
_SILENT: Final = frozenset({"version", "id"})


@dataclass(frozen=True)
class ControlChange:
    """One field of one control or overlay; ``field`` is empty when the whole came or went."""

    subject: str
    field: str
    old: str
    new: str


def changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> list[ControlChange]:
    """Everything that differs between two documents, in the order of the older one."""
    controls = list(_between(_by(old["controls"], "id"), _by(new["controls"], "id"), ""))
    overlays = _between(_by(old.get("overlays", ()), "name"), _by(new.get("overlays", ()), "name"), "overlay ")
    return [*controls, *overlays]


def _by(parts: Any, key: str) -> dict[str, Mapping[str, Any]]:
    return {part[key]: part for part in parts}


def _between(
    old: Mapping[str, Mapping[str, Any]], new: Mapping[str, Mapping[str, Any]], kind: str
) -> Iterator[ControlChange]:
    for name in dict.fromkeys([*old, *new]):
        subject = kind + name
        if name not in new:
            yield ControlChange(subject, "", "in the set", "removed")
        elif name not in old:
            yield ControlChange(subject, "", "not in the set", "added")
        else:
            yield from _fields(subject, old[name], new[name])


def _fields(subject: str, old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[ControlChange]:
    for name in dict.fromkeys([*old, *new]):
        before, after = old.get(name), new.get(name)
        if before != after and name not in _SILENT:
            yield ControlChange(subject, name, _text(before), _text(after))


def _text(value: Any) -> str:
    if value is None or value in ({}, []):
        return "not set"
    return value if isinstance(value, str) else orjson.dumps(value).decode()
