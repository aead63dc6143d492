"""MLflow in one place: runs are logged, versions registered, aliases moved and champions fetched here and only here."""

import contextlib
import io
import logging
import os
import tempfile
from dataclasses import dataclass
from importlib.metadata import version as installed
from pathlib import Path
from typing import Any

import mlflow
import pandas as pd
from mlflow.exceptions import MlflowException
from mlflow.models import infer_signature
from mlflow.tracking import MlflowClient

from features.catalogue import CATALOGUE_DIGEST
from ledger.settings import Settings
from models.artifact import FILE_NAME, MODELS, Artifact, read_artifact, write_artifact
from models.champions import write_pointer
from models.reference import REFERENCE_FILE, headline, write_reference
from training.candidate import Candidate
from training.evaluation import Figure
from training.plots import lift, reliability
from training.pyfunc_model import predict_frame

CHAMPION, CHALLENGER = "champion", "challenger"
DOCUMENTS = "report"
REQUIREMENTS = ("lightgbm", "numpy", "pandas", "scikit-learn", "scipy", "orjson")


@dataclass(frozen=True)
class Registered:
    """One registered version."""

    risk: str
    name: str
    version: str
    digest: str


class Registry:
    """A firm's experiment and registered models on one MLflow server."""

    def __init__(self, settings: Settings) -> None:
        # Models are JSON and code; MLflow's own loader must not be talked into unpickling either.
        os.environ.setdefault("MLFLOW_ALLOW_PICKLE_DESERIALIZATION", "false")
        os.environ.setdefault("MLFLOW_ENABLE_ARTIFACTS_PROGRESS_BAR", "false")
        logging.getLogger("mlflow").setLevel(logging.ERROR)
        logging.getLogger("alembic").setLevel(logging.ERROR)
        if settings.mlflow_tracking_uri is None:
            (settings.home / "mlflow").mkdir(parents=True, exist_ok=True)
        mlflow.set_tracking_uri(settings.tracking_uri)
        mlflow.set_registry_uri(settings.tracking_uri)
        self._settings = settings
        self._client = MlflowClient(settings.tracking_uri)
        self._experiment = f"triage-{settings.firm}"
        if self._client.get_experiment_by_name(self._experiment) is None:
            local = settings.mlflow_tracking_uri is None
            place = (settings.home / "mlflow" / "artifacts" / settings.firm).resolve().as_uri() if local else None
            self._client.create_experiment(self._experiment, artifact_location=place)

    def name_of(self, risk: str) -> str:
        """Registered name of a risk's model for this firm."""
        return f"{self._settings.firm}-{MODELS[risk].registered_as}"

    def register(self, risk: str, candidate: Candidate, example: pd.DataFrame) -> Registered:
        """Log a run with parameters, metrics, plots, papers and the model; register the version as challenger.

        Args:
            risk: which of the three.
            candidate: the trained model and its figures.
            example: a few feature rows, for the signature and the input example.
        """
        mlflow.set_experiment(self._experiment)
        with (
            mlflow.start_run(run_name=f"{risk} {candidate.facts['trained_until']}"),
            tempfile.TemporaryDirectory() as t,
        ):
            folder = Path(t)
            artifact = write_artifact(
                folder / "model", candidate.model, catalogue_digest=CATALOGUE_DIGEST, facts=candidate.facts
            )
            predictions = {risk: headline(candidate.model, candidate.reference.values)}
            write_reference(folder / "model", candidate.reference, predictions)
            _log_figures(candidate)
            _log_plots(candidate, folder)
            for name, text in candidate.documents.items():
                mlflow.log_text(text, f"{DOCUMENTS}/{name}")
            # MLflow announces each version on standard error, past its own logger.
            with contextlib.redirect_stderr(io.StringIO()):
                info = self._log_model(risk, candidate, folder, example)
        version = str(info.registered_model_version)
        self._client.set_registered_model_alias(self.name_of(risk), CHALLENGER, version)
        self._client.set_model_version_tag(self.name_of(risk), version, "digest", artifact.digest)
        return Registered(risk, self.name_of(risk), version, artifact.digest)

    def _log_model(self, risk: str, candidate: Candidate, folder: Path, example: pd.DataFrame) -> Any:
        return mlflow.pyfunc.log_model(
            name="model",
            python_model=str(Path(__file__).with_name("pyfunc_model.py")),
            artifacts={"model": str(folder / "model")},
            signature=infer_signature(example, predict_frame(candidate.model, example)),
            input_example=example,
            pip_requirements=[f"{name}=={installed(name)}" for name in REQUIREMENTS],
            registered_model_name=self.name_of(risk),
        )

    def version_at(self, risk: str, alias: str) -> str | None:
        """The version an alias points at, if any."""
        try:
            return str(self._client.get_model_version_by_alias(self.name_of(risk), alias).version)
        except MlflowException:
            return None

    def holds(self, risk: str, version: str) -> bool:
        """Whether there is such a version."""
        try:
            self._client.get_model_version(self.name_of(risk), version)
        except MlflowException:
            return False
        return True

    def load(self, risk: str, version: str) -> Artifact:
        """Download a version into the local cache (once) and read it."""
        return read_artifact(self._folder(risk, version))

    def document(self, risk: str, version: str, name: str) -> str | None:
        """The text of one of a version's papers; ``None`` where it was registered without."""
        run = str(self._client.get_model_version(self.name_of(risk), version).run_id)
        if not any(item.path == f"{DOCUMENTS}/{name}" for item in self._client.list_artifacts(run, DOCUMENTS)):
            return None
        return str(mlflow.artifacts.load_text(f"runs:/{run}/{DOCUMENTS}/{name}"))

    def move_champion(self, risk: str, version: str) -> None:
        """Point the alias at a version; called by promotion and rollback only."""
        self._client.set_registered_model_alias(self.name_of(risk), CHAMPION, version)

    def publish(self) -> dict[str, str]:
        """Bring the champions into this machine's cache, where the service finds them; risk → version."""
        found = {risk: self.version_at(risk, CHAMPION) for risk in MODELS}
        present = {risk: version for risk, version in found.items() if version is not None}
        cache = self._settings.model_cache
        pointer = {
            risk: {
                "name": self.name_of(risk),
                "version": version,
                "folder": str(self._folder(risk, version).relative_to(cache)),
            }
            for risk, version in present.items()
        }
        write_pointer(cache, pointer)
        return present

    def _folder(self, risk: str, version: str) -> Path:
        folder = self._settings.model_cache / risk / version
        if not (folder / FILE_NAME).exists():
            folder.parent.mkdir(parents=True, exist_ok=True)
            with tempfile.TemporaryDirectory(dir=folder.parent) as t:
                place = mlflow.artifacts.download_artifacts(f"models:/{self.name_of(risk)}/{version}", dst_path=t)
                folder.mkdir(exist_ok=True)
                # The model comes last: a folder that has it is complete.
                for name in (REFERENCE_FILE, FILE_NAME):
                    for found in Path(place).rglob(name):
                        found.replace(folder / name)
        return folder


