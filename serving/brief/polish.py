"""Other words for the same facts: a chat endpoint may reword a paragraph, and is believed only as far as it is checked.

Every number, date, name and code of the paragraph must still be there, once for once, and nothing of that kind may be
new; no further sentence, no link, no denial or direction that the template did not state. Else the template's own words
stand. What is checked is that facts were neither lost, added nor turned round; style is the endpoint's own affair.
"""

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import Any, Final

import httpx
import structlog
from pydantic import SecretStr
from structlog.stdlib import BoundLogger

from serving.brief.writing import Brief, Paragraph, Section

log: BoundLogger = structlog.get_logger(__name__)
SECONDS: Final = 10.0
_INSTRUCTION: Final = (
    "Reword the user's paragraph for finance leaders: plain, short, one paragraph. Keep every number, date, name, "
    "currency and unit exactly as written. Add no fact, no opinion, no sentence and no link. Answer with the paragraph."
)
_NUMBER: Final = re.compile(r"\d[\d,.]*\d|\d")
_CAPITAL: Final = re.compile(r"\b[A-Z][\w&-]*")
_SENTENCE: Final = re.compile(r"[.!?](?=\s|$)")
_LINK: Final = re.compile(r"https?:|www\.|\]\(|[<>@]", re.IGNORECASE)
_WORD: Final = re.compile(r"[a-z]+")
_NUMERALS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve dozen dozens hundred hundreds thousand "
    "thousands million millions billion half third quarter double doubled twice triple tripled percent most few "
    "several many all none nearly almost over under about"
)
_DIRECTIONS: Final = (
    "up down rose fell rise fall risen fallen increase increased decrease decreased higher lower more fewer less "
    "better worse grew shrank improved worsened because due caused thanks"
)
_DENIALS: Final = "no not never none without nothing nobody neither nor cannot"
_UNITS: Final = "d h min days hours minutes"


@dataclass(frozen=True)
class Endpoint:
    """An OpenAI-compatible chat endpoint: ``url`` ends before ``/chat/completions``."""

    url: str
    model: str
    key: SecretStr | None = None


def polish(brief: Brief, endpoint: Endpoint | None) -> Brief:
    """The brief with every paragraph reworded that passes the check; the rest as the template wrote it."""
    if endpoint is None:
        return brief
    headers = {} if endpoint.key is None else {"Authorization": f"Bearer {endpoint.key.get_secret_value()}"}
    with httpx.Client(timeout=SECONDS, headers=headers, follow_redirects=False) as client:
        editor = _Editor(endpoint, client)
        return replace(brief, sections=tuple(editor.section(section) for section in brief.sections))


class _Editor:
    """Rewords paragraph by paragraph; an endpoint that once did not answer is not asked again for this brief."""

    def __init__(self, endpoint: Endpoint, client: httpx.Client) -> None:
        self._endpoint = endpoint
        self._client = client
        self._answers = True

    def section(self, section: Section) -> Section:
        return replace(section, paragraphs=tuple(self._paragraph(one) for one in section.paragraphs))

    def _paragraph(self, paragraph: Paragraph) -> Paragraph:
        text = self._ask(paragraph.text) if self._answers else None
        if text is None:
            return paragraph
        fault = fault_of(paragraph, text)
        if fault is not None:
            log.info("a reworded paragraph was refused", because=fault)
            return paragraph
        return paragraph.reworded(text)

    def _ask(self, text: str) -> str | None:
        said = [{"role": "system", "content": _INSTRUCTION}, {"role": "user", "content": text}]
        body = {"model": self._endpoint.model, "temperature": 0, "messages": said}
        try:
            answer = self._client.post(f"{self._endpoint.url.rstrip('/')}/chat/completions", json=body)
            answer.raise_for_status()
            found: Any = answer.json()["choices"][0]["message"]["content"]
        except httpx.HTTPError as error:
            self._answers = False
            log.warning("paragraphs are not reworded: the endpoint failed", error=type(error).__name__)
            return None
        except (ValueError, KeyError, IndexError, TypeError) as error:
            log.warning("a paragraph could not be reworded", error=type(error).__name__)
            return None
        return " ".join(found.split()) if isinstance(found, str) else None


def fault_of(paragraph: Paragraph, text: str) -> str | None:
    """Why a rewording cannot be believed; ``None`` when it tells the paragraph's facts and no others."""
    written = paragraph.text
    if not text or len(text) > 2 * len(written) + 40:
        return "empty or too long"
    if _LINK.search(text):
        return "a link"
    if len(_SENTENCE.findall(text)) > len(_SENTENCE.findall(written)):
        return "more sentences"
    if Counter(_NUMBER.findall(text)) != Counter(_NUMBER.findall(written)):
        return "other numbers"
    if any(text.count(name) != written.count(name) for name in paragraph.names):
        return "other names"
    if _codes(text) != _codes(written) or _strange(text, written):
        return "other names or codes"
    return _other_words(text, written)


def _codes(text: str) -> Counter[str]:
    """Currencies, months and ids: words in capitals or with an inner capital, and signs of share."""
    words = [word for word in _CAPITAL.findall(text) if len(word) > 1 and (word.isupper() or "-" in word)]
    return Counter([*words, *re.findall("%", text)])


def _strange(text: str, written: str) -> set[str]:
    """Capitalised words inside sentences that the paragraph does not have."""
    return set(re.findall(r"(?<![.!?])\s([A-Z][\w&-]*)", text)) - set(_CAPITAL.findall(written))


def _other_words(text: str, written: str) -> str | None:
    said, had = Counter(_WORD.findall(text.lower())), Counter(_WORD.findall(written.lower()))
    if any(said[word] and not had[word] for word in _NUMERALS.split()):
        return "a number in words"
    if any(said[word] and not had[word] for word in _DIRECTIONS.split()):
        return "a direction or cause"
    if sum(said[word] for word in _DENIALS.split()) != sum(had[word] for word in _DENIALS.split()):
        return "a denial added or lost"
    return "other units" if any(bool(said[word]) != bool(had[word]) for word in _UNITS.split()) else None
