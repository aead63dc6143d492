"""A finding on a line or timesheet entry in the words of finance."""

from datetime import date, timedelta

from features.lines.judge import Judged
from features.recordset import History

_FORMS = {
    "agreed_rate": "{record} bills {value} an {unit}; the rate card says {range}",
    "usual_rate": "{record} bills {value} an {unit}; this role was usually billed at {low} to {high} here",
    "billed_hours": "{record} bills {value} {unit}s; usual for this person on this project are {low} to {high}",
    "flat_amount": "{record} bills {value}; the same item usually amounts to {low} to {high}",
    "line_amount": "{record} bills {value}; such lines usually amount to {low} to {high} here",
    "arithmetic": "{record} amounts to {value}, but quantity times rate is {low}",
    "repeated_line": "{record} bills the same work, period, quantity and rate as line {other}",
    "role": "{record} bills {person} as {role}, as {share} of their earlier lines at this client did",
    "entry_hours": "{record} has {value} hours; usual for this person are {low} to {high}",
    "weekend": "{record} is for {day}, a weekend; this person rarely books time then",
}


def sentence(history: History, judged: Judged, place: int) -> str:
    """One sentence that a person can check: which record, its value, and what was expected."""
    row = int(judged.row[place])
    columns = history.columns(judged.kind)
    words = {
        "record": f"Line {judged.record_id[place]}",
        "value": _amount(judged.value[place]),
        "low": _amount(judged.low[place]),
        "high": _amount(judged.high[place]),
        "range": _range(judged.low[place], judged.high[place]),
        "other": judged.other_id[place] or "",
    }
    if judged.kind == "invoice_line":
        words |= {
            "unit": columns["unit"][row] or "unit",
            "person": columns["resource_id"][row] or "",
            "role": columns["role"][row] or "",
            "share": f"{100 * judged.value[place]:.0f} %",
        }
    else:
        day = date(1970, 1, 1) + timedelta(days=int(columns["worked_on"][row]))
        words |= {"record": f"Timesheet entry {judged.record_id[place]}", "day": f"{day:%A} {day.isoformat()}"}
    return _FORMS[judged.check].format(**words)


def _amount(value: float) -> str:
    text = f"{value:,.2f}"
    return text.removesuffix(".00")


def _range(low: float, high: float) -> str:
    return _amount(low) if low == high else f"{_amount(low)} to {_amount(high)}"
