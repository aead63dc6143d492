"""The tables of docs/controls.md: the exception taxonomy, and the words of expressions.

Run ``python -m serving.controls.dictionary`` to print them.
"""

import sys
from collections.abc import Iterator

from features.reach import REACH
from serving.controls.control import Control, Family
from serving.controls.load import load_controls
from serving.controls.vocabulary import LIST_MEANINGS, LISTS, ROOTS, Words, record_words

_RECORDS = {"lines": "invoice_line", "unapproved_time": "time_entry", "late_time": "time_entry"}


def taxonomy() -> str:
    """One row per control, family by family."""
    head = "| family | control | what it catches | owner | severity | least an overlay may make of it | dispute cause |"
    rows = [head, "|---|---|---|---|---|---|---|"]
    controls = load_controls().base
    for family in Family:
        rows += [_row(control) for control in controls if control.family is family]
    return "\n".join(rows) + "\n"


def _row(control: Control) -> str:
    owner = control.owner.replace("_", " ")
    cells = (control.family, f"`{control.id}`", control.catches, owner, control.severity, control.least, control.cause)
    return f"| {' | '.join(cells)} |"


def vocabulary() -> str:
    """One row per word that is not simply a column of a record."""
    rows = ["| word | type | may be null | meaning |", "|---|---|---|---|"]
    for root, words in ROOTS.items():
        rows += list(_words(root, words, root))
    for name, words in LISTS.items():
        rows.append(f"| `{name}` | list | | {LIST_MEANINGS[name]} |")
        rows += list(_words(f"{name}[]", words, _RECORDS.get(name)))
    return "\n".join(rows) + "\n"


def _words(place: str, words: Words, kind: str | None) -> Iterator[str]:
    columns = record_words(kind) if kind in REACH else {}
    for word, fact in words.items():
        if word not in columns:
            unit = f" ({fact.unit})" if fact.unit else ""
            yield f"| `{place}.{word}` | {fact.type} | {'yes' if fact.nullable else ''} | {fact.meaning}{unit} |"


if __name__ == "__main__":
    sys.stdout.write(f"{taxonomy()}\n{vocabulary()}")
