"""Every number the simulated firm is made from, with its public source or the word "assumed" (docs/simulator.md)."""

from dataclasses import dataclass, field

from ledger.records.billing import Cause
from ledger.records.parties import BillingMethod


@dataclass(frozen=True)
class Scale:
    """How large the firm is for a number of invoices (all assumed)."""

    invoices_per_client: float = 80.0
    client_tail: float = 1.1  # Pareto shape of client sizes: a few clients bring most invoices
    people_per_monthly_invoice: float = 0.7
    managers_per_monthly_invoice: float = 0.06
    intercompany_share: float = 0.06  # projects delivered by another entity than the one that contracts
    method_shares: dict[BillingMethod, float] = field(
        default_factory=lambda: {
            BillingMethod.TIME_AND_MATERIALS: 0.46,
            BillingMethod.FIXED_FEE: 0.15,
            BillingMethod.MILESTONE: 0.15,
            BillingMethod.RETAINER: 0.14,
            BillingMethod.RECURRING: 0.10,
        }
    )


@dataclass(frozen=True)
class Work:
    """Timesheets, expenses and change orders.

    Weekly hours per project and person are assumed; together with ``Scale.people_per_monthly_invoice`` they keep
    billable utilisation near the 70 % that SPI Research's professional-services benchmarks report as usual.
    """

    hours_mean: float = 14.0
    hours_spread: float = 6.0
    holiday_month_factor: float = 0.7  # August and December, assumed
    on_time_share: float = 0.80  # sheets in by the next Monday, assumed
    forgotten_share: float = 0.03  # sheets entered one to five weeks late (back-dated), assumed
    rejected_share: float = 0.02
    expense_rate: float = 0.45  # per period
    receipt_share: float = 0.86
    change_order_rate: float = 0.09  # per period of time, fixed-fee and milestone work
    change_order_latency_days: float = 12.0
    change_order_rejected: float = 0.08
    billed_while_pending: float = 0.35  # chance that a pending change order is billed all the same
    bills_unapproved_share: float = 0.45  # projects whose manager bills hours that nobody has approved yet


@dataclass(frozen=True)
class Approvals:
    """People's habits when they approve (assumed; long right tails are what public approval logs show)."""

    median_days: float = 1.6
    between_people: float = 0.7  # log spread of people's medians
    within_person: float = 0.9  # log spread of one person's latencies
    friday_share: float = 0.2  # approvers who clear their list on Fridays only
    month_end_factor: float = 1.7
    quarter_end_factor: float = 2.2
    leave_factor: float = 1.5  # August, and the weeks around New Year
    acceptance_median_days: float = 4.5  # the client's acceptance of a milestone
    evidence_missing_share: float = 0.15  # accepted in the PSA, signed paper not (yet) on file


@dataclass(frozen=True)
class Defects:
    """How often a draft carries a defect that is not a product of the work itself (assumed)."""

    rate_off_card: float = 0.05
    rate_below_card: float = 0.25  # of those: the slip favours the client, who stays silent
    po_missing: float = 0.045  # of drafts for clients that require one
    po_wrong: float = 0.02
    wrong_entity: float = 0.005
    wrong_tax: float = 0.008
    wrong_currency: float = 0.005
    duplicate: float = 0.006
    closed_project: float = 0.004
    anomaly: float = 0.02
    cap_change_agreed: float = 0.7  # chance that exceeding the cap was agreed by a change order first
    trouble_starts: float = 0.015  # chance a month that the work itself goes wrong: seen in notes alone
    trouble_ends: float = 0.45


