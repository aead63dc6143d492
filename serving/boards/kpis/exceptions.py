"""Figures of exceptions: how many invoices needed a person, how long they waited, why they were stopped."""

from typing import Final

from serving.boards.kpi import Better, Kpi, Names, Shape, Unit, select

CASE: Final = {
    "row_id": "k.case_id", "invoice_id": "k.invoice_id", "case_id": "k.case_id", "client_id": "k.client_id",
    "project_id": "k.project_id", "entity_id": "i.entity_id", "currency": "k.currency",
}  # fmt: skip
CASES: Final = "board_case k LEFT JOIN board_invoice i ON i.invoice_id = k.invoice_id"
_SCORED: Final = """(
    SELECT invoice_id, min(client_id) AS client_id, min(scored_at) AS scored_at,
           bool_or(case_id IS NOT NULL) AS stopped, min(case_id) AS case_id
    FROM score WHERE scored_at < %(as_of)s AND document IS NULL GROUP BY invoice_id
) s"""
_INVOICE_OF_SCORE: Final = {
    "row_id": "s.invoice_id", "invoice_id": "s.invoice_id", "case_id": "s.case_id",
    "client_id": "coalesce(i.client_id, s.client_id)", "project_id": "i.project_id", "entity_id": "i.entity_id",
    "part": "i.amount", "currency": "i.currency",
}  # fmt: skip
_GROUP: Final = "Exceptions"

