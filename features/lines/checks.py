"""The checks: what is looked at on every line and timesheet entry, and what each is compared with."""

import numpy as np

from features.asof import NEVER, current, pick, take
from features.families.rates import agreed_rates
from features.lines.observed import Observed, against_history, earlier, joint, known_first
from features.matrix import BoolArray, FloatArray, IntArray
from features.recordset import History
from ledger.read import NO_MOMENT

LINE, ENTRY = "invoice_line", "time_entry"
_TIME_KINDS = ("time", "change_order")
_FLAT_KINDS = ("fixed_fee", "retainer", "recurring")
# Timesheets handed in this late are still billed with the next period.
LATE_DAYS = 45
_SATURDAY = 5
_THURSDAY = 3  # weekday of 1970-01-01


def all_checks(history: History) -> tuple[Observed, ...]:
    """Every check over every line and entry of a history, each row judged by what was known before it was."""
    makers = (
        agreed_rate,
        usual_rate,
        billed_hours,
        flat_amount,
        line_amount,
        arithmetic,
        repeated_line,
        role,
        entry_hours,
        weekend,
    )
    return history.memo("line checks", lambda: tuple(make(history) for make in makers))


def _blank(history: History, kind: str) -> tuple[FloatArray, IntArray]:
    size = history.size(kind)
    return np.full(size, np.nan), np.full(size, -1, dtype=np.int64)


def _observed(history: History, check: str, field: str, value: FloatArray, own: IntArray, parent: IntArray) -> Observed:
    kind = ENTRY if check in ("entry_hours", "weekend") else LINE
    unknown, nobody = _blank(history, kind)
    applies = np.isfinite(value)
    own, parent = np.where(applies, own, -1), np.where(applies, parent, -1)
    return Observed(check, kind, field, value, own, parent, unknown, unknown, unknown, nobody)


def invoice_rows(history: History) -> IntArray:
    """For each line version, the first version of its invoice known before the line's next moment; -1 for none."""
    codes = history.codes(LINE, "invoice_id")
    moment = known_first(history, LINE) + 1
    return history.memo(
        "invoices of lines", lambda: history.index("invoice", "invoice_id").before(codes, moment).latest_rows()
    )


def _client(history: History) -> IntArray:
    return pick(history.codes("invoice", "client_id"), invoice_rows(history))


def _column(history: History, name: str) -> FloatArray:
    values: FloatArray = history.column(LINE, name)
    return values


def _is_time(history: History) -> BoolArray:
    return history.present(LINE, "role") & history.equals(LINE, "line_kind", *_TIME_KINDS)


def _agreed(history: History) -> tuple[FloatArray, FloatArray]:
    """Least and largest agreed rate over each line's period, as known when it became known; NaN for none."""

    def make() -> tuple[FloatArray, FloatArray]:
        rows, moment = invoice_rows(history), known_first(history, LINE) + 1
        project = history.index("project", "project_id").before(history.codes(LINE, "project_id"), moment).latest_rows()
        own = pick(history.codes("invoice", "contract_id"), rows)
        codes = np.where(own >= 0, own, pick(history.codes("project", "contract_id"), project))
        contract = history.index("contract", "contract_id").before(codes, moment).latest_rows()
        keys = history.join(pick(history.codes("contract", "rate_card_id"), contract), history.codes(LINE, "role"))
        printed = pick(history.column("invoice", "invoice_date"), rows, missing=NO_MOMENT)
        found = []
        # A card may change within the period, and late timesheets are billed at the rate of their own time.
        for name, back in (("period_start", LATE_DAYS), ("period_start", 0), ("period_end", 0)):
            day = pick(history.column("invoice", name), rows, missing=NO_MOMENT)
            day = np.where(day == NO_MOMENT, printed, day) - back
            found.append(agreed_rates(history, keys, moment, np.asarray(day, dtype=np.float64)))
        return np.fmin.reduce(found), np.fmax.reduce(found)

    return history.memo("agreed rates of lines", make)


