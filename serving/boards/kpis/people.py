"""Figures of reviewing: how much people decide, how long a case takes them, and whether it lasts."""

from typing import Final

from serving.boards.kpi import Better, Kpi, Names, Shape, Unit, select
from serving.boards.kpis.exceptions import CASE, CASES

_GROUP: Final = "Reviewing"
_DECIDED: Final = f"{CASES} JOIN case_decision d ON d.case_id = k.case_id AND d.decided_at < %(as_of)s"
_DECISION: Final = {**CASE, "row_id": "d.decision_id", "day": "(d.decided_at AT TIME ZONE 'UTC')::date",
                    "part": "k.part", "grp": "d.reviewer_id"}  # fmt: skip
_CLAIMED: Final = """LEFT JOIN LATERAL (
    SELECT max(e.happened_at) AS at FROM case_event e
    WHERE e.case_id = k.case_id AND e.event IN ('claimed', 'taken_over') AND e.actor_id = d.reviewer_id
    AND e.happened_at <= d.decided_at
) c ON true"""

PEOPLE: Final = (
    Kpi(
        id="decisions",
        title="Decisions",
        group=_GROUP,
        unit=Unit.DECISIONS,
        shape=Shape.COUNT,
        better=Better.NEITHER,
        definition="Decisions that reviewers made, by person.",
        formula="Number of decisions in the period, of every kind; both of two releases count.",
        counts="every decision",
        misleads="Says how much was decided, not how hard it was: never a measure of a person by itself.",
        rows=select(_DECIDED, **_DECISION, hit="true"),
        own=("Reviewer", Names.ACCOUNT),
    ),
    Kpi(
        id="handling-time",
        title="Handling time",
        group=_GROUP,
        unit=Unit.MINUTES,
        shape=Shape.MEDIAN,
        better=Better.NEITHER,
        definition="Minutes from claiming a case until half of the decisions were made.",
        formula="Median of decision minus the decider's last claim of that case before it.",
        counts="decisions with a claim before them",
        among="decisions of the period; bulk decisions without a claim are left out",
        misleads="A case left open over lunch counts an hour; quick is not the same as good.",
        rows=select(
            f"{_DECIDED} {_CLAIMED} WHERE c.at IS NOT NULL",
            **_DECISION,
            hit="true",
            value="extract(epoch FROM d.decided_at - c.at) / 60",
        ),
        own=("Reviewer", Names.ACCOUNT),
    ),
    Kpi(
        id="reopened-share",
        title="Reopened",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.DOWN,
        definition="Share of decided invoices that needed a person again.",
        formula="Decided cases whose invoice had another case opened afterwards ÷ cases decided in the period.",
        counts="decided cases after which a case of the same invoice was opened",
        among="cases decided in the period; cancelled ones left out",
        misleads="A new fact after the decision reopens an invoice without any fault of the reviewer.",
        rows=select(
            f"{CASES} WHERE k.state = 'decided' AND k.closed_at IS NOT NULL",
            **CASE,
            day="k.until",
            part="k.part",
            grp="k.route",
            hit="EXISTS (SELECT FROM board_case o WHERE o.invoice_id = "
            "k.invoice_id AND o.case_id <> k.case_id AND o.opened_at >= k.closed_at)",
        ),
        own=("Route", Names.ROUTE),
    ),
    Kpi(
        id="second-look-agreement",
        title="Second looks that agree",
        group=_GROUP,
        unit=Unit.SHARE,
        shape=Shape.SHARE,
        better=Better.UP,
        definition="Share of blind second reviews that came to the first reviewer's decision.",
        formula="Second looks with the same action ÷ second looks given, by the day of the second look.",
        counts="second looks whose action is the first decision's",
        among="second looks given in the period; those still waited for are left out",
        misleads="Two people can agree and both be wrong; agreement by chance alone is not taken off.",
        rows=select(
            f"{CASES} JOIN second_look_v1 l ON l.case_id = k.case_id AND l.looked_at < %(as_of)s",
            **{**CASE, "row_id": "l.look_id"},
            day="(l.looked_at AT TIME ZONE 'UTC')::date",
            part="k.part",
            grp="l.first_reviewer",
            hit="l.agrees",
        ),
        own=("First reviewer", Names.ACCOUNT),
    ),
)
