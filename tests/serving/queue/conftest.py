"""The service's fixtures, and a queue of cases to work on, for this folder."""

import pytest
from sqlalchemy import Engine, text

from serving.scoring.runs import score_run
from serving.state import ServingState
from tests.serving.factories import NOW, clean, master, write
from tests.serving.kit import app, clearing, firm, log_in, machine, state

__all__ = ["app", "clearing", "firm", "log_in", "machine", "queue", "state"]


@pytest.fixture
def queue(state: ServingState, engine: Engine) -> dict[str, str]:
    """Three open cases, each of a clean invoice; invoice → case."""
    write(engine, [*master(), *(record for number in (1, 2, 3) for record in clean(number))])
    score_run(state, ["INV-1", "INV-2", "INV-3"], as_of=NOW)
    with engine.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(text("SELECT invoice_id, case_id FROM review_case")).all()}
