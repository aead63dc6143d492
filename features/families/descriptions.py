"""What the invoice's description says about payment: how the client paid invoices described in the same words."""

import re
from dataclasses import dataclass
from functools import cache, partial

import numpy as np

from features.asof import EventIndex, Sums, take
from features.context import Context
from features.families.payment import LATE_PRIORS, SMOOTHING, settled_table
from features.feature import Feature
from features.matrix import FloatArray, IntArray
from features.recordset import History

MOST_WORDS = 8
_WORD = re.compile(r"[^\W\d_]{3,}")

_text = partial(Feature, family="description", evidence=("invoice",))
_NO_WORDS = "no words in the description"

FEATURES: tuple[Feature, ...] = (
    _text("description_words", "count", "words", "Different words (of three letters or more, the first eight) in the "
          "invoice's description.", "invoice unknown", "the description has {value} words (usual: {usual})"),
    _text("description_matches", "count", "invoices", "Earlier invoices of the client described in the same words.",
          _NO_WORDS, "{value} earlier invoices of the client are described in the same words (usual: {usual})"),
    _text("description_late_rate", "number", "share", "Share of late ones among the client's settled invoices that "
          "share a word, each counted once per shared word, shrunk towards the client's late rate with the weight of "
          "five.", _NO_WORDS, "of the client's invoices for similar things {value} were paid late (others: {usual})",
          higher_is="worse"),
)  # fmt: skip


@cache
def words_of(text: str) -> tuple[str, ...]:
    """The first different words of a text, in lower case and alphabetical order; numbers are left out."""
    return tuple(sorted(dict.fromkeys(_WORD.findall(text.lower()))))[:MOST_WORDS]


@dataclass(frozen=True)
class _Words:
    """Words of invoice versions, and how invoices described in them were paid.

    Attributes:
        number: words of each version, ``int64`` (versions,).
        start: where a version's words begin in ``codes``, ``int64`` (versions,).
        codes: code of (client, word), version after version.
        alike: first versions by (client, all words).
        phrases: code of (client, all words) of each version; -1 without words.
        index, late: settlements by (client, word), and whether they were late.
    """

    number: IntArray
    start: IntArray
    codes: IntArray
    alike: EventIndex
    phrases: IntArray
    index: EventIndex
    late: Sums


def _words(history: History) -> _Words:
    def make() -> _Words:
        columns = history.columns("invoice")
        said = [words_of(text) if text else () for text in columns["description"].tolist()]
        clients = history.codes("invoice", "client_id")
        number = np.array([len(words) for words in said], dtype=np.int64)
        each = history.encode(word for words in said for word in words)
        codes = history.join(np.repeat(clients, number), each)
        phrases = history.join(clients, history.encode(" ".join(words) or None for words in said))
        row = np.repeat(np.arange(len(number), dtype=np.int64), number)
        late = settled_table(history).days_late[row]
        index = EventIndex.build(
            np.where(np.isnan(late), -1, codes),
            columns["known_at"][row],
            event_at=columns["event_at"][row],
            record_id=columns["record_id"][row],
        )
        return _Words(
            number,
            np.cumsum(number) - number,
            codes,
            history.index_by("invoice", np.where(history.first_versions("invoice"), phrases, -1)),
            phrases,
            index,
            index.sums((late > 0).astype(np.float64), scale=1),
        )

    return history.memo("words", make)


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    words = _words(context.history)
    number = take(words.number.astype(np.float64), context.rows)
    phrases = take(words.phrases.astype(np.float64), context.rows)
    same = words.alike.before(np.nan_to_num(phrases, nan=-1.0).astype(np.int64), context.before)
    return {
        "description_words": number,
        "description_matches": context.known(same.count(), number > 0),
        "description_late_rate": context.known(_late_rate(context, words), number > 0),
    }


def _late_rate(context: Context, words: _Words) -> FloatArray:
    counts = np.where(context.rows >= 0, words.number[context.rows], 0) if len(words.number) else context.rows * 0
    query = np.repeat(np.arange(len(context), dtype=np.int64), counts)
    first = np.repeat(np.cumsum(counts) - counts, counts)
    place = words.start[context.rows[query]] + np.arange(len(query)) - first
    window = words.index.before(words.codes[place], context.as_of[query])
    late, settled = (
        np.bincount(query, weights=weights, minlength=len(context))
        for weights in (window.sum(words.late), window.count())
    )
    table = settled_table(context.history)
    whole = table.index.before(context.key("client_id"), context.as_of)
    usual = (whole.sum(table.above[0]) + SMOOTHING * LATE_PRIORS[0]) / (whole.values(table.above[0]) + SMOOTHING)
    rate: FloatArray = (late + SMOOTHING * usual) / (settled + SMOOTHING)
    return rate
