"""One raw cell into one typed value: every parser says in words why it refuses."""

from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal, InvalidOperation
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo


class CellError(ValueError):
    """A cell that cannot be read; the message says what was found and what was expected."""


def parse_text(raw: Any) -> str:
    """Text as it stands, without the blanks around it. Numbers are refused: a number has lost its leading zeros."""
    if not isinstance(raw, str):
        raise CellError(f"expected text, found {type(raw).__name__} {raw!r}: ids read as numbers lose leading zeros")
    if not raw.isascii() and any(0xD800 <= ord(character) <= 0xDFFF for character in raw):
        raise CellError(f"not valid in the declared encoding: {raw!r}")
    return raw.strip()


def parse_number_as_text(raw: Any) -> str:
    """The declared exception to ``parse_text``: an id that its source really keeps as a whole number."""
    if isinstance(raw, bool) or not isinstance(raw, int | str):
        raise CellError(f"expected a whole number, found {raw!r}")
    return str(raw).strip()


def parse_decimal(raw: Any, *, decimal_mark: str = ".", group_mark: str = "") -> Decimal:
    """An exact number; marks are declared, never guessed."""
    if isinstance(raw, Decimal | int) and not isinstance(raw, bool):
        return Decimal(raw)
    if isinstance(raw, float):
        return Decimal(repr(raw))
    text = parse_text(raw)
    plain = text.replace(group_mark, "") if group_mark else text
    try:
        number = Decimal(plain.replace(decimal_mark, "."))
    except InvalidOperation as error:
        raise CellError(f"not a number: {text!r}") from error
    if not number.is_finite():
        raise CellError(f"not a finite number: {text!r}")
    return number


def parse_int(raw: Any) -> int:
    """A whole number."""
    number = parse_decimal(raw)
    if number != number.to_integral_value():
        raise CellError(f"not a whole number: {raw!r}")
    return int(number)


def parse_bool(raw: Any, *, true: tuple[str, ...], false: tuple[str, ...]) -> bool:
    """One of the declared words for yes and no."""
    if isinstance(raw, bool):
        return raw
    text = parse_text(raw)
    if text in true:
        return True
    if text in false:
        return False
    raise CellError(f"{text!r} is neither of the declared {list(true)} and {list(false)}")


@lru_cache(maxsize=65_536)
def _strptime(text: str, pattern: str) -> datetime:
    try:
        return datetime.strptime(text, pattern)  # noqa: DTZ007 - the caller attaches the declared zone
    except ValueError as error:
        raise CellError(f"{text!r} is not of the declared form {pattern!r}") from error


def parse_date(raw: Any, *, pattern: str) -> date:
    """A calendar day in the declared form (``strptime`` pattern)."""
    if isinstance(raw, datetime):
        return raw.date()
    if isinstance(raw, date):
        return raw
    return _strptime(parse_text(raw), pattern).date()


def parse_datetime(raw: Any, *, pattern: str, zone: ZoneInfo) -> datetime:
    """A moment in UTC; one without an offset is read in the declared zone."""
    moment = raw if isinstance(raw, datetime) else _strptime(parse_text(raw), pattern)
    return (moment if moment.tzinfo else moment.replace(tzinfo=zone)).astimezone(UTC)


def day_to_moment(day: date, *, at: str, zone: ZoneInfo) -> datetime:
    """A day as a moment: its first instant, or its last microsecond, in the declared zone."""
    if at == "start_of_day":
        return datetime.combine(day, time.min, zone).astimezone(UTC)
    return (datetime.combine(day + timedelta(days=1), time.min, zone) - timedelta(microseconds=1)).astimezone(UTC)
