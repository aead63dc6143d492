"""Models that have something to say about one draft: what would clear it, and which of its lines is odd."""

from dataclasses import replace
from typing import Any

import numpy as np

from models.findings import FirmScores
from models.scorer import Scorer
from tests.features.builders import day
from tests.models.fearful import scorer
from tests.models.levers.draft import AT

AS_OF = day(AT)
# The draft of ``tests.models.levers.draft`` lacks its purchase order, and its line does not add up.
WITHOUT_ORDER: dict[str, Any] = {"invoice": {"po_number": None}, "invoice_line": {"amount": 900}}


def watchful(*worries: str, threshold: float | None = 0.2) -> Scorer:
    """Models that fear the worries, with a firm in which lines always add up."""
    made = scorer(*worries, threshold=threshold)
    anomaly: Any = made.artifacts["anomaly"]
    model = replace(anomaly.model, firm=FirmScores.of({"arithmetic": np.zeros(200)}))
    return Scorer({**made.artifacts, "anomaly": replace(anomaly, model=model)})


class Broken(Scorer):
    """Models that fail whenever they are asked."""

    def assess(self, *_: Any, **__: Any) -> Any:
        """Never an answer."""
        raise RuntimeError("no answer")
