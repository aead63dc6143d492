"""Worked examples of the figures of billing."""

from ledger.records import TimeEntry
from tests.serving.boards.kit import Firm, Worked, worked


def _sent(firm: Firm, number: int, due: str = "2025-09-30", **columns: object) -> None:
    firm.invoice(f"INV-{number}", 100, issued_on="2025-09-01", due_date=due, **columns)


@worked("first-pass-accuracy")
def first_pass_accuracy(firm: Firm) -> Worked:
    """Mature (due on 30 September, 90 days over on 30 December): 1 to 5.

    1 and 2 stood; 3 was disputed, 4 credited, 5 billed again: 2 of 5 = 40 %. 6 is due in January: unknown although it
    was disputed already.
    """
    for number in range(1, 6):
        _sent(firm, number)
    _sent(firm, 6, due="2026-01-15")
    firm.dispute("D3", "INV-3", "2025-10-01")
    firm.dispute("D6", "INV-6", "2025-10-01")
    firm.credit("N4", "INV-4", "2025-10-01", 10)
    firm.rebill("INV-5", "INV-9", "2025-10-01")
    return Worked(0.4, 2, 5, 6)


@worked("cycle-time")
def cycle_time(firm: Firm) -> Worked:
    """Sent after 2, 4 and 9 days; a draft waits since 1 February, 9 days.

    Three quarters take more than 2 days, half more than 4: the median is 4. The cancelled one does not count.
    """
    for number, day in ((1, "2026-01-03"), (2, "2026-01-05"), (3, "2026-01-10")):
        firm.invoice(f"INV-{number}", 100, billable_on="2026-01-01", issued_on=day)
    firm.invoice("INV-4", 100, billable_on="2026-02-01")
    firm.invoice("INV-5", 100, billable_on="2026-01-01", status="cancelled")
    return Worked(4, 3, 3, 4)


@worked("days-to-invoice")
def days_to_invoice(firm: Firm) -> Worked:
    """Sent 3, 5 and 8 days after their period ended: the median is 5. Billed in advance counts 0 and comes first: of
    0, 3, 5 and 8 half are done after 3. The period of INV-5 has not ended.
    """
    sent = (("2026-01-01", "2026-01-04"), ("2026-01-01", "2026-01-06"), ("2026-01-01", "2026-01-09"),
            ("2026-01-31", "2026-01-02"), ("2026-02-28", "2026-02-02"))  # fmt: skip
    for number, (end, day) in enumerate(sent, 1):
        firm.invoice(f"INV-{number}", 100, period_start="2026-01-01", period_end=end, issued_on=day)
    return Worked(3, 4, 4, 4)


@worked("approval-latency")
def approval_latency(firm: Firm) -> Worked:
    """Answered after 1, 2 and 4 days; two pending since before.

    Of five, 80 % last longer than 1 day, 60 % than 2, 40 % than 4: the median is 4. Without the pending ones it would
    be 2, which is what counting answers alone gets wrong.
    """
    firm.approval("A1", "PM1", "2026-01-01", "2026-01-02")
    firm.approval("A2", "PM1", "2026-01-01", "2026-01-03")
    firm.approval("A3", "PM1", "2026-01-01", "2026-01-05")
    firm.approval("A4", "PM2", "2026-01-10")
    firm.approval("A5", "PM2", "2026-01-12")
    return Worked(4, 3, 3, 5)


@worked("approvals-pending")
def approvals_pending(firm: Firm) -> Worked:
    """Two requests without an answer at the moment; the third was answered: 2."""
    firm.approval("A1", "PM1", "2026-01-01", "2026-01-02")
    firm.approval("A2", "PM1", "2026-01-01")
    firm.approval("A3", "PM2", "2026-01-03")
    return Worked(2, 2, 2, 2)


def _hours(firm: Firm, entry: str, day: str, hours: int, **columns: object) -> None:
    base = {"project_id": "P1", "resource_id": "W1", "worked_on": day, "hours": str(hours), "status": "approved",
            "bill_rate": "100", "currency": "EUR"}  # fmt: skip
    firm.add(TimeEntry, day, time_entry_id=entry, **{**base, **columns})


@worked("unbilled-time")
def unbilled_time(firm: Firm) -> Worked:
    """10 hours of 21 January at 100 are not billed: 1,000.

    Those of 12 January are in the period that INV-1 billed, T3 is only submitted, T4 is not billable, and INV-2 covers
    the 21st but is a draft.
    """
    _hours(firm, "T1", "2026-01-12", 8)
    _hours(firm, "T2", "2026-01-21", 10)
    _hours(firm, "T3", "2026-01-21", 5, status="submitted")
    _hours(firm, "T4", "2026-01-21", 5, billable=False)
    firm.invoice("INV-1", 800, issued_on="2026-01-18", period_start="2026-01-01", period_end="2026-01-15")
    firm.invoice("INV-2", 1000, period_start="2026-01-16", period_end="2026-01-31")
    return Worked(1000, 1, 1, 1)


@worked("unbilled-age")
def unbilled_age(firm: Firm) -> Worked:
    """3,000 worked 20 days ago and 1,000 worked 10 days ago: (3 × 20 + 1 × 10) ÷ 4 = 17.5 days."""
    _hours(firm, "T1", "2026-01-21", 30)
    _hours(firm, "T2", "2026-01-31", 10)
    return Worked(17.5, 2, 2, 2)
