"""From a ledger to a training set: embed the notes that are new, load the history, build features and labels."""

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

from sqlalchemy import Engine, text

from features.history import load_history
from features.text import Encoder, embed_missing_notes
from ledger.settings import Settings
from training.config import TrainingConfig
from training.dataset import Dataset, build_dataset
from training.errors import TooFewOutcomesError

Step = Callable[[str], None]


def export_encoder(settings: Settings) -> Path:
    """Where the exported sentence encoder of this installation lies; exported first where it is missing.

    The export runs in a process of its own: torch takes seconds to import and half a gigabyte to keep.
    """
    folder = settings.encoder
    if not folder.exists():
        command = [sys.executable, "-m", "features.text_export", str(folder)]
        quiet = {**os.environ, "TQDM_DISABLE": "1"}  # the loader's own bars say nothing here
        subprocess.run(command, check=True, env=quiet)  # noqa: S603 - our module
    return folder


def prepare(settings: Settings, engine: Engine, config: TrainingConfig, *, step: Step) -> Dataset:
    """The dataset of everything the ledger knows by now.

    Raises ``TooFewOutcomesError`` for a ledger without invoices.
    """
    embed_notes(settings, engine, step=step)
    step("Reading the ledger")
    with engine.connect() as connection:
        if not connection.execute(text("SELECT EXISTS (SELECT FROM invoice)")).scalar_one():
            raise TooFewOutcomesError("the ledger holds no invoice: `triage import` or `triage simulate` first")
        history = load_history(connection)
    step("Building features as they were known at each scoring moment")
    return build_dataset(history, dispute_window_days=config.dispute_window_days)


def embed_notes(settings: Settings, engine: Engine, *, step: Step) -> int:
    """Embed notes that have no embedding yet; the encoder is exported once per installation."""
    with engine.connect() as connection:
        if not connection.execute(text("SELECT EXISTS (SELECT FROM note)")).scalar_one():
            return 0
    step("Exporting the sentence encoder (once)")
    folder = export_encoder(settings)
    step("Embedding new notes")
    encoder = Encoder.load(folder, workers=2)
    with engine.begin() as connection:
        return embed_missing_notes(connection, encoder)