def agreed_rate(history: History) -> Observed:
    """Rate against the rate card."""
    low, high = _agreed(history)
    known = _is_time(history) & (low > 0)
    rate = np.where(known, _column(history, "unit_rate"), np.nan)
    client = _client(history)
    base = _observed(history, "agreed_rate", "unit_rate", rate, joint(client, history.codes(LINE, "role")), client)
    nearest = np.where(known, np.clip(rate, low, high), np.nan)
    return _with(base, low=low, high=high, score=np.abs(rate / nearest - 1))


def usual_rate(history: History) -> Observed:
    """Rate where no card tells: against what this client paid for the role before."""
    open_rate = _is_time(history) & np.isnan(_agreed(history)[0])
    rate = np.where(open_rate, _column(history, "unit_rate"), np.nan)
    client, currency = _client(history), history.codes(LINE, "currency")
    own = joint(client, history.codes(LINE, "role"), currency)
    return against_history(history, _observed(history, "usual_rate", "unit_rate", rate, own, joint(client, currency)))


def billed_hours(history: History) -> Observed:
    """Hours or days on a time line against this person's earlier lines on the project."""
    quantity = np.where(_is_time(history), _column(history, "quantity"), np.nan)
    client, unit = _client(history), history.codes(LINE, "unit")
    own = joint(history.codes(LINE, "project_id"), history.codes(LINE, "resource_id"), unit)
    return against_history(
        history, _observed(history, "billed_hours", "quantity", quantity, own, joint(client, unit)), above=True
    )


def flat_amount(history: History) -> Observed:
    """Amount of an instalment, retainer or subscription, which is nearly the same each time."""
    return _amount(history, "flat_amount", history.equals(LINE, "line_kind", *_FLAT_KINDS))


def line_amount(history: History) -> Observed:
    """Amount of any other line that bills no time against earlier lines of its kind on the project."""
    flat = history.equals(LINE, "line_kind", *_FLAT_KINDS)
    return _amount(history, "line_amount", ~flat & ~_is_time(history))


def _amount(history: History, check: str, chosen: BoolArray) -> Observed:
    amount = np.where(chosen, np.abs(_column(history, "amount")), np.nan)
    kind, currency = (history.codes(LINE, name) for name in ("line_kind", "currency"))
    own = joint(history.codes(LINE, "project_id"), kind, currency)
    parent = joint(_client(history), kind, currency)
    return against_history(history, _observed(history, check, "amount", amount, own, parent))


def arithmetic(history: History) -> Observed:
    """Amount against quantity times rate; a cent of rounding is as expected."""
    amount, product = _column(history, "amount"), _column(history, "quantity") * _column(history, "unit_rate")
    gap = np.maximum(np.abs(amount - product) - 0.01, 0.0) / np.maximum(np.abs(product), 1.0)
    client = _client(history)
    base = _observed(history, "arithmetic", "amount", amount, client, np.full(len(client), -1, dtype=np.int64))
    return _with(base, low=product, high=product, score=np.where(gap > 1e-9, gap, 0.0))


def repeated_line(history: History) -> Observed:
    """Whether an earlier invoice in force has a line for the same work, period, quantity and rate."""
    rows, client = invoice_rows(history), _client(history)
    period = pick(history.column("invoice", "period_start"), rows, missing=NO_MOMENT)
    names = ("project_id", "line_kind", "resource_id", "role", "milestone_id", "expense_id", "quantity", "unit_rate")
    columns = [history.column(LINE, name).tolist() for name in names]
    alike = [tuple("" if part is None else part for part in line) for line in zip(*columns, strict=True)]
    keys = joint(client, np.where(period == NO_MOMENT, -1, period), history.encode(alike))
    twin = _twins(history, keys)
    base = _observed(history, "repeated_line", "line_id", np.where(keys >= 0, 1.0 * (twin >= 0), np.nan), client, keys)
    zero = np.where(keys >= 0, 0.0, np.nan)
    nobody = np.full(len(twin), -1, dtype=np.int64)
    return _with(base, low=zero, high=zero, score=base.value, other=twin, parent=nobody)


