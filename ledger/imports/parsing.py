"""One raw cell into one typed value: every parser says in words why it refuses."""

import re
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal
from functools import cache, lru_cache
from typing import Any
from zoneinfo import ZoneInfo

# A number beyond this many digits before or after the mark is a slip, and computing with it could take for ever.
_MOST_DIGITS = 30


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
    if isinstance(raw, str):
        return parse_text(raw)
    if isinstance(raw, bool) or not isinstance(raw, int):
        raise CellError(f"expected a whole number, found {raw!r}")
    return str(raw)


def parse_decimal(raw: Any, *, decimal_mark: str = ".", group_mark: str = "") -> Decimal:
    """An exact number; marks are declared, never guessed: ``1.234`` is refused where the decimal mark is a comma."""
    if isinstance(raw, Decimal | int) and not isinstance(raw, bool):
        number = Decimal(raw)
    elif isinstance(raw, float):
        number = Decimal(repr(raw))
    else:
        number = _decimal_of(parse_text(raw), decimal_mark, group_mark)
    if not number.is_finite():
        raise CellError(f"not a finite number: {raw!r}")
    if abs(number.adjusted()) > _MOST_DIGITS:
        raise CellError(f"not a plausible number: {str(raw)[:40]!r}")
    return number


def _decimal_of(text: str, decimal_mark: str, group_mark: str) -> Decimal:
    match = _number_pattern(decimal_mark, group_mark).fullmatch(text)
    if match is None:
        raise CellError(f"not a number: {text[:80]!r}")
    plain = text.replace(group_mark, "") if group_mark else text
    return Decimal(plain.replace(decimal_mark, "."))


@cache
def _number_pattern(decimal_mark: str, group_mark: str) -> re.Pattern[str]:
    # Groups of two are Indian (12,34,567); the last one has three digits everywhere, so that 1,23 is no number.
    grouped = rf"[0-9]{{1,3}}(?:{re.escape(group_mark)}[0-9]{{2,3}})*{re.escape(group_mark)}[0-9]{{3}}|"
    whole = rf"(?:{grouped if group_mark else ''}[0-9]+)"
    fraction = rf"{re.escape(decimal_mark)}[0-9]*"
    return re.compile(rf"[+-]?(?:{whole}(?:{fraction})?|{re.escape(decimal_mark)}[0-9]+)(?:[eE][+-]?[0-9]{{1,6}})?")


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
    """A moment in UTC; one without an offset is read in the declared zone.

    An hour that the zone's clocks run through twice, or skip, is read as the later moment it can mean: a record may
    be known too late, never too early.
    """
    moment = raw if isinstance(raw, datetime) else _strptime(parse_text(raw), pattern)
    try:
        if moment.tzinfo:
            return moment.astimezone(UTC)
        return max(moment.replace(tzinfo=zone, fold=fold).astimezone(UTC) for fold in (0, 1))
    except OverflowError as error:
        raise CellError(f"{raw!r} lies outside the years 1 to 9999 in UTC") from error


def day_to_moment(day: date, *, at: str, zone: ZoneInfo) -> datetime:
    """A day as a moment: its first instant, or its last microsecond, in the declared zone.

    Raises ``CellError`` for a day that has no such moment between the years 1 and 9999.
    """
    try:
        if at == "start_of_day":
            return datetime.combine(day, time.min, zone).astimezone(UTC)
        return (datetime.combine(day + timedelta(days=1), time.min, zone)).astimezone(UTC) - timedelta(microseconds=1)
    except OverflowError as error:
        raise CellError(f"{day.isoformat()} has no {at} between the years 1 and 9999") from error
