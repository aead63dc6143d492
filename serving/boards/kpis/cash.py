"""Figures of cash: what clients object to, what is given back, how long money stays outside."""

from typing import Final

from serving.boards.kpi import Better, Kpi, Names, Shape, Unit, select, union
from serving.boards.kpis.billing import INVOICE

_GROUP: Final = "Disputes and cash"
_DSO_DAYS: Final = 90
_SENT: Final = "i.issued_on IS NOT NULL AND i.status <> 'cancelled' AND NOT i.intercompany"
_DISPUTES: Final = "board_dispute d LEFT JOIN board_invoice i ON i.invoice_id = d.invoice_id"
_DISPUTE: Final = {
    "row_id": "d.dispute_id", "invoice_id": "d.invoice_id", "client_id": "d.client_id", "project_id": "i.project_id",
    "entity_id": "i.entity_id", "day": "d.day", "grp": "d.cause", "part": "coalesce(d.amount, i.amount)",
    "currency": "CASE WHEN d.amount IS NULL THEN i.currency ELSE coalesce(d.currency, i.currency) END",
}  # fmt: skip
_CREDITS: Final = """(
    SELECT DISTINCT ON (credit_note_id) * FROM credit_note WHERE known_at < %(as_of)s
    ORDER BY credit_note_id, known_at DESC, event_at DESC, record_id DESC
) n LEFT JOIN board_invoice i ON i.invoice_id = n.invoice_id"""
_CREDIT: Final = {
    "row_id": "n.credit_note_id", "invoice_id": "n.invoice_id", "client_id": "n.client_id",
    "project_id": "i.project_id", "entity_id": "i.entity_id", "currency": "n.currency",
}  # fmt: skip
_PAYMENTS: Final = """(
    SELECT DISTINCT ON (payment_id) * FROM payment WHERE known_at < %(as_of)s
    ORDER BY payment_id, known_at DESC, event_at DESC, record_id DESC
) n JOIN board_invoice i ON i.invoice_id = n.invoice_id"""
# Unpaid until ended, less what was paid or credited in part before that.
_RECEIVABLE: Final = (
    select(f"board_invoice i WHERE {_SENT}", **INVOICE, day="i.issued_on", until="i.ended_on", hit="true",
           part="i.amount"),
    select(f"{_PAYMENTS} WHERE {_SENT} AND n.paid_on < coalesce(i.ended_on, 'infinity')",
           **{**INVOICE, "row_id": "n.payment_id", "currency": "n.currency"}, day="greatest(n.paid_on, i.issued_on)",
           until="i.ended_on", hit="true", part="-n.amount"),
    select(f"{_CREDITS} WHERE {_SENT} AND n.issued_on < coalesce(i.ended_on, 'infinity')",
           **_CREDIT, day="greatest(n.issued_on, i.issued_on)", until="i.ended_on", hit="true", part="-n.amount"),
)  # fmt: skip
_BILLED: Final = select(f"board_invoice i WHERE {_SENT}", **INVOICE, day="i.issued_on",
                        until=f"i.issued_on + {_DSO_DAYS}", whole="i.amount")  # fmt: skip
_IN_DISPUTE: Final = """(
    SELECT invoice_id, min(day) AS day, CASE WHEN bool_and(resolved IS NOT NULL) THEN max(resolved) END AS resolved
    FROM board_dispute GROUP BY invoice_id
) d JOIN board_invoice i ON i.invoice_id = d.invoice_id"""
_IN_REVIEW: Final = """(
    SELECT invoice_id, min(day) AS day, CASE WHEN bool_and(until IS NOT NULL) THEN max(until) END AS until
    FROM board_case GROUP BY invoice_id
) k JOIN board_invoice i ON i.invoice_id = k.invoice_id AND NOT i.intercompany AND i.status <> 'cancelled'"""
_HELD_UP: Final = (
    select(f"{_IN_DISPUTE} WHERE {_SENT}", **INVOICE, day="greatest(d.day, i.issued_on)",
           until="least(d.resolved, i.ended_on)", hit="true", part="i.amount"),
    select(_IN_REVIEW, **INVOICE, day="k.day", until="least(k.until, i.issued_on)", hit="true", part="i.amount"),
)  # fmt: skip