def _log_figures(candidate: Candidate) -> None:
    facts: dict[str, Any] = candidate.facts
    mlflow.log_params({f"config.{name}": value for name, value in facts["config"].items()})
    mlflow.log_params(
        {name: facts[name] for name in ("dataset_digest", "trained_from", "trained_until", "tested_until")}
    )
    for prefix, chosen in (("", candidate.figures), ("champion.", candidate.champion_figures)):
        for figure in chosen:
            mlflow.log_metrics(_metrics(prefix, figure))


def _metrics(prefix: str, figure: Figure) -> dict[str, float]:
    stem = f"{prefix}{figure.task}.{figure.metric}".replace(">", "_over_").replace(" ", "_")
    sides = {"": figure.model, ".baseline": figure.baseline}
    return {
        f"{stem}{side}{end}": getattr(measured, field)
        for side, measured in sides.items()
        for end, field in (("", "value"), (".low", "low"), (".high", "high"))
    }


def _log_plots(candidate: Candidate, folder: Path) -> None:
    for test in candidate.tests:
        if test.testable():
            stem = test.task.replace(">", "_over_").replace(" ", "_")
            for draw in (lift,) if test.ranks_only else (reliability, lift):
                path = folder / f"{stem}_{draw.__name__}.svg"
                draw(test, path)
                mlflow.log_artifact(str(path), "plots")
