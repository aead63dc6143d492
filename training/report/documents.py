"""The papers of a candidate: its evaluation report and its model card, made from the same facts."""

import tempfile
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact, write_artifact
from training.candidate import Candidate
from training.config import TrainingConfig
from training.dataset import Dataset
from training.model_card import model_card
from training.report.contents import Question, contents_of
from training.report.render import render

REPORT, CARD = "report.html", "model_card.md"


def documents(
    dataset: Dataset,
    candidate: Candidate,
    config: TrainingConfig,
    *,
    champion: Artifact | None = None,
    rivals: bool = False,
) -> dict[str, str]:
    """File name → text; the same data, candidate and settings give the same characters.

    Args:
        dataset: which the candidate was trained on.
        candidate: to be judged.
        config: settings of its training.
        champion: the reigning model, compared on the same rows where it knows the same features.
        rivals: fit plain rivals too; that takes about as long as training.
    """
    contents = contents_of(Question(dataset, candidate, config, _digest(candidate), champion, rivals))
    return {REPORT: render(contents), CARD: model_card(contents)}


def documented(
    dataset: Dataset, candidates: Mapping[str, Candidate], config: TrainingConfig, *, champions: Mapping[str, Artifact]
) -> dict[str, Candidate]:
    """The candidates with their papers, which are registered with them; plain rivals are left out for speed."""
    return {
        risk: replace(one, documents=documents(dataset, one, config, champion=champions.get(risk)))
        for risk, one in candidates.items()
    }


def _digest(candidate: Candidate) -> str:
    with tempfile.TemporaryDirectory() as folder:
        written = write_artifact(
            Path(folder), candidate.model, catalogue_digest=CATALOGUE_DIGEST, facts=candidate.facts
        )
    return written.digest
