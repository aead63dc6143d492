"""Every metric is on the page, and nothing on the page is made up."""

import re
from pathlib import Path

from sqlalchemy import Connection

from serving.observe.metrics import exposition

PAGE = (Path(__file__).parents[2] / "docs" / "observability.md").read_text(encoding="utf-8")
WORD = re.compile(r"`(triage_[a-z_]+)`")


def exposed(connection: Connection) -> set[str]:
    """Names of the metrics as they are asked for: counters with their ending."""
    page = exposition(connection).decode()
    kinds = dict(re.findall(r"# TYPE (\S+) (\S+)", page))
    return {name for name in kinds if not name.endswith("_created")}


def test_the_page_names_every_metric_and_no_other(connection: Connection) -> None:
    assert set(WORD.findall(PAGE)) == exposed(connection)
