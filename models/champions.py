"""The champions on this machine's disk: which artifact speaks for each risk, reloaded when the pointer changes."""

import os
import threading
import time
from pathlib import Path
from typing import Any

import orjson

from models.artifact import ArtifactError, read_artifact
from models.scorer import Scorer

POINTER = "champions.json"
LOOK_EVERY_SECONDS = 2.0


def write_pointer(cache: Path, champions: dict[str, dict[str, Any]]) -> None:
    """Say which folder (relative to ``cache``) and version speaks for each risk; replaced in one step."""
    cache.mkdir(parents=True, exist_ok=True)
    temporary = cache / f".{POINTER}.{os.getpid()}"
    temporary.write_bytes(orjson.dumps(champions, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    temporary.replace(cache / POINTER)


class Champions:
    """The scorer built from the cached champions.

    A new pointer is taken up within seconds without a restart; when its models cannot be loaded, the last good ones
    keep serving and ``problem`` says why.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._looked_at = -LOOK_EVERY_SECONDS
        self._scorer: Scorer | None = None
        self._described: list[dict[str, Any]] = []
        self.problem: str | None = "no champions have been fetched yet"

    def current(self) -> Scorer | None:
        """The scorer to use now; ``None`` before any champion could be loaded."""
        if time.monotonic() - self._looked_at >= LOOK_EVERY_SECONDS and self._lock.acquire(blocking=False):
            try:
                self._looked_at = time.monotonic()
                self._reload()
            finally:
                self._lock.release()
        return self._scorer

    def describe(self) -> list[dict[str, Any]]:
        """One document per champion: risk, version, digest, facts."""
        self.current()
        return self._described

    def _reload(self) -> None:
        try:
            changed = (self._cache / POINTER).stat().st_mtime_ns
            if changed == self._seen:
                return
            champions = orjson.loads((self._cache / POINTER).read_bytes())
            artifacts = {risk: read_artifact(self._cache / entry["folder"]) for risk, entry in champions.items()}
            scorer = Scorer(artifacts)
        except FileNotFoundError:
            return
        except (OSError, orjson.JSONDecodeError, ArtifactError) as error:
            self.problem = str(error)
            return
        except (AttributeError, KeyError, TypeError) as error:
            self.problem = f"{POINTER} does not name a folder for each risk: {error!r}"
            return
        self._described = [
            {"risk": risk, **champions[risk], "digest": artifact.digest, "facts": artifact.facts}
            for risk, artifact in artifacts.items()
        ]
        self._scorer, self._seen, self.problem = scorer, changed, None
