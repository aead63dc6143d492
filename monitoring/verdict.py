"""What a monitoring run says: per column the distance and its limit, per group the share, and who does what next."""

from dataclasses import asdict, dataclass
from enum import StrEnum
from typing import Any

from monitoring.plan import GROUP_SHARES, Group, Method


class Status(StrEnum):
    """The verdict in one word."""

    OK = "ok"
    DRIFT = "drift"
    TOO_FEW_ROWS = "too_few_rows"


# group → (who answers for it, what to do next).
NEXT_STEPS = {
    Group.DATA: (
        "finance operations, owner of the source systems",
        "look at the columns that moved: repair a changed export or mapping; `triage retrain` if the business changed",
    ),
    Group.PREDICTIONS: (
        "owner of the models",
        "compare recent outcomes with the predictions (`triage evaluate`), then `triage retrain` and `triage promote`",
    ),
    Group.TEXT: (
        "owner of the models",
        "read a sample of recent notes: another language, template or topic is a reason to retrain",
    ),
}
_TOO_FEW = ("owner of the service", "score more invoices (`triage score`) or look at a longer window (`--days`)")
_NOTHING = ("nobody", "nothing to do; look again after the next billing run")


@dataclass(frozen=True)
class Check:
    """One column's comparison.

    Attributes:
        column, group, method, threshold: as planned.
        score: distance between the two samples; ``None`` when one of them has too few values to compare.
        drifted: the distance is larger than the threshold.
    """

    column: str
    group: Group
    method: Method
    threshold: float
    score: float | None
    drifted: bool


@dataclass(frozen=True)
class Verdict:
    """The whole comparison.

    Attributes:
        status: in one word.
        rows: recent rows compared.
        reference_rows: rows they were compared with.
        checks: one per planned column, the largest excess first.
    """

    status: Status
    rows: int
    reference_rows: int
    checks: tuple[Check, ...] = ()

    @property
    def drifted(self) -> tuple[Check, ...]:
        """The columns that drifted."""
        return tuple(check for check in self.checks if check.drifted)

    def share(self, group: Group) -> float:
        """Drifted share of a group's compared columns, in [0, 1]."""
        compared = [check for check in self.checks if check.group is group and check.score is not None]
        return sum(check.drifted for check in compared) / len(compared) if compared else 0.0

    def drifted_groups(self) -> tuple[Group, ...]:
        """The groups of which more columns drifted than may."""
        return tuple(group for group in Group if self.share(group) > GROUP_SHARES[group])

    def next_steps(self) -> list[tuple[str, str]]:
        """Who does what now."""
        if self.status is Status.TOO_FEW_ROWS:
            return [_TOO_FEW]
        return [NEXT_STEPS[group] for group in self.drifted_groups()] or [_NOTHING]

    def sentence(self) -> str:
        """The verdict for people."""
        if self.status is Status.TOO_FEW_ROWS:
            return f"Too few rows to say: {self.rows} recent, {self.reference_rows} in the reference."
        if self.status is Status.OK:
            return f"Recent scores look like the reference: {len(self.drifted)} of {len(self.checks)} columns moved."
        parts = ", ".join(f"{self.share(group):.0%} of {group}" for group in self.drifted_groups())
        return f"Recent scores have drifted: {parts}."

    def to_dict(self) -> dict[str, Any]:
        """Plain values for JSON."""
        return asdict(self)

    @classmethod
    def from_dict(cls, content: dict[str, Any]) -> "Verdict":
        """What ``to_dict`` gave."""
        checks = tuple(
            Check(**{**check, "group": Group(check["group"]), "method": Method(check["method"])})
            for check in content["checks"]
        )
        return cls(Status(content["status"]), content["rows"], content["reference_rows"], checks)


def judge(checks: tuple[Check, ...], *, rows: int, reference_rows: int) -> Verdict:
    """The verdict that these checks add up to."""
    ordered = tuple(sorted(checks, key=lambda check: (-(check.score or 0.0) / check.threshold, check.column)))
    verdict = Verdict(Status.OK, rows, reference_rows, ordered)
    return Verdict(Status.DRIFT, rows, reference_rows, ordered) if verdict.drifted_groups() else verdict