def _twins(history: History, keys: IntArray) -> IntArray:
    """Row of the newest earlier line under the same key on another invoice that then stood; -1 for none."""
    _, window = earlier(history, LINE, keys)
    query, row = window.pairs()
    invoice, moment = history.codes(LINE, "invoice_id"), known_first(history, LINE)
    at = history.index("invoice", "invoice_id").before(invoice[row], moment[query]).latest_rows()
    fallen = history.equals("invoice", "status", "cancelled", "credited")
    stands = (invoice[row] != invoice[query]) & (at >= 0) & ~fallen[at]
    twin = np.full(len(keys), -1, dtype=np.int64)
    twin[query[stands]] = row[stands]
    return twin


def role(history: History) -> Observed:
    """Role that a person is billed in against the roles billed for them before at this client."""
    client, resource, named = _client(history), history.codes(LINE, "resource_id"), history.codes(LINE, "role")
    person = np.where(_is_time(history), joint(client, resource), -1)
    number = earlier(history, LINE, person)[1].count()
    same = earlier(history, LINE, joint(person, named))[1].count()
    known = (person >= 0) & (named >= 0) & (number > 0)
    share = np.where(known, same / np.maximum(number, 1), np.nan)
    base = _observed(history, "role", "role", share, person, client)
    score = np.where(share < 0.5, -np.log((same + 1) / (number + 2)), 0.0)
    return _with(
        base, low=np.where(known, 0.5, np.nan), high=np.where(known, 1.0, np.nan), score=np.where(known, score, np.nan)
    )


def entry_hours(history: History) -> Observed:
    """Hours of a timesheet entry against this person's earlier entries."""
    hours: FloatArray = np.where(history.column(ENTRY, "hours") > 0, history.column(ENTRY, "hours"), np.nan)
    own, parent = (history.codes(ENTRY, name) for name in ("resource_id", "project_id"))
    return against_history(history, _observed(history, "entry_hours", "hours", hours, own, parent), above=True)


def weekend(history: History) -> Observed:
    """Work on a Saturday or Sunday: as unusual as it is for this person and project."""
    day = history.column(ENTRY, "worked_on")
    off = np.where((day + _THURSDAY) % 7 >= _SATURDAY, 1.0, 0.0)
    own, parent = (history.codes(ENTRY, name) for name in ("resource_id", "project_id"))
    zero = np.zeros(len(off))
    return _with(_observed(history, "weekend", "worked_on", off, own, parent), low=zero, high=zero, score=off)


def _with(base: Observed, **changes: FloatArray | IntArray) -> Observed:
    return Observed(**{**vars(base), **changes})


def lines_of(history: History, invoice_ids: list[str], as_of: IntArray) -> tuple[IntArray, IntArray]:
    """(query number, row) of the lines in force on each invoice at its moment."""
    keys = history.encode(invoice_ids)
    query, row = history.index(LINE, "invoice_id").before(keys, as_of).pairs()
    force = current(row, as_of[query], history.ends(LINE))
    return query[force], row[force]


def entries_of(history: History, invoice_ids: list[str], as_of: IntArray) -> tuple[IntArray, IntArray]:
    """(query number, row) of the billable timesheet entries in force behind each invoice: its project and period."""
    invoice = history.index("invoice", "invoice_id").before(history.encode(invoice_ids), as_of).latest_rows()
    start, stop = (
        pick(history.column("invoice", name), invoice, missing=NEVER) for name in ("period_start", "period_end")
    )
    project = np.where(start == NO_MOMENT, -1, pick(history.codes("invoice", "project_id"), invoice))
    query, row = history.index(ENTRY, "project_id").before(project, as_of).pairs()
    day = history.column(ENTRY, "worked_on")[row]
    billed = (day >= start[query]) & (day <= stop[query]) & (take(history.column(ENTRY, "billable"), row) != 0)
    force = billed & current(row, as_of[query], history.ends(ENTRY))
    return query[force], row[force]
