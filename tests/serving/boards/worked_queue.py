"""Worked examples of the figures of exceptions and reviewing."""

from tests.serving.boards.kit import Firm, Worked, worked


@worked("exception-volume")
def exception_volume(firm: Firm) -> Worked:
    """Three cases were opened in the period, one after the moment: 3."""
    for number, day in enumerate(("2026-01-05", "2026-01-06", "2026-02-09", "2026-02-11"), 1):
        firm.case(f"K{number}", f"INV-{number}", day)
    return Worked(3, 3, 3, 3)


@worked("exception-rate")
def exception_rate(firm: Firm) -> Worked:
    """Four invoices were scored. INV-1 was cleared first and stopped later, INV-2 was stopped: 2 of 4 = 50 %."""
    firm.score("INV-1", "2026-01-05")
    firm.score("INV-1", "2026-01-09", case_id="K1")
    firm.score("INV-2", "2026-01-06", case_id="K2")
    firm.score("INV-3", "2026-01-06")
    firm.score("INV-4", "2026-01-07")
    return Worked(0.5, 2, 4, 4)


@worked("touchless-share")
def touchless_share(firm: Firm) -> Worked:
    """Sent and scored: 1, 2, 3; of these 3 had a case: 2 of 3. Draft 4 is not sent, 5 was never scored."""
    for number in (1, 2, 3, 5):
        firm.invoice(f"INV-{number}", 100, issued_on="2026-01-10")
    firm.invoice("INV-4", 100)
    for number in (1, 2, 4):
        firm.score(f"INV-{number}", "2026-01-08")
    firm.score("INV-3", "2026-01-08", case_id="K3")
    return Worked(2 / 3, 2, 3, 3)


@worked("stop-reasons")
def stop_reasons(firm: Firm) -> Worked:
    """A hold and a correction stop: 2. A release does not, a request is not final, and one came after the moment."""
    for number in range(1, 6):
        firm.case(f"K{number}", f"INV-{number}", "2026-01-05")
    firm.decision("K1", "hold", "2026-01-06", reason_code="rate")
    firm.decision("K2", "correct", "2026-01-06", reason_code="po_reference")
    firm.decision("K3", "release", "2026-01-06")
    firm.decision("K4", "hold", "2026-01-06", reason_code="rate", final=False)
    firm.decision("K5", "hold", "2026-02-11", reason_code="rate")
    return Worked(2, 2, 2, 2)


@worked("queue-time")
def queue_time(firm: Firm) -> Worked:
    """Closed after 10, 20 and 30 hours; one open for 36 hours.

    Three quarters last longer than 10 hours, half longer than 20: the median is 20 hours.
    """
    for number, closed in enumerate(("2026-01-05 10:00", "2026-01-05 20:00", "2026-01-06 06:00"), 1):
        firm.case(f"K{number}", f"INV-{number}", "2026-01-05", closed)
    firm.case("K4", "INV-4", "2026-02-09")
    return Worked(20, 3, 3, 4)


@worked("sla-met")
def sla_met(firm: Firm) -> Worked:
    """Due two days after opening. K1 in time, K2 late, K3 open and past due: 1 of 3. K4 is not due yet: unknown."""
    firm.case("K1", "INV-1", "2026-01-05", "2026-01-07")
    firm.case("K2", "INV-2", "2026-01-05", "2026-01-07 00:01")
    firm.case("K3", "INV-3", "2026-01-05")
    firm.case("K4", "INV-4", "2026-02-09")
    return Worked(1 / 3, 1, 3, 4)


@worked("cash-at-risk")
def cash_at_risk(firm: Firm) -> Worked:
    """Open at the moment: K1 with 1,000 and K3, closed only after it, with 500: 1,500. K2 is closed."""
    firm.case("K1", "INV-1", "2026-01-05")
    firm.case("K2", "INV-2", "2026-01-05", "2026-01-07")
    firm.case("K3", "INV-3", "2026-01-05", "2026-02-11", group_amount=500)
    return Worked(1500, 2, 2, 2)


@worked("cash-protected")
def cash_protected(firm: Firm) -> Worked:
    """The queue expected 20 at a chance of 10 %: a certain dispute costs 200. K1 counts 200.

    Not counted: K2 was released, K3 has no cause, K4 was disputed all the same, K5 had been sent before.
    """
    for number in range(1, 6):
        firm.case(f"K{number}", f"INV-{number}", "2026-01-05", "2026-01-07")
        firm.invoice(f"INV-{number}", 1000, **({"issued_on": "2026-01-02"} if number == 5 else {}))
        action, reason = ("release" if number == 2 else "hold"), (None if number == 3 else "rate")
        firm.decision(f"K{number}", action, "2026-01-07", reason_code=reason)
    firm.dispute("D4", "INV-4", "2026-01-20")
    return Worked(200, 1, 1, 1)


@worked("decisions")
def decisions(firm: Firm) -> Worked:
    """Two decisions on one case, evidence asked for by one person and a release by another: 2."""
    firm.case("K1", "INV-1", "2026-01-05")
    firm.decision("K1", "request_evidence", "2026-01-06")
    firm.decision("K1", "release", "2026-01-07", reviewer_id="sam")
    return Worked(2, 2, 2, 2)


@worked("handling-time")
def handling_time(firm: Firm) -> Worked:
    """Claimed and decided 5, 10 and 45 minutes later: the median is 10. The last claim counts; K4 was never claimed."""
    for number, minute in ((1, "05"), (2, "10"), (3, "45")):
        firm.case(f"K{number}", f"INV-{number}", "2026-01-05")
        firm.event(f"K{number}", "claimed", "2026-01-05 08:00")
        firm.event(f"K{number}", "claimed", "2026-01-05 09:00")
        firm.decision(f"K{number}", "release", f"2026-01-05 09:{minute}")
    firm.case("K4", "INV-4", "2026-01-05")
    firm.decision("K4", "release", "2026-01-05 10:00")
    return Worked(10, 3, 3, 3)


@worked("reopened-share")
def reopened_share(firm: Firm) -> Worked:
    """Of two decided cases, INV-1 got another one afterwards: 50 %. The cancelled and the open case do not count."""
    firm.case("K1", "INV-1", "2026-01-05", "2026-01-06")
    firm.case("K2", "INV-2", "2026-01-05", "2026-01-06")
    firm.case("K3", "INV-3", "2026-01-05", "2026-01-06", state="cancelled")
    firm.case("K4", "INV-1", "2026-01-09", reopens="K1")
    return Worked(0.5, 1, 2, 2)


@worked("second-look-agreement")
def second_look_agreement(firm: Firm) -> Worked:
    """Three second looks were given, two with the first decision's action: 2 of 3. The fourth is waited for."""
    for number, action in enumerate(("hold", "hold", "release", None), 1):
        firm.case(f"K{number}", f"INV-{number}", "2026-01-05")
        firm.decision(f"K{number}", "hold", "2026-01-06", reason_code="rate")
        firm.second_look(f"K{number}", action, "2026-01-07")
    return Worked(2 / 3, 2, 3, 3)