CASH: Final = (
    Kpi(
        id="dispute-rate",
        title="Dispute rate",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.DOWN,
        definition="Share of invoices that the client disputed.",
        formula="Mature invoices with a dispute ÷ mature invoices, by the day sent. Mature: 90 days after the due day "
        "have passed.",
        counts="mature invoices with at least one dispute",
        among="mature invoices sent in the period; younger ones are unknown",
        misleads="Clients who deduct without a word do not dispute; see credit notes too.",
        rows=select(
            "board_invoice i WHERE i.issued_on IS NOT NULL AND i.status <> 'cancelled'",
            **INVOICE,
            day="i.issued_on",
            part="i.amount",
            hit="CASE WHEN i.matured THEN i.invoice_id IN (SELECT invoice_id FROM board_dispute) END",
        ),
    ),
    Kpi(
        id="disputes-opened",
        title="Disputes opened",
        group=_GROUP,
        unit=Unit.DISPUTES,
        shape=Shape.COUNT,
        better=Better.DOWN,
        definition="Disputes that clients opened, by cause.",
        formula="Number of disputes whose opening falls into the period.",
        counts="every dispute, whatever became of it",
        misleads="The cause is often corrected at resolution; the newest known counts.",
        rows=select(_DISPUTES, **_DISPUTE, hit="true"),
        own=("Cause", Names.CAUSE),
    ),
    Kpi(
        id="disputed-cash",
        title="Cash in dispute",
        group=_GROUP,
        unit=Unit.MONEY,
        shape=Shape.SUM,
        better=Better.DOWN,
        stock=True,
        definition="Amount of the disputes that are open.",
        formula="Sum of the amounts in dispute at the end of the period's last day; the invoice's amount where the "
        "dispute names none.",
        counts="disputes opened by then and not resolved or withdrawn by then",
        misleads="Where the source names no disputed amount, the whole invoice counts.",
        rows=select(_DISPUTES, **_DISPUTE, until="d.resolved", hit="true"),
        own=("Cause", Names.CAUSE),
    ),
    Kpi(
        id="dispute-age",
        title="Time to resolve a dispute",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.MEDIAN,
        better=Better.DOWN,
        definition="Days until half of the disputes opened in the period were resolved.",
        formula="Median of resolution minus opening; open disputes count as lasting at least until now (Kaplan-Meier).",
        counts="disputes resolved or withdrawn",
        among="disputes opened in the period, resolved or not",
        misleads="A dispute withdrawn the next day counts as quickly resolved.",
        rows=select(
            _DISPUTES,
            **_DISPUTE,
            hit="d.resolved IS NOT NULL",
            value="greatest(coalesce(d.resolved, %(today)s) - d.day, 0)",
        ),
        own=("Cause", Names.CAUSE),
    ),
    Kpi(
        id="credit-notes",
        title="Credit notes",
        group=_GROUP,
        unit=Unit.MONEY,
        shape=Shape.SUM,
        better=Better.DOWN,
        definition="Money given back on invoices, by cause.",
        formula="Sum of the amounts of credit notes issued in the period.",
        counts="every credit note, also those followed by a corrected invoice",
        misleads="A credit with rebill is not lost money; see write-offs for what is.",
        rows=select(_CREDITS, **_CREDIT, day="n.issued_on", hit="true", part="n.amount", grp="n.cause"),
        own=("Cause", Names.CAUSE),
    ),
    Kpi(
        id="write-offs",
        title="Write-offs",
        group=_GROUP,
        unit=Unit.MONEY,
        shape=Shape.SUM,
        better=Better.DOWN,
        definition="Amount of invoices given up.",
        formula="Sum of the amounts of invoices written off in the period.",
        counts="invoices whose newest status is written off, by the day of that version",
        misleads="The whole invoice counts, also when part of it had been paid.",
        rows=select(
            "board_invoice i WHERE i.status = 'written_off'", **INVOICE, day="i.ended_on", hit="true", part="i.amount"
        ),
    ),
    Kpi(
        id="given-back-share",
        title="Credited and written off",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.RATIO,
        better=Better.DOWN,
        definition="Credit notes and write-offs as a share of what was billed.",
        formula="(Credit notes issued + invoices written off in the period) ÷ invoices sent in the period.",
        counts="amounts of credit notes and write-offs of the period",
        among="amounts of invoices sent in the period",
        misleads="Credits of this period mostly concern invoices of earlier ones: a quiet month looks bad.",
        rows=union(
            select(_CREDITS, **_CREDIT, day="n.issued_on", hit="true", part="n.amount"),
            select(
                "board_invoice i WHERE i.status = 'written_off'",
                **INVOICE,
                day="i.ended_on",
                hit="true",
                part="i.amount",
            ),
            select(
                "board_invoice i WHERE i.issued_on IS NOT NULL AND i.status <> 'cancelled'",
                **INVOICE,
                day="i.issued_on",
                whole="i.amount",
            ),
        ),
    ),
    Kpi(
        id="dso",
        title="Days sales outstanding",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.RATIO,
        better=Better.DOWN,
        stock=True,
        factor=_DSO_DAYS,
        definition="How many days of billing are unpaid.",
        formula="Receivables at the end of the period's last day ÷ amount billed in the 90 days to then × 90. "
        "Receivables: invoices sent and not ended, less part payments and part credits.",
        counts="what clients owe then; companies of the group left out",
        among="invoices sent in the 90 days before",
        misleads="Falls when billing jumps, although nobody paid faster.",
        rows=union(*_RECEIVABLE, _BILLED),
    ),
    Kpi(
        id="dso-exceptions",
        title="Days that exceptions add",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.RATIO,
        better=Better.DOWN,
        stock=True,
        factor=_DSO_DAYS,
        definition="How many days of billing are held up by open disputes and open cases.",
        formula="(Unpaid invoices with an open dispute + unsent invoices with an open case) ÷ amount billed in the 90 "
        "days to then × 90, in the measure of days sales outstanding.",
        counts="whole amounts of invoices in dispute or in review at the end of the period's last day",
        among="invoices sent in the 90 days before",
        misleads="Not all of it would have been paid sooner: some of these clients pay late anyway.",
        rows=union(*_HELD_UP, _BILLED),
    ),
)