@dataclass(frozen=True)
class Hazards:
    """Dispute hazards of a client of mean temper; probability = 1 - exp(-sum), causes compete in proportion.

    Levels are assumed, set so that 6-10 % of invoices are disputed or credited.
    """

    base: dict[Cause, float] = field(
        default_factory=lambda: {
            Cause.SCOPE_QUALITY: 0.008,
            Cause.AMOUNT_CURRENCY: 0.006,
            Cause.RATE: 0.004,
            Cause.HOURS_NOT_APPROVED: 0.003,
            Cause.OTHER: 0.005,
        }
    )
    rate_off_card: float = 0.42
    unapproved_hours: float = 0.5  # times the unapproved share of billed hours to the power 1.5
    milestone_not_accepted: float = 0.36
    milestone_without_evidence: float = 0.09
    change_order_pending: float = 0.45
    po_missing: float = 0.5
    po_wrong: float = 0.42
    wrong_entity: float = 0.50
    wrong_tax: float = 0.42
    wrong_currency: float = 0.70
    duplicate: float = 0.95
    amount_anomaly: float = 0.55
    hours_anomaly: float = 0.30
    cap_exceeded: float = 0.32
    closed_project: float = 0.20
    missing_receipts: float = 0.10
    trouble: float = 0.24
    temper_spread: float = 0.55  # log spread of clients' temper


@dataclass(frozen=True)
class Release:
    """From draft to the day the invoice is sent (assumed)."""

    waits_for_approvals: float = 0.7
    waits_for_acceptance: float = 0.6
    longest_wait_days: int = 30
    drafted_before_month_end: float = 0.55  # projects whose drafts are prepared in the last days of the period
    clerk_days: float = 2.0
    cancelled: float = 0.01
    duplicate_caught: float = 0.35


@dataclass(frozen=True)
class Payments:
    """Days between due date and payment.

    Atradius' Payment Practices Barometer and Intrum's European Payment Report both find that a third to a half of
    business invoices are paid late; the split by country, segment and client is assumed around that.
    """

    mean_days: float = -2.5
    between_clients: float = 8.5
    spread_days: float = 9.0  # Gumbel scale within a client
    days_per_log_amount: float = 1.3  # larger invoices are paid later, assumed
    season_days: float = 4.0  # due in August or at the turn of the year
    drifting_share: float = 0.25
    drift_days_per_month: float = 0.9
    jump_share: float = 0.08
    jump_days: float = 14.0
    partial_share: float = 0.05
    dispute_extra_days: float = 35.0
    unpaid_share: float = 0.004  # written off without any dispute
    country_days: dict[str, float] = field(
        default_factory=lambda: {"US": 1.0, "GB": 1.5, "DE": -3.0, "FR": 2.0, "ES": 5.0, "CH": -2.5, "SG": 0.5}
    )
    segment_days: dict[str, float] = field(
        default_factory=lambda: {"enterprise": 2.5, "mid_market": 0.0, "small": -0.5, "public": 3.0}
    )


@dataclass(frozen=True)
class Disputes:
    """What a dispute looks like once it is there (assumed)."""

    median_days_to_open: float = 14.0
    spread: float = 0.6
    straight_credit_share: float = 0.15  # credited and rebilled without a dispute record
    first_cause_right: float = 0.85
    withdrawn: float = 0.25
    partly_credited: float = 0.35
    credited_and_rebilled: float = 0.30  # the rest is written off


@dataclass(frozen=True)
class Notes:
    """How often people write, and how often what they write means something (assumed)."""

    neutral: float = 0.17
    misleading: float = 0.035
    signal: float = 0.5  # given a material defect or trouble, before the draft
    after_dispute: float = 0.8


@dataclass(frozen=True)
class Disturbance:
    """What integrations do to records on their way (assumed)."""

    duplicate: float = 0.003
    conflict: float = 0.0012  # of timesheets, expenses and payments
    sync_failure: float = 0.03
    sync_success_logged: float = 0.25


@dataclass(frozen=True)
class Parameters:
    """All of them."""

    scale: Scale = field(default_factory=Scale)
    work: Work = field(default_factory=Work)
    approvals: Approvals = field(default_factory=Approvals)
    defects: Defects = field(default_factory=Defects)
    hazards: Hazards = field(default_factory=Hazards)
    release: Release = field(default_factory=Release)
    payments: Payments = field(default_factory=Payments)
    disputes: Disputes = field(default_factory=Disputes)
    notes: Notes = field(default_factory=Notes)
    disturbance: Disturbance = field(default_factory=Disturbance)
