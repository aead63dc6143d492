"""How values look on a page: money, days, ages, shares. Nothing here knows what a value means."""

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

NONE = "–"
MINUTE, HOUR, DAY = 60, 3600, 86400


def money(amount: Decimal | float | None, *, cents: bool = True) -> str:
    """``1,234.50`` or, without cents, ``1,235``; the currency stands beside it."""
    if amount is None:
        return NONE
    text = f"{amount:,.2f}" if cents else f"{amount:,.0f}"
    # What rounds to nothing has no sign.
    return text if text.strip("-0.") else text.removeprefix("-")


def number(value: Decimal | float | None) -> str:
    """``1,250``, ``97.75``, ``0.8``: as many places as there are, two at most."""
    if value is None:
        return NONE
    text = f"{value:,.2f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def day(value: date | datetime | None) -> str:
    """``12 Mar 2026``."""
    return NONE if value is None else f"{value.day} {value:%b %Y}"


def moment(value: datetime | None) -> str:
    """``12 Mar 2026, 14:05 UTC``."""
    if value is None:
        return NONE
    utc = value.astimezone(UTC)
    return f"{day(utc)}, {utc:%H:%M} UTC"


def clock(value: datetime | None) -> str:
    """``14:05 UTC``."""
    return NONE if value is None else f"{value.astimezone(UTC):%H:%M} UTC"


def span(length: timedelta) -> str:
    """The largest unit that says enough: ``9 d``, ``5 h``, ``12 min``."""
    seconds = abs(length.total_seconds())
    if seconds >= 2 * DAY:
        return f"{seconds / DAY:,.0f} d"
    if seconds >= HOUR:
        return f"{seconds / HOUR:.0f} h"
    return f"{max(1, seconds // MINUTE):.0f} min"


def age(since: datetime | date, now: datetime) -> str:
    """How long ago, as a span."""
    start = since if isinstance(since, datetime) else datetime.combine(since, datetime.min.time(), UTC)
    return span(now - start)


def percent(share: float | None) -> str:
    """``41 %``; a share that is not nothing is never shown as ``0 %``."""
    if share is None:
        return NONE
    if 0 < share < 0.01:
        return "under 1 %"
    if 0.99 < share < 1:
        return "over 99 %"
    return f"{100 * share:.0f} %"


def days_late(days: float) -> str:
    """``18 days late``, ``on time``, ``3 days early``."""
    whole = round(days)
    if whole == 0:
        return "on time"
    unit = "day" if abs(whole) == 1 else "days"
    return f"{abs(whole)} {unit} {'late' if whole > 0 else 'early'}"


def signed(value: Decimal | float) -> str:
    """``+12``, ``-3``, ``0``."""
    return f"{value:+,.0f}" if round(value) else "0"
