"""In which order people look: the cash that a look at the case is expected to protect.

    value = p(late) x amount x daily cost of delay x days to period close
          + p(dispute) x amount x write-off share
          - cost of a review

Amounts are in the group currency. The parts are stored beside the value, so that the page can show the sum.
"""

import calendar
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from models.assessment import Assessment
from serving.policy import Policy
from serving.routing import Route


@dataclass(frozen=True)
class Priority:
    """The expected cash of one case and how it came about.

    Attributes:
        value: group currency.
        p_late, p_dispute: probabilities used, in [0, 1].
        amount: absolute amount, group currency (the invoice's own when no exchange rate was known).
        days_to_close: days until the month ends, at least 1.
        delay_value, dispute_value, review_cost: the three terms, group currency.
        assumed: which probabilities are the policy's assumptions because no model spoke.
    """

    value: float
    p_late: float
    p_dispute: float
    amount: float
    days_to_close: int
    delay_value: float
    dispute_value: float
    review_cost: float
    assumed: tuple[str, ...]

    def parts(self) -> dict[str, Any]:
        """Everything, as a JSON document."""
        return asdict(self) | {"assumed": list(self.assumed)}


def prioritise(assessment: Assessment, amount: Decimal, *, policy: Policy, now: datetime) -> Priority:
    """The expected-cash formula for one invoice."""
    terms = policy.priority
    late, dispute = assessment.delay.probability_late, assessment.dispute.probability
    p_late = terms.unknown_delay if late is None else late
    p_dispute = terms.unknown_dispute if dispute is None else dispute
    money, days = float(abs(amount)), days_to_close(now)
    delay_value = p_late * money * terms.daily_cost_of_delay * days
    dispute_value = p_dispute * money * terms.write_off_share
    cost = float(terms.review_cost)
    return Priority(
        value=round(delay_value + dispute_value - cost, 2),
        p_late=p_late,
        p_dispute=p_dispute,
        amount=money,
        days_to_close=days,
        delay_value=round(delay_value, 2),
        dispute_value=round(dispute_value, 2),
        review_cost=cost,
        assumed=tuple(name for name, given in (("p_late", late), ("p_dispute", dispute)) if given is None),
    )


def days_to_close(now: datetime) -> int:
    """Days until the month's books close, counting today."""
    return calendar.monthrange(now.year, now.month)[1] - now.day + 1


def due_at(route: Route, *, policy: Policy, now: datetime) -> datetime:
    """When a case of this route should be decided."""
    hours: dict[Route, float] = {
        Route.SENIOR_REVIEW: policy.service_levels.senior_review,
        Route.HOLD: policy.service_levels.hold,
    }
    return now + timedelta(hours=hours.get(route, policy.service_levels.review))
