"""Where an invoice falls in the calendar: month and quarter ends, weekdays, public holidays of the client's country."""

from functools import cache, partial

import holidays
import numpy as np

from features.asof import DAY_US
from features.context import Context, pick_text
from features.feature import Feature
from features.matrix import FloatArray, IntArray

_calendar = partial(Feature, family="calendar", evidence=("invoice",))
_NO_DUE = "no due date"
NEAR_DAYS = 3

FEATURES: tuple[Feature, ...] = (
    _calendar("days_to_month_end", "number", "days", "Days from the invoice date to the end of its month.",
              "invoice unknown", "invoiced {value} days before the end of the month (usual: {usual})"),
    _calendar("days_to_quarter_end", "number", "days", "Days from the invoice date to the end of its quarter.",
              "invoice unknown", "invoiced {value} days before the end of the quarter (usual: {usual})"),
    _calendar("days_to_year_end", "number", "days", "Days from the invoice date to the end of its year: the season in "
              "which it was billed.", "invoice unknown", "invoiced {value} days before the end of the year (usual: "
              "{usual})"),
    _calendar("due_days_to_month_end", "number", "days", "Days from the due date to the end of its month.", _NO_DUE,
              "due {value} days before the end of the month (usual: {usual})"),
    _calendar("due_days_to_quarter_end", "number", "days", "Days from the due date to the end of its quarter.", _NO_DUE,
              "due {value} days before the end of the quarter (usual: {usual})"),
    _calendar("due_days_to_year_end", "number", "days", "Days from the due date to the end of its year.", _NO_DUE,
              "due {value} days before the end of the year (usual: {usual})"),
    _calendar("days_to_due", "number", "days", "Days left from the moment of the score to the due date.", _NO_DUE,
              "{value} days are left until payment is due (usual: {usual})"),
    _calendar("invoice_weekday", "number", "weekday", "Weekday of the invoice date, Monday = 0.", "invoice unknown",
              "invoiced on weekday {value} (Monday = 0)"),
    _calendar("due_weekday", "number", "weekday", "Weekday of the due date, Monday = 0.", _NO_DUE,
              "due on weekday {value} (Monday = 0)"),
    _calendar("due_month", "number", "month", "Month of the due date, 1 to 12.", _NO_DUE, "due in month {value}"),
    _calendar("holidays_before_due", "count", "days", "Public holidays on working days in the client's country from "
              "the invoice date to the due date.", "no due date, or country unknown",
              "{value} public holidays fall into the payment time (usual: {usual})", higher_is="worse",
              evidence=("client", "invoice")),
    _calendar("holidays_near_due", "count", "days", "Public holidays on working days in the client's country from "
              "three days before to three days after the due date.", "no due date, or country unknown",
              "{value} public holidays lie around the due date (usual: {usual})", higher_is="worse",
              evidence=("client", "invoice")),
    _calendar("due_on_holiday", "flag", "", "The due date is a weekend day or a public holiday of the client's "
              "country.", "no due date, or country unknown", "due on a day off ({value})", evidence=("client",)),
)  # fmt: skip

# Days for which public holidays are looked up; invoices outside have no holiday features.
_FIRST_YEAR, _LAST_YEAR = 2000, 2050


@cache
def holiday_days(country: str) -> IntArray:
    """Public holidays from Monday to Friday of a country (ISO 3166-1), days since 1970, ascending; empty if unknown."""
    if country not in holidays.list_supported_countries(include_aliases=False):
        return np.empty(0, dtype=np.int64)
    table = holidays.country_holidays(country, years=range(_FIRST_YEAR, _LAST_YEAR + 1))
    days = np.array(sorted(table.keys()), dtype="datetime64[D]").astype(np.int64)
    working: IntArray = days[_weekday(days) < 5]
    return working


def _weekday(day: IntArray) -> IntArray:
    """Monday = 0; 1970-01-01 was a Thursday."""
    return (day + 3) % 7


def compute(context: Context) -> dict[str, FloatArray]:
    """Values of ``FEATURES``."""
    invoiced, due = context.day("invoice_date"), context.due_day()
    return {
        "days_to_month_end": to_period_end(invoiced, months=1),
        "days_to_quarter_end": to_period_end(invoiced, months=3),
        "days_to_year_end": to_period_end(invoiced, months=12),
        "due_days_to_month_end": to_period_end(due, months=1),
        "due_days_to_quarter_end": to_period_end(due, months=3),
        "due_days_to_year_end": to_period_end(due, months=12),
        "days_to_due": due - np.floor(context.as_of / DAY_US),
        "invoice_weekday": (invoiced + 3) % 7,
        "due_weekday": (due + 3) % 7,
        "due_month": _month(due),
        **_holidays(context, invoiced, due),
    }


def _months_since_1970(day: FloatArray) -> IntArray:
    whole = np.where(np.isnan(day), 0, day).astype(np.int64)
    return whole.astype("datetime64[D]").astype("datetime64[M]").astype(np.int64)


def _month(day: FloatArray) -> FloatArray:
    return np.where(np.isnan(day), np.nan, _months_since_1970(day) % 12 + 1)


def to_period_end(day: FloatArray, *, months: int) -> FloatArray:
    """Days to the last day of the period of whole months in which a day lies."""
    following = (_months_since_1970(day) // months + 1) * months
    first_of_next = following.astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return first_of_next - 1 - day


def _holidays(context: Context, invoiced: FloatArray, due: FloatArray) -> dict[str, FloatArray]:
    countries = pick_text(context.history.column("client", "country"), context.entity("client"))
    number, near, off = (np.full(len(context), np.nan) for _ in range(3))
    places = np.array([country or "" for country in countries], dtype=object)
    for country in set(places.tolist()) - {""}:
        days = holiday_days(country)
        rows = np.flatnonzero((places == country) & ~np.isnan(due) & ~np.isnan(invoiced))
        if len(days) and len(rows):
            until = np.searchsorted(days, due[rows], side="right")
            number[rows] = until - np.searchsorted(days, invoiced[rows], side="right")
            near[rows] = np.searchsorted(days, due[rows] + NEAR_DAYS, side="right") - np.searchsorted(
                days, due[rows] - NEAR_DAYS, side="left"
            )
            is_holiday = until > np.searchsorted(days, due[rows], side="left")
            off[rows] = is_holiday | ((due[rows] + 3) % 7 >= 5)
    return {"holidays_before_due": number, "holidays_near_due": near, "due_on_holiday": off}
