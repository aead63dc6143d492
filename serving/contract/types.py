"""Types of published fields: money as text, ids, currencies, with what JSON Schema says of them."""

import re
from decimal import Decimal
from enum import StrEnum
from typing import Annotated, Any

from pydantic import BaseModel, BeforeValidator, ConfigDict, Field, PlainSerializer, WithJsonSchema

from ledger.records.base import CURRENCY_FORMAT, Moment, Says, canonical_decimal

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
MoneyText = Annotated[
    Decimal,
    PlainSerializer(canonical_decimal, return_type=str),
    WithJsonSchema({"type": "string", "pattern": r"^-?[0-9]+(\.[0-9]+)?$", "examples": ["1800"]}),
]
CurrencyCode = Annotated[str, Says(format=CURRENCY_FORMAT)]
LARGEST = 2**53 - 1  # beyond it a JSON number is another number to readers that know only floats
Share = Annotated[float, Field(ge=0, le=1)]


def open_words(known: type[StrEnum]) -> WithJsonSchema:
    """JSON Schema of a word out of a list that will grow: readers are told the known ones and let others pass."""
    return WithJsonSchema({"type": "string", "minLength": 1, "description": f"{', '.join(known)}; more may come"})


_WRITTEN_OUT = re.compile(r"[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ].+")


def _written_out(value: Any) -> Any:
    if isinstance(value, str) and not _WRITTEN_OUT.match(value):
        raise ValueError("write the moment out, e.g. 2026-02-10T12:00:00Z")
    return value


# Text of a query is read leniently, and then a bare number would pass for seconds since 1970.
QueryMoment = Annotated[Moment, BeforeValidator(_written_out)]


class Published(BaseModel):
    """A response body. Readers must let unknown fields pass: a new one is a compatible change."""

    model_config = ConfigDict(extra="ignore", frozen=True)
