"""Worked examples of the figures of disputes and cash."""

from tests.serving.boards.kit import Firm, Worked, worked


@worked("dispute-rate")
def dispute_rate(firm: Firm) -> Worked:
    """Mature: 1 to 4, of which 1 was disputed twice: 1 of 4. Credited alone (2) does not count, and 5 is young."""
    for number in range(1, 5):
        firm.invoice(f"INV-{number}", 100, issued_on="2025-09-01", due_date="2025-09-30")
    firm.invoice("INV-5", 100, issued_on="2026-01-01", due_date="2026-01-31")
    firm.dispute("D1", "INV-1", "2025-10-01")
    firm.dispute("D2", "INV-1", "2025-10-05")
    firm.dispute("D3", "INV-5", "2026-01-20")
    firm.credit("N2", "INV-2", "2025-10-01", 10)
    return Worked(0.25, 1, 4, 5)


@worked("disputes-opened")
def disputes_opened(firm: Firm) -> Worked:
    """Two disputes, one of them resolved since: 2."""
    firm.dispute("D1", "INV-1", "2026-01-05")
    firm.dispute("D2", "INV-2", "2026-01-06", status="resolved", resolved_on="2026-01-20")
    return Worked(2, 2, 2, 2)


@worked("disputed-cash")
def disputed_cash(firm: Firm) -> Worked:
    """D1 over 300, D2 over the whole of INV-2, 700: 1,000. D3 was withdrawn."""
    firm.invoice("INV-2", 700, issued_on="2026-01-02")
    firm.dispute("D1", "INV-1", "2026-01-05", amount="300", currency="EUR")
    firm.dispute("D2", "INV-2", "2026-01-06")
    firm.dispute("D3", "INV-3", "2026-01-06", amount="50", currency="EUR", status="withdrawn", resolved_on="2026-01-09")
    return Worked(1000, 2, 2, 2)


@worked("dispute-age")
def dispute_age(firm: Firm) -> Worked:
    """Resolved after 5 and 15 days, one open for 41 days: two thirds last over 5, a third over 15: the median is 15."""
    firm.dispute("D1", "INV-1", "2026-01-01", status="resolved", resolved_on="2026-01-06")
    firm.dispute("D2", "INV-2", "2026-01-01", status="resolved", resolved_on="2026-01-16")
    firm.dispute("D3", "INV-3", "2025-12-31")
    return Worked(15, 2, 2, 3)


@worked("credit-notes")
def credit_notes(firm: Firm) -> Worked:
    """100 and 250 were credited: 350; 40 more only after the moment."""
    firm.credit("N1", "INV-1", "2026-01-05", 100)
    firm.credit("N2", "INV-2", "2026-01-06", 250)
    firm.credit("N3", "INV-3", "2026-02-11", 40)
    return Worked(350, 2, 2, 2)


@worked("write-offs")
def write_offs(firm: Firm) -> Worked:
    """INV-1 over 400 was given up; INV-2 was only credited: 400."""
    firm.invoice("INV-1", 400, issued_on="2026-01-02", status="written_off")
    firm.invoice("INV-2", 300, issued_on="2026-01-02", status="credited")
    return Worked(400, 1, 1, 1)


@worked("given-back-share")
def given_back_share(firm: Firm) -> Worked:
    """Billed 1,000 + 600 + 400 = 2,000; credited 60 and written off 400: 460 ÷ 2,000 = 23 %."""
    firm.invoice("INV-1", 1000, issued_on="2026-01-02")
    firm.invoice("INV-2", 600, issued_on="2026-01-02")
    firm.invoice("INV-3", 400, issued_on="2026-01-02", status="written_off")
    firm.credit("N1", "INV-1", "2026-01-20", 60)
    return Worked(0.23, 2, 2, 5)


@worked("dso")
def dso(firm: Firm) -> Worked:
    """Billed in the 90 days to 10 February (from 13 November): INV-1 1,000, INV-2 500, INV-3 300 = 1,800.

    Owed: INV-1 less 200 paid and 100 credited in part = 700, INV-2 500, the older INV-4 600 = 1,800; INV-3 is settled,
    and our own company does not count. 1,800 ÷ 1,800 × 90 = 90 days. Counted: three invoices, a payment, a credit.
    """
    firm.invoice("INV-1", 1000, issued_on="2026-01-02")
    firm.invoice("INV-2", 500, issued_on="2026-01-20")
    firm.invoice("INV-3", 300, issued_on="2025-12-01", settled_on="2026-01-10", status="settled")
    firm.invoice("INV-4", 600, issued_on="2025-10-01")
    firm.invoice("INV-5", 9999, issued_on="2026-01-20", intercompany=True)
    firm.payment("P1", "INV-1", "2026-01-15", 200)
    firm.payment("P3", "INV-3", "2026-01-10", 300)
    firm.credit("N1", "INV-1", "2026-01-16", 100)
    return Worked(90, 5, 5, 8)


@worked("dso-exceptions")
def dso_exceptions(firm: Firm) -> Worked:
    """Billed in 90 days: 900 (INV-1 and INV-2). Held up: INV-1 in dispute 600, draft INV-3 in review 300 = 900.

    INV-2's dispute is resolved and INV-4's case closed. 900 ÷ 900 × 90 = 90 days.
    """
    firm.invoice("INV-1", 600, issued_on="2026-01-02")
    firm.invoice("INV-2", 300, issued_on="2026-01-02")
    firm.invoice("INV-3", 300)
    firm.invoice("INV-4", 700)
    firm.dispute("D1", "INV-1", "2026-01-05")
    firm.dispute("D2", "INV-2", "2026-01-05", status="resolved", resolved_on="2026-01-09")
    firm.case("K3", "INV-3", "2026-01-05")
    firm.case("K4", "INV-4", "2026-01-05", "2026-01-09")
    return Worked(90, 2, 2, 4)
