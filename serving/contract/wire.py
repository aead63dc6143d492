"""Columns of canonical records as JSON carries them, by the letter, and what a record's columns must keep together."""

from datetime import date, datetime
from decimal import Decimal
from typing import Annotated, Any

from pydantic import BaseModel, Field, model_validator
from pydantic.fields import FieldInfo

from ledger.records import Record
from ledger.records.currency import decimals_of, has_too_many_decimals
from ledger.tables import python_type
from serving.contract.strict import refused_at
from serving.contract.types import DayText, DecimalText, MomentText

# The database keeps 32 bits; a record from a file is checked when it is written, a document never is.
Int32 = Annotated[int, Field(ge=-(2**31), le=2**31 - 1)]
_AS_TEXT: dict[type, Any] = {Decimal: DecimalText, datetime: MomentText, date: DayText}


def wire_annotation(field: FieldInfo) -> Any:
    """A column's type as it is sent: whole numbers in 32 bits, money as text, times and days written out."""
    plain = python_type(field.annotation)
    if plain is int:
        return Int32 if field.is_required() else Int32 | None
    annotation: Any = field.annotation
    return Annotated[annotation, _AS_TEXT[plain]] if plain in _AS_TEXT else annotation


def wire_validators(record: type[Record]) -> dict[str, Any]:
    """Validators of a sent record: no amount has more decimals than its currency; the amount is refused."""
    names = [name for name, field in record.model_fields.items() if _is_money(field)]

    def check(sent: BaseModel) -> BaseModel:
        currency: str | None = getattr(sent, "currency", None)
        if currency is None:
            return sent
        amounts = {name: getattr(sent, name) for name in names if getattr(sent, name) is not None}
        wrong = [name for name, amount in amounts.items() if has_too_many_decimals(amount, currency)]
        if wrong:
            words = f"has more decimals than {currency}, which has {decimals_of(currency)}"
            raise refused_at(record.__name__, *(((name,), words) for name in wrong))
        return sent

    return {"amounts_fit_their_currency": model_validator(mode="after")(check)} if names else {}


def _is_money(field: FieldInfo) -> bool:
    return isinstance(field.json_schema_extra, dict) and field.json_schema_extra.get("unit") == "currency"
