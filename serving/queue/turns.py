"""In which order a person is given cases, and sees them: the same four turns for "take next" and for the list.

First what is assigned to this person, then what is overdue, then the rest; last what the person skipped within a day.
Within a turn the most expected cash comes first.
"""

from typing import Final

# Of a ``review_case`` called ``c``; ``account`` is who asks, ``moment`` decides what is overdue.
_SKIPPED: Final = """c.case_id = ANY(ARRAY(SELECT s.case_id FROM case_skip s WHERE s.account_id = %(account)s
    AND s.skipped_at > clock_timestamp() - interval '1 day'))"""
_MINE: Final = "(c.assigned_to IS NOT NULL AND c.assigned_to = %(account)s)"
_OVERDUE: Final = "c.due_at <= coalesce(%(moment)s, clock_timestamp())"
TURNS: Final = (
    f"{_MINE} AND NOT {_SKIPPED}",
    f"NOT {_MINE} AND {_OVERDUE} AND NOT {_SKIPPED}",
    f"NOT {_MINE} AND NOT {_OVERDUE} AND NOT {_SKIPPED}",
    _SKIPPED,
)
# The same as a number, for a list that is read in one pass.
TURN: Final = f"CASE WHEN {_SKIPPED} THEN 3 WHEN {_MINE} THEN 0 WHEN {_OVERDUE} THEN 1 ELSE 2 END"
# Asleep cases come back when their time is over; nobody else looks at that clock.
AWAKE: Final = "(c.snoozed_until IS NULL OR c.snoozed_until <= clock_timestamp())"
# An assigned case is its person's until it is overdue; then anybody may take it who sees it.
OFFERED: Final = "(c.assigned_to IS NULL OR c.assigned_to = %(account)s OR c.due_at <= clock_timestamp())"
