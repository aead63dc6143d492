"""Figures of billing: right the first time, how long it takes to send, who is waited for, work not billed yet."""

from typing import Final

from serving.boards.kpi import Better, Kpi, Names, Shape, Unit, select

INVOICE: Final = {
    "row_id": "i.invoice_id", "invoice_id": "i.invoice_id", "client_id": "i.client_id", "project_id": "i.project_id",
    "entity_id": "i.entity_id", "currency": "i.currency",
}  # fmt: skip
_GROUP: Final = "Billing"
_APPROVALS: Final = "board_approval a"
_APPROVAL: Final = {
    "row_id": "a.approval_id", "invoice_id": "a.invoice_id", "client_id": "a.client_id",
    "project_id": "a.project_id", "day": "a.day", "grp": "a.approver_id",
}  # fmt: skip
_UNBILLED: Final = "board_time t"
_TIME: Final = {
    "row_id": "t.project_id || ' ' || t.worked_on", "client_id": "t.client_id", "project_id": "t.project_id",
    "day": "t.worked_on", "until": "t.billed_on", "hit": "true", "part": "t.amount", "currency": "t.currency",
}  # fmt: skip

BILLING: Final = (
    Kpi(
        id="first-pass-accuracy",
        title="First-pass accuracy",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.UP,
        definition="Share of invoices that stood as first sent.",
        formula="Mature invoices without dispute, credit note or rebill ÷ mature invoices, by the day sent. Mature: "
        "90 days after the due day have passed.",
        counts="mature invoices that nobody disputed, credited or billed again",
        among="mature invoices sent in the period; younger ones are unknown, whatever happened to them so far",
        misleads="Speaks of invoices sent at least four months ago; the newest months have no value yet.",
        rows=select(
            "board_invoice i WHERE i.issued_on IS NOT NULL AND i.status <> 'cancelled'",
            **INVOICE,
            day="i.issued_on",
            hit="CASE WHEN i.matured THEN NOT i.objected END",
            part="i.amount",
        ),
    ),
    Kpi(
        id="cycle-time",
        title="Invoice cycle time",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.MEDIAN,
        better=Better.DOWN,
        definition="Days until half of the billable work had been sent as invoices.",
        formula="Median of day sent minus day billable; drafts count as lasting at least until now (Kaplan-Meier).",
        counts="invoices sent",
        among="invoices that became billable in the period, sent or not; cancelled ones left out",
        misleads="The billable day is the source's: approvals given late before it do not show here.",
        rows=select(
            "board_invoice i WHERE i.billable_on IS NOT NULL AND i.status <> 'cancelled'",
            **INVOICE,
            day="i.billable_on",
            hit="i.issued_on IS NOT NULL",
            part="i.amount",
            value="greatest(coalesce(i.issued_on, %(today)s) - i.billable_on, 0)",
        ),
    ),
    Kpi(
        id="days-to-invoice",
        title="Days to invoice",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.MEDIAN,
        better=Better.DOWN,
        definition="Days from the end of the work until half of its invoices were sent.",
        formula="Median of day sent minus last day of the billed period; drafts count as lasting at least until now "
        "(Kaplan-Meier).",
        counts="invoices sent",
        among="invoices whose billed period ended in the period, sent or not; cancelled ones left out",
        misleads="Retainers billed in advance count as 0 days.",
        rows=select(
            "board_invoice i WHERE i.period_end IS NOT NULL AND i.status <> 'cancelled' AND i.period_end <= %(today)s",
            **INVOICE,
            day="i.period_end",
            hit="i.issued_on IS NOT NULL",
            part="i.amount",
            value="greatest(coalesce(i.issued_on, %(today)s) - i.period_end, 0)",
        ),
    ),
    Kpi(
        id="approval-latency",
        title="Approval latency",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.MEDIAN,
        better=Better.DOWN,
        definition="Days until half of the approval requests were answered, yes or no.",
        formula="Median of answer minus request; requests still pending count as lasting at least until now "
        "(Kaplan-Meier).",
        counts="requests answered",
        among="requests made in the period, answered or pending",
        misleads="A person asked once says little: look at the number of requests beside it.",
        rows=select(
            _APPROVALS,
            **_APPROVAL,
            hit="a.decided_at IS NOT NULL",
            value="extract(epoch FROM coalesce(a.decided_at, %(as_of)s) - a.requested_at) / 86400",
        ),
        own=("Approver", Names.RESOURCE),
    ),
    Kpi(
        id="approvals-pending",
        title="Approvals pending",
        group=_GROUP,
        unit=Unit.REQUESTS,
        shape=Shape.COUNT,
        better=Better.DOWN,
        stock=True,
        definition="Approval requests that nobody has answered.",
        formula="Number of requests made by and not answered by the end of the period's last day.",
        counts="requests without an answer then",
        misleads="A request that the source closed without saying so stays pending for ever.",
        rows=select(
            _APPROVALS,
            **_APPROVAL,
            until="a.until",
            hit="true",
            value="extract(epoch FROM %(as_of)s - a.requested_at) / 86400",
        ),
        own=("Approver", Names.RESOURCE),
    ),
    Kpi(
        id="unbilled-time",
        title="Unbilled approved time",
        group=_GROUP,
        unit=Unit.MONEY,
        shape=Shape.SUM,
        better=Better.DOWN,
        stock=True,
        definition="Value of approved billable hours that no invoice sent has billed.",
        formula="Sum of hours × rate of approved billable time on contracts billed by time, worked by the end of the "
        "period's last day and not covered by then by the billed period of an invoice sent for the project.",
        counts="approved hours not covered, a row per project and week",
        misleads="Lines do not name timesheets: an invoice counts as billing all approved hours of its period. Hours "
        "without a rate have no value here.",
        rows=select(_UNBILLED, **_TIME),
    ),
    Kpi(
        id="unbilled-age",
        title="Age of unbilled time",
        group=_GROUP,
        unit=Unit.DAYS,
        shape=Shape.AGE,
        better=Better.DOWN,
        stock=True,
        definition="How long ago unbilled approved time was worked, large amounts weighing more.",
        formula="Sum of amount × days since worked ÷ sum of amount, over unbilled approved time.",
        counts="amount × days of approved hours not covered by an invoice",
        among="amount of the same hours",
        misleads="One old forgotten week can outweigh a month of fresh work.",
        rows=select(_UNBILLED, **_TIME),
    ),
)
