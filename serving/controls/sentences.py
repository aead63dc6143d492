"""What a control says: templates taken apart once, and facts as people write them."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from serving.controls.vocabulary import Fact, FactType

EPOCH = date(1970, 1, 1)
_PLACEHOLDER = re.compile(r"\{([^{}]*)\}")


@dataclass(frozen=True)
class Template:
    """Pieces of text, and between them the facts to fill in: (path, fact)."""

    texts: tuple[str, ...]
    places: tuple[tuple[str, Fact], ...]

    def filled(self, value: Callable[[str], Any]) -> str:
        """The sentence, with ``value(path)`` for every place."""
        if not self.places:
            return self.texts[0]
        parts = [self.texts[0]]
        for (path, fact), text in zip(self.places, self.texts[1:], strict=True):
            parts += (in_words(value(path), fact), text)
        return "".join(parts)


def template(text: str, fact: Callable[[str], Fact | None], constants: Mapping[str, float]) -> Template:
    """Take a text with ``{placeholders}`` apart; raises ``KeyError`` with the path of an unknown one."""
    pieces = _PLACEHOLDER.split(text)
    texts, places = [pieces[0]], []
    for path, after in zip(pieces[1::2], pieces[2::2], strict=True):
        found = fact(path)
        if found is None:
            raise KeyError(path)
        if path in constants:
            texts[-1] += in_words(constants[path], found) + after
        else:
            places.append((path, found))
            texts.append(after)
    return Template(tuple(texts), tuple(places))


def in_words(value: Any, fact: Fact) -> str:
    """A fact as people write it: ``1,234.50``, ``12 Mar 2026``, ``not known``."""
    if value is None:
        return "not known"
    if fact.type is FactType.DAY:
        day = EPOCH + timedelta(days=value)
        return f"{day.day} {day:%b %Y}"
    if fact.type is FactType.NUMBER:
        return f"{value:,.2f}".removesuffix(".00")
    if fact.type is FactType.FLAG:
        return "yes" if value else "no"
    return str(value)
