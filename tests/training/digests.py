"""Trains on a small simulated firm and prints the digests, so that two processes can be compared."""

import sys
import tempfile
from pathlib import Path

import orjson

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import write_artifact
from tests.training.firm import CONFIG, dataset_of, simulated
from training.train import train


def digests(seed: int = 7) -> dict[str, str]:
    """Digest of the training set and of each artifact."""
    data = dataset_of(simulated(450, 14, 5).records)
    candidates = train(data, CONFIG.model_copy(update={"seed": seed})).candidates
    with tempfile.TemporaryDirectory() as folder:
        written = {
            risk: write_artifact(Path(folder), one.model, catalogue_digest=CATALOGUE_DIGEST, facts=one.facts).digest
            for risk, one in candidates.items()
        }
    return {"data": data.digest, **written}


if __name__ == "__main__":
    sys.stdout.buffer.write(orjson.dumps(digests()))
