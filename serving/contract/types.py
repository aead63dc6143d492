"""Types of published fields: money as text, ids, currencies, with what JSON Schema says of them."""

import re
from datetime import date, datetime
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    FieldSerializationInfo,
    PlainSerializer,
    WithJsonSchema,
    field_serializer,
)

from ledger.records.base import CURRENCY_FORMAT, Moment, Says, canonical_decimal
from ledger.records.currency import decimals_of

_DECIMAL = re.compile(r"-?[0-9]{1,14}(\.[0-9]{1,6})?")
MONEY_PATTERN = f"^{_DECIMAL.pattern}$"


def decimal_text(value: Any) -> Any:
    """Money travels as text, because a JSON number is a float to most readers; raises ``ValueError`` for a number."""
    if value is None or isinstance(value, Decimal):
        return value
    if not isinstance(value, str):
        raise ValueError("send money and quantities as a decimal string, e.g. '1800.00'")  # noqa: TRY004 - pydantic's
    if not _DECIMAL.fullmatch(value):
        raise ValueError("is no decimal string with at most 14 digits before and 6 after the point")
    return Decimal(value)


DecimalText = BeforeValidator(decimal_text)
_MONEY_SCHEMA = WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["1800.00"]})
_MoneyText = Annotated[str, _MONEY_SCHEMA]
MoneyText = Annotated[Decimal, PlainSerializer(canonical_decimal, return_type=str), _MONEY_SCHEMA]


def money_text(amount: Decimal, currency: str | None) -> str:
    """An amount with its currency's decimals, as it is sent: "1800.00" for EUR, "1800" for JPY.

    Finer amounts, which only calculations and imports have, keep their decimals.
    """
    text = canonical_decimal(amount)
    whole, _, cents = text.partition(".")
    cents = cents.ljust(0 if currency is None else decimals_of(currency), "0")
    return f"{whole}.{cents}" if cents else whole


CurrencyCode = Annotated[str, Says(format=CURRENCY_FORMAT)]
LARGEST = 2**53 - 1  # beyond it a JSON number is another number to readers that know only floats
Share = Annotated[float, Field(ge=0, le=1)]


def open_words(known: type[StrEnum]) -> WithJsonSchema:
    """JSON Schema of a word out of a list that will grow: readers are told the known ones and let others pass."""
    return WithJsonSchema({"type": "string", "minLength": 1, "description": f"{', '.join(known)}; more may come"})


_DAY = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}")
_MOMENT = re.compile(_DAY.pattern + r"[Tt][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]+)?)?([Zz]|[+-][0-9]{2}:[0-9]{2})?")


def _written_out(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _MOMENT.fullmatch(value):
        raise ValueError("write the moment as RFC 3339, e.g. 2026-02-10T12:00:00Z")
    return datetime.fromisoformat(value.upper())


def _written_day(value: Any) -> Any:
    if not isinstance(value, str):
        return value
    if not _DAY.fullmatch(value):
        raise ValueError("write the day as RFC 3339, e.g. 2026-02-10")
    return date.fromisoformat(value)


# Pydantic takes a bare number in text for seconds since 1970, and a space for the T.
MomentText, DayText = BeforeValidator(_written_out), BeforeValidator(_written_day)
SentMoment = Annotated[Moment, MomentText]


class Published(BaseModel):
    """A response body. Readers must let unknown fields pass: a new one is a compatible change."""

    model_config = ConfigDict(extra="ignore", frozen=True)


class Priced(Published):
    """A response body with amounts, which are written with the decimals of their currency."""

    @field_serializer("amount", "group_amount", "cash", check_fields=False)
    def _with_its_decimals(self, amount: Decimal | None, info: FieldSerializationInfo) -> _MoneyText | None:
        currency = getattr(self, "group_currency" if info.field_name == "group_amount" else "currency")
        return None if amount is None else money_text(amount, currency)