EXCEPTIONS: Final = (
    Kpi(
        id="exception-volume",
        title="Exceptions",
        group=_GROUP,
        unit=Unit.CASES,
        shape=Shape.COUNT,
        better=Better.NEITHER,
        definition="Cases that were opened because an invoice needed a person.",
        formula="Number of cases whose opening falls into the period (UTC day).",
        counts="every case opened in the period, whatever became of it",
        misleads="Grows with billing: compare the exception rate before calling a month bad.",
        rows=select(CASES, **CASE, day="k.day", hit="true", part="k.part", grp="k.route"),
        own=("Route", Names.ROUTE),
    ),
    Kpi(
        id="exception-rate",
        title="Exception rate",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.DOWN,
        definition="Share of scored invoices that needed a person.",
        formula="Invoices with a case ÷ invoices scored, by the day of their first score.",
        counts="invoices of which any score led to a case",
        among="invoices of the ledger first scored in the period",
        misleads="Includes the invoices drawn by lot for checking; a stricter control raises it without more faults.",
        rows=select(
            f"{_SCORED} LEFT JOIN board_invoice i ON i.invoice_id = s.invoice_id",
            **_INVOICE_OF_SCORE,
            day="(s.scored_at AT TIME ZONE 'UTC')::date",
            hit="s.stopped",
        ),
    ),
    Kpi(
        id="touchless-share",
        title="Touchless share",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.UP,
        definition="Share of invoices sent that no person had to look at.",
        formula="Invoices sent without ever having a case ÷ invoices sent that had been scored, by the day sent.",
        counts="invoices sent whose every score cleared them",
        among="invoices sent in the period that were scored at least once",
        misleads="High is good only while first-pass accuracy holds: clearing everything would be fully touchless.",
        rows=select(
            f"{_SCORED} JOIN board_invoice i ON i.invoice_id = s.invoice_id AND i.issued_on IS NOT NULL",
            **_INVOICE_OF_SCORE,
            day="i.issued_on",
            hit="NOT s.stopped",
        ),
    ),
    Kpi(
        id="stop-reasons",
        title="Held and corrected, by reason",
        group=_GROUP,
        unit=Unit.DECISIONS,
        shape=Shape.COUNT,
        better=Better.NEITHER,
        definition="Final decisions that stopped an invoice, by the confirmed cause.",
        formula="Number of final decisions to hold, to correct or to propose a write-off, by the day decided.",
        counts="final decisions of these three kinds; the first of two releases is none",
        misleads="An invoice held twice counts twice; the cause is the reviewer's, not the client's.",
        rows=select(
            f"case_decision d JOIN {CASES} ON d.case_id = k.case_id AND d.final AND d.decided_at < %(as_of)s"
            " AND d.action IN ('hold', 'correct', 'write_off_request')",
            **{**CASE, "row_id": "d.decision_id"},
            day="(d.decided_at AT TIME ZONE 'UTC')::date",
            hit="true",
            part="k.part",
            grp="d.reason_code",
        ),
        own=("Cause", Names.CAUSE),
    ),
    Kpi(
        id="queue-time",
        title="Time in queue",
        group=_GROUP,
        unit=Unit.HOURS,
        shape=Shape.MEDIAN,
        better=Better.DOWN,
        definition="Hours until half of the cases opened in the period were closed.",
        formula="Median of closing minus opening; cases still open count as lasting at least until now (Kaplan-Meier).",
        counts="cases closed: decided or cancelled",
        among="cases opened in the period, closed or not",
        misleads="Counts nights and weekends, and the time in which somebody else was asked for evidence.",
        rows=select(
            CASES,
            **CASE,
            day="k.day",
            hit="k.closed_at IS NOT NULL",
            part="k.part",
            grp="k.route",
            value="extract(epoch FROM coalesce(k.closed_at, %(as_of)s) - k.opened_at) / 3600",
        ),
        own=("Route", Names.ROUTE),
    ),
    Kpi(
        id="sla-met",
        title="Service level met",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.UP,
        definition="Share of cases that were closed before they were due.",
        formula="Cases closed by their due moment ÷ cases closed or past due, by the day opened.",
        counts="cases closed at or before their due moment",
        among="cases opened in the period that are closed or past due; open cases not due yet are unknown",
        misleads="A case scored again may have got a new due moment; the newest counts.",
        rows=select(
            CASES,
            **CASE,
            day="k.day",
            part="k.part",
            grp="k.route",
            hit="CASE WHEN k.closed_at IS NOT NULL THEN k.closed_at <= k.due_at "
            "WHEN k.due_at < %(as_of)s THEN false END",
        ),
        own=("Route", Names.ROUTE),
    ),
    Kpi(
        id="cash-at-risk",
        title="Cash at risk",
        group=_GROUP,
        unit=Unit.MONEY,
        shape=Shape.SUM,
        better=Better.DOWN,
        stock=True,
        definition="Amount of the invoices whose cases are open.",
        formula="Sum of the amounts of cases open at the end of the period's last day.",
        counts="cases opened by then and not closed by then",
        misleads="The whole amount, not the part in doubt; most of it will be paid.",
        rows=select(CASES, **CASE, day="k.day", until="k.until", hit="true", part="k.part", grp="k.route"),
        own=("Route", Names.ROUTE),
    ),
    Kpi(
        id="cash-protected",
        title="Cash protected",
        group=_GROUP,
        unit=Unit.MONEY,
        shape=Shape.SUM,
        better=Better.UP,
        definition="Loss that is usual on disputed invoices, on those stopped with a confirmed cause before sending.",
        formula="Sum over invoices of amount × the policy's write-off share of disputes, once per invoice, by the day "
        "of its last stopping decision.",
        counts="invoices held, corrected or proposed for write-off with a cause, not sent before the decision, and "
        "neither disputed nor credited afterwards",
        misleads="An estimate, and a cautious one: delay avoided is not counted, and the share is an average of the "
        "policy, not what this client would have deducted.",
        rows=select(
            """(
            SELECT DISTINCT ON (x.invoice_id) d.decision_id, d.decided_at, d.reason_code, d.case_id
            FROM case_decision d JOIN board_case x ON x.case_id = d.case_id
            WHERE d.final AND d.decided_at < %(as_of)s AND d.reason_code IS NOT NULL
            AND d.action IN ('hold', 'correct', 'write_off_request')
            ORDER BY x.invoice_id, d.decided_at DESC
        ) d JOIN board_case k ON k.case_id = d.case_id LEFT JOIN board_invoice i ON i.invoice_id = k.invoice_id
        WHERE NOT coalesce(i.objected, false)
        AND (i.issued_on IS NULL OR i.issued_on >= (d.decided_at AT TIME ZONE 'UTC')::date)""",
            **{**CASE, "row_id": "d.decision_id"},
            day="(d.decided_at AT TIME ZONE 'UTC')::date",
            hit="true",
            part="k.expected_loss",
            grp="d.reason_code",
        ),
        own=("Cause", Names.CAUSE),
    ),
)
