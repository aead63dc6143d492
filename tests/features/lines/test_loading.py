"""The widened slice judges one invoice as the whole ledger does."""

import numpy as np
from sqlalchemy import Connection

from features.history import load_history, load_slice
from features.lines.judge import judge
from features.lines.loading import with_line_history
from ledger.store import append
from tests.features.builders import make
from tests.features.lines.test_checks import LATER, bill, flat


def test_a_slice_judges_an_invoice_as_the_whole_ledger_does(connection: Connection) -> None:
    records = [one for day in range(1, 9) for one in bill(day, day, flat(1_000 + day), {"unit_rate": 90 + day})]
    records += [
        make("time_entry", known=day, time_entry_id=f"t{day}", project_id="q" if day < 4 else "p", hours=6 + day)
        for day in range(1, 9)
    ]
    append(connection, [*records, make("client"), make("project")])
    everything = load_history(connection)
    narrow = with_line_history(connection, load_slice(connection, ["i8"]), ["i8"])
    assert narrow.size("invoice_line") == everything.size("invoice_line")
    pairs = zip(*(judge(history, ["i8"], np.array([LATER])) for history in (narrow, everything)), strict=True)
    for one, whole in pairs:
        assert one.record_id == whole.record_id
        for name in ("score", "low", "own", "own_beyond", "parent", "parent_beyond"):
            np.testing.assert_array_equal(getattr(one, name), getattr(whole, name))


def test_a_replay_reads_no_line_that_its_snapshot_could_not_see(connection: Connection) -> None:
    append(connection, [*bill(1, 1, flat(1_000)), *bill(2, 2, flat(1_000)), make("client"), make("project")])
    before_anything, after_all = "1:1:", "4000000000:4000000000:"
    for snapshot, lines in ((before_anything, 0), (after_all, 2)):
        wide = with_line_history(
            connection, load_slice(connection, ["i2"], snapshot=snapshot), ["i2"], snapshot=snapshot
        )
        assert wide.size("invoice_line") == lines
