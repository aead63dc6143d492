"""What every canonical record shares: the bitemporal envelope, its column types and its content digest."""

import hashlib
import re
from datetime import UTC, datetime
from decimal import Decimal
from functools import cache
from typing import Annotated, Any, ClassVar

import orjson
import pycountry
from pydantic import AfterValidator, AwareDatetime, BaseModel, ConfigDict, Field, GetJsonSchemaHandler
from pydantic.json_schema import JsonSchemaValue

from ledger.records.currency import NO_MONEY, known_currencies

# Formats of ours in JSON Schema; the published document writes their codes out.
CURRENCY_FORMAT, COUNTRY_FORMAT = "iso-4217", "iso-3166-1"
ENVELOPE = ("source", "source_id", "version", "event_at", "known_at")


@cache
def known_countries() -> frozenset[str]:
    """The two-letter codes of ISO 3166-1."""
    return frozenset(country.alpha_2 for country in pycountry.countries)


def _check_currency(code: str) -> str:
    if code in NO_MONEY:
        raise ValueError(f"{code!r} is an ISO 4217 code that is not money")
    if code not in known_currencies():
        raise ValueError(f"unknown ISO 4217 currency {code!r}")
    return code


def _check_country(code: str) -> str:
    if code not in known_countries():
        raise ValueError(f"unknown ISO 3166-1 country {code!r}")
    return code


def _to_utc(moment: datetime) -> datetime:
    try:
        return moment.astimezone(UTC)
    except OverflowError as error:
        raise ValueError("lies outside the years 1 to 9999 in UTC") from error


# Control characters, line separators, and marks that turn the direction of text: two ids that look alike would differ.
_HIDDEN = "\\u0000-\\u001f\\u007f-\\u009f\\u061c\\u200e\\u200f\\u2028-\\u202e\\u2066-\\u2069"
ID_PATTERN = f"^[^{_HIDDEN}]+$"
_ID = re.compile(ID_PATTERN)


def check_id(text: str) -> str:
    """An id without invisible characters; raises ``ValueError``."""
    if text and not _ID.fullmatch(text):
        raise ValueError("control characters and marks of text direction are not allowed in an id")
    return text


def _no_nul(text: str) -> str:
    if "\x00" in text:
        raise ValueError("the NUL character cannot be stored")
    return text


class Says:
    """Tells JSON Schema what a validator enforces: keywords that join those of the annotated type."""

    def __init__(self, **keywords: Any) -> None:
        self.keywords = keywords

    def __get_pydantic_json_schema__(self, schema: Any, handler: GetJsonSchemaHandler) -> JsonSchemaValue:
        """The type's own keywords and these."""
        return {**handler(schema), **self.keywords}


Text = Annotated[str, AfterValidator(_no_nul), Says(pattern="^[^\\u0000]*$")]
Id = Annotated[str, Field(min_length=1, max_length=200), AfterValidator(check_id), Says(pattern=ID_PATTERN)]
Currency = Annotated[str, AfterValidator(_check_currency), Says(format=CURRENCY_FORMAT)]
Country = Annotated[str, AfterValidator(_check_country), Says(format=COUNTRY_FORMAT)]
Moment = Annotated[AwareDatetime, AfterValidator(_to_utc)]
Money = Annotated[Decimal, Field(max_digits=20, decimal_places=6, allow_inf_nan=False)]
Count = Annotated[int, Field(ge=-(2**31), lt=2**31)]
NonNegative = Annotated[Decimal, Field(ge=0, max_digits=20, decimal_places=6, allow_inf_nan=False)]


def column(meaning: str, *, unit: str | None = None, misleads: str | None = None, default: Any = ...) -> Any:
    """A record column: what it means, its unit, and how it misleads a reader who trusts it."""
    return Field(default, description=meaning, json_schema_extra={"unit": unit, "misleads": misleads})


class Record(BaseModel):
    """One version of one fact, immutable once written.

    ``event_at`` says when it happened, ``known_at`` when our systems could know it; a record counts for a score at
    ``as_of`` if and only if ``known_at < as_of``.

    Subclasses set ``kind`` (the table's name), ``identity`` (the column naming the thing of which this is a version)
    and ``keys`` (further columns by which histories are looked up; each is indexed).
    """

    model_config = ConfigDict(frozen=True, extra="forbid", allow_inf_nan=False)

    kind: ClassVar[str]
    identity: ClassVar[str]
    keys: ClassVar[tuple[str, ...]] = ()

    source: Id = column("system that sent the record, e.g. netsuite, or simulator")
    source_id: Id = column("the source's own id of the row")
    version: Id = column("the source's version of the row; a correction is a new version", default="1")
    event_at: Moment = column("when it happened", unit="UTC", misleads="back-dated entries carry an early event_at")
    known_at: Moment = column("when our systems could first know it", unit="UTC")

    @property
    def entity_id(self) -> str:
        """The id of the thing of which this is a version."""
        return str(getattr(self, self.identity))

    def payload(self) -> dict[str, Any]:
        """The columns below the envelope, as Python values."""
        return {name: getattr(self, name) for name in type(self).payload_columns()}

    @classmethod
    def payload_columns(cls) -> tuple[str, ...]:
        """Names of the columns below the envelope, in declaration order."""
        return tuple(name for name in cls.model_fields if name not in ENVELOPE)

    def digest(self) -> str:
        """SHA-256 (hex) of what the record says: payload and ``event_at``.

        ``known_at`` is left out, so that a second delivery of the same row later on is the same content: the first
        moment we knew it is the one that counts.
        """
        content = {**self.payload(), "event_at": self.event_at}
        return hashlib.sha256(orjson.dumps(content, default=_plain, option=orjson.OPT_SORT_KEYS)).hexdigest()


def _plain(value: Any) -> str:
    if isinstance(value, Decimal):
        return canonical_decimal(value)
    raise TypeError(f"{type(value).__name__} has no canonical form")


def canonical_decimal(value: Decimal) -> str:
    """One text per number: no exponent, no trailing zeros, no negative zero."""
    text = format(value, "f")
    trimmed = text.rstrip("0").rstrip(".") if "." in text else text
    return "0" if trimmed == "-0" else trimmed
