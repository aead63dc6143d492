"""The champions on this machine's disk: which artifact speaks for each risk, reloaded when the pointer changes."""

import hashlib
import os
import threading
import time
from collections import OrderedDict
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import orjson

from models.artifact import FILE_NAME, Artifact, ArtifactError, read_artifact
from models.scorer import Scorer, check_catalogue

POINTER = "champions.json"
KEPT_SCORERS = 4
LOOK_EVERY_SECONDS = 2.0


class MissingArtifactError(Exception):
    """A model that is not on this machine's disk; ``digest`` names it."""

    def __init__(self, risk: str, digest: str) -> None:
        super().__init__(f"the {risk} model {digest} is not on this machine")
        self.digest = digest


def write_pointer(cache: Path, champions: dict[str, dict[str, Any]]) -> None:
    """Say which folder (relative to ``cache``) and version speaks for each risk; replaced in one step."""
    cache.mkdir(parents=True, exist_ok=True)
    temporary = cache / f".{POINTER}.{os.getpid()}"
    temporary.write_bytes(orjson.dumps(champions, option=orjson.OPT_INDENT_2 | orjson.OPT_SORT_KEYS))
    temporary.replace(cache / POINTER)


class Champions:
    """The scorer built from the cached champions.

    A new pointer is taken up within seconds without a restart; a model that cannot be loaded leaves its risk to the
    last good one, or unavailable where there is none, and no other.

    Attributes:
        problems: risk → why its champion could not be loaded.
        problem: the same in one line; ``None`` when all is well.
    """

    def __init__(self, cache: Path) -> None:
        self._cache = cache
        self._lock = threading.Lock()
        self._seen: int | None = None
        self._looked_at = -LOOK_EVERY_SECONDS
        self._scorer: Scorer | None = None
        self._described: list[dict[str, Any]] = []
        self._earlier: OrderedDict[tuple[tuple[str, str], ...], Scorer] = OrderedDict()
        self._places: dict[str, Path] = {}
        self._loaded: dict[str, Artifact] = {}
        self.problems: dict[str, str] = {}
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

    def by_digests(self, digests: Mapping[str, str]) -> Scorer:
        """The scorer of earlier champions (risk → digest), for replays; the last few stay loaded.

        Every version that was ever fetched keeps its folder. Raises ``MissingArtifactError`` for one that is not there,
        and ``ArtifactError`` for one that cannot be used any more.
        """
        key = tuple(sorted(digests.items()))
        with self._lock:
            if key not in self._earlier:
                self._earlier[key] = Scorer({risk: read_artifact(self._place(risk, digest)) for risk, digest in key})
            self._earlier.move_to_end(key)
            while len(self._earlier) > KEPT_SCORERS:
                self._earlier.popitem(last=False)
            return self._earlier[key]

    def _place(self, risk: str, digest: str) -> Path:
        if not (self._places.get(digest, Path()) / FILE_NAME).is_file():
            found = self._cache.glob(f"{risk}/*/{FILE_NAME}")
            self._places.update({hashlib.sha256(file.read_bytes()).hexdigest(): file.parent for file in found})
        if digest not in self._places:
            raise MissingArtifactError(risk, digest)
        return self._places[digest]

    def describe(self) -> list[dict[str, Any]]:
        """One document per champion: risk, version, digest, facts."""
        self.current()
        return self._described

    def _reload(self) -> None:
        """Take up a new pointer; a champion that cannot be loaded leaves its risk to the last good one, if any."""
        try:
            changed = (self._cache / POINTER).stat().st_mtime_ns
            if changed == self._seen:
                return
            champions = orjson.loads((self._cache / POINTER).read_bytes())
            folders = {str(risk): str(entry["folder"]) for risk, entry in champions.items()}
        except FileNotFoundError:
            return
        except (OSError, orjson.JSONDecodeError, AttributeError, KeyError, TypeError) as error:
            self.problem = f"{POINTER} does not name a folder for each risk: {error!r}"
            return
        problems = {risk: problem for risk, folder in folders.items() if (problem := self._load(risk, folder))}
        self._take_up(champions, folders, problems)
        # What could not be loaded is tried again at the next look: a full disk or a half-copied folder may heal.
        self._seen = None if problems else changed

    def _load(self, risk: str, folder: str) -> str | None:
        """Have a champion's artifact in ``_loaded``; what stands in the way."""
        if folder in self._loaded:
            return None
        try:
            artifact = read_artifact(self._cache / folder)
            check_catalogue(risk, artifact)
        except (OSError, ArtifactError) as error:
            return str(error)
        self._loaded[folder] = artifact
        return None

    def _take_up(self, champions: dict[str, Any], folders: dict[str, str], problems: dict[str, str]) -> None:
        last = {} if self._scorer is None else dict(self._scorer.artifacts)
        artifacts = {
            risk: self._loaded[folder] if risk not in problems else last[risk]
            for risk, folder in folders.items()
            if risk not in problems or risk in last
        }
        self._loaded = {folder: self._loaded[folder] for folder in folders.values() if folder in self._loaded}
        self.problems = problems
        self.problem = "; ".join(f"{risk}: {problem}" for risk, problem in problems.items()) or None
        if artifacts:
            kept = {entry["risk"]: entry for entry in self._described}
            self._described = [
                kept[risk] if risk in problems else _described(risk, champions[risk], artifact)
                for risk, artifact in artifacts.items()
            ]
            if {risk: id(artifact) for risk, artifact in artifacts.items()} != {r: id(a) for r, a in last.items()}:
                self._scorer = Scorer(artifacts)


def _described(risk: str, entry: dict[str, Any], artifact: Artifact) -> dict[str, Any]:
    return {"risk": risk, **entry, "digest": artifact.digest, "facts": artifact.facts}
