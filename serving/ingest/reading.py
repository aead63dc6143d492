"""One sent record into a canonical one: the kind's own columns, strictly typed, and an honest ``known_at``."""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import cache
from typing import Any

from pydantic import BaseModel, ConfigDict, Field, ValidationError, create_model

from ledger.records import ENVELOPE, KINDS, Record
from serving.contract.types import SentMoment
from serving.contract.wire import wire_annotation, wire_validators
from serving.problems import pointer_of, printable

# Clocks of senders may be a little ahead of ours.
FUTURE_SLACK = timedelta(seconds=1)


@dataclass(frozen=True)
class Refusal:
    """Why a sent record is none.

    Attributes:
        pointer: JSON pointer to the field at fault, below the record; empty for the record as a whole.
    """

    kind: str | None
    pointer: str
    reason: str


@dataclass(frozen=True)
class Doubled:
    """A sent object that gives one name twice, so that nobody can say which value is meant.

    Attributes:
        text: the object as it came.
        place: way to the name.
    """

    text: str
    place: tuple[str | int, ...]


@dataclass(frozen=True)
class Reader:
    """Reads sent records at one moment for one sender.

    Attributes:
        now: when they arrive; the ``known_at`` of a record that names none.
        may_backdate: the sender may say that a record was known earlier.
    """

    now: datetime
    may_backdate: bool = False

    def read(self, sent: Any) -> Record | Refusal:
        """The record, or why there is none."""
        if isinstance(sent, Doubled):
            return Refusal(None, pointer_of(("body", *sent.place)), "is given twice")
        if not isinstance(sent, Mapping):
            return Refusal(None, "", "a record is a JSON object")
        kind = sent.get("kind")
        if not isinstance(kind, str) or kind not in KINDS:
            return Refusal(None, "/kind", f"is none of {', '.join(KINDS)}")
        columns = {name: value for name, value in sent.items() if name != "kind"}
        try:
            values = wire_schema(kind).model_validate_json(json.dumps(columns), strict=True)
        except ValidationError as error:
            first = error.errors()[0]
            return Refusal(kind, pointer_of(("", *first["loc"])).removeprefix("/"), printable(first["msg"]))
        return self._dated(kind, {name: getattr(values, name) for name in type(values).model_fields})

    def _dated(self, kind: str, values: dict[str, Any]) -> Record | Refusal:
        known_at = values["known_at"]
        if known_at is None:
            return KINDS[kind](**{**values, "known_at": self.now})
        if known_at > self.now + FUTURE_SLACK:
            return Refusal(kind, "/known_at", "lies in the future; leave it out, or say when it was known")
        if known_at < self.now and not self.may_backdate:
            return Refusal(kind, "/known_at", "lies before the arrival, which needs the scope records:backdate")
        return KINDS[kind](**values)


@cache
def wire_schema(kind: str) -> type[BaseModel]:
    """A kind as it is sent: envelope and columns, money as text, whole numbers in 32 bits, ``known_at`` optional."""
    record = KINDS[kind]
    fields: dict[str, Any] = {name: _field(record, name) for name in (*ENVELOPE, *record.payload_columns())}
    fields["known_at"] = (SentMoment | None, Field(default=None, description="when our systems could first know it"))
    config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)
    checks = wire_validators(record)
    return create_model(
        f"{record.__name__}Record", __config__=config, __doc__=record.__doc__, __validators__=checks, **fields
    )


def _field(record: type[Record], name: str) -> tuple[Any, Any]:
    field = record.model_fields[name]
    return wire_annotation(field), field
