"""What stands behind a route: the models' reasons with their records, and the auto-clear certificate, in words."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import Any

from models.assessment import Reason
from models.promise import form_of, promise_in_words, risk_in_words
from models.segments import POOLED
from serving.sql import Row
from serving.web import formats
from serving.web.words import RISKS, plain

MOST_BEHIND = 8


@dataclass(frozen=True)
class ReasonRow:
    """One reason of the models: a sentence that can be checked, and where.

    Attributes:
        evidence: kinds of records to look at.
        records: the record versions behind it, each named as its source names it.
    """

    risk: str
    sentence: str
    evidence: str
    records: tuple[str, ...]


def reason_rows(reasons: Iterable[Reason], versions: Mapping[tuple[str, int], Row]) -> tuple[ReasonRow, ...]:
    """The models' reasons in words, with the records behind them as their source names them."""
    return tuple(
        ReasonRow(
            risk=RISKS.get(reason.risk, plain(reason.risk)),
            sentence=reason.sentence[:1].upper() + reason.sentence[1:],
            evidence=", ".join(plain(kind).lower() for kind in reason.evidence),
            records=tuple(
                _version(kind, versions[kind, record_id])
                for kind, record_id in reason.records[:MOST_BEHIND]
                if (kind, record_id) in versions
            ),
        )
        for reason in reasons
    )


def _version(kind: str, row: Row) -> str:
    known = formats.moment(row["known_at"])
    return f"{plain(kind)} {row['source_id']}, version {row['version']} ({row['source']}, known {known})"


def certificate(guarantee: Mapping[str, Any] | None) -> str:
    """The auto-clear certificate that stood behind the score, in a sentence."""
    if guarantee is None or guarantee["threshold"] is None:
        return "No auto-clear certificate was in force here: nothing like this was cleared without a person."
    until = formats.day(date.fromisoformat(guarantee["valid_until"][:10]))
    told = {**guarantee, "certified_apart": guarantee["segment"] != POOLED}
    return (
        f"Auto-clear certificate ({plain(guarantee['segment']).lower()}), valid until {until}, proved on "
        f"{guarantee['rows']:,} earlier invoices. {promise_in_words(told)} "
        f"Cleared up to {formats.percent(guarantee['threshold'])} {risk_in_words(form_of(told))}."
    )
