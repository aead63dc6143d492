"""The MLflow face of our models: code plus ``model.json``, so that any pyfunc user can load them without pickle."""

from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from mlflow.models import set_model
from mlflow.pyfunc.model import PythonModel

from models.artifact import Model, read_artifact
from models.delay import DelayModel
from models.dispute import DisputeModel
from models.hazards import EDGES


class TriageModel(PythonModel):
    """Feature frame in, risk frame out; the columns are named in the model's signature."""

    def load_context(self, context: Any) -> None:
        """Read ``model.json``."""
        self.model = read_artifact(Path(context.artifacts["model"])).model

    def predict(self, context: Any, model_input: pd.DataFrame, params: Any = None) -> pd.DataFrame:  # noqa: ARG002
        """Risks of feature rows (n, k), one row each."""
        return predict_frame(self.model, model_input)


def predict_frame(model: Model, frame: pd.DataFrame) -> pd.DataFrame:
    """The model's answers as a frame, indexed like the input."""
    X = frame[list(model.feature_names)].to_numpy(dtype=np.float64)
    if isinstance(model, DelayModel):
        names = [f"late_{edge:+.0f}d" for edge in EDGES]
        answers = pd.DataFrame(model.curve(X), columns=names, index=frame.index)
        return answers.assign(expected_days_late=model.expected_days_late(X))
    if isinstance(model, DisputeModel):
        causes = pd.DataFrame(model.causes.predict_proba(X), columns=model.causes.causes_, index=frame.index)
        return causes.add_prefix("cause_").assign(disputed=model.probability(X))
    return pd.DataFrame({"p_value": model.p_value(X)}, index=frame.index)


set_model(TriageModel())
