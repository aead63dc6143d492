"""JSON objects that give one name twice: parsers keep either value without a word, so they are refused."""

import json
from typing import Any

Pairs = list[tuple[str, Any]]
Place = tuple[str | int, ...]


class _TwiceError(ValueError):
    pass


class _Object:
    """An object as its (name, value) pairs, in order."""

    def __init__(self, pairs: Pairs) -> None:
        self.pairs = pairs


def name_given_twice(content: bytes) -> Place | None:
    """Where the first name is that its object gives twice; ``None`` without one, and for what is no JSON."""
    try:
        json.loads(content, object_pairs_hook=_once)
    except _TwiceError:
        return _find(json.loads(content, object_pairs_hook=_Object), ())
    except (ValueError, RecursionError):
        return None
    return None


def _once(pairs: Pairs) -> None:
    if len({name for name, _ in pairs}) != len(pairs):
        raise _TwiceError


def _find(node: Any, place: Place) -> Place | None:
    if isinstance(node, list):
        return next(filter(None, (_find(part, (*place, number)) for number, part in enumerate(node))), None)
    if not isinstance(node, _Object):
        return None
    seen = set[str]()
    for name, part in node.pairs:
        if name in seen:
            return (*place, name)
        seen.add(name)
        found = _find(part, (*place, name))
        if found is not None:
            return found
    return None
