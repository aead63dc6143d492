"""How columns add up to a verdict, its sentence and its next steps."""

import orjson
import pytest

from monitoring.plan import GROUP_SHARES, Group, Method
from monitoring.verdict import NEXT_STEPS, Check, Status, Verdict, judge


def check(column: str, group: Group, *, drifted: bool, score: float | None = None) -> Check:
    known = score if score is not None else (0.5 if drifted else 0.1)
    return Check(column, group, Method.WASSERSTEIN, 0.25, known, drifted)


def group_of(group: Group, drifted: int, quiet: int) -> tuple[Check, ...]:
    return tuple(check(f"{group}{place}", group, drifted=place < drifted) for place in range(drifted + quiet))


@pytest.mark.parametrize(
    ("group", "drifted", "quiet", "status"),
    [
        (Group.DATA, 1, 3, Status.OK),
        (Group.DATA, 2, 3, Status.DRIFT),
        (Group.TEXT, 3, 7, Status.OK),
        (Group.TEXT, 4, 6, Status.DRIFT),
        (Group.PREDICTIONS, 0, 3, Status.OK),
        (Group.PREDICTIONS, 1, 2, Status.DRIFT),
    ],
)
def test_a_group_drifts_above_its_share(group: Group, drifted: int, quiet: int, status: Status) -> None:
    verdict = judge(group_of(group, drifted, quiet), rows=200, reference_rows=200)
    assert verdict.status is status
    assert len(verdict.drifted) == drifted


def test_every_group_has_a_share_an_owner_and_a_next_step() -> None:
    assert set(GROUP_SHARES) == set(NEXT_STEPS) == set(Group)
    verdict = judge(group_of(Group.DATA, 3, 0) + group_of(Group.TEXT, 3, 0), rows=200, reference_rows=200)
    assert verdict.next_steps() == [NEXT_STEPS[Group.DATA], NEXT_STEPS[Group.TEXT]]
    assert verdict.sentence() == "Recent scores have drifted: 100% of data, 100% of text."


def test_columns_are_listed_by_how_far_they_moved() -> None:
    checks = (check("a", Group.DATA, drifted=False), check("b", Group.DATA, drifted=True, score=9.0))
    assert [one.column for one in judge(checks, rows=200, reference_rows=200).checks] == ["b", "a"]


def test_columns_that_could_not_be_compared_do_not_count() -> None:
    unknown = Check("x", Group.PREDICTIONS, Method.WASSERSTEIN, 0.25, None, drifted=False)
    assert judge((unknown,), rows=200, reference_rows=200).share(Group.PREDICTIONS) == 0


def test_a_verdict_survives_json() -> None:
    verdict = judge(group_of(Group.DATA, 1, 1), rows=200, reference_rows=300)
    assert Verdict.from_dict(orjson.loads(orjson.dumps(verdict.to_dict()))) == verdict
