"""What a worker does by the clock: embed new notes, keep scores ready, watch a set in shadow, forget old answers."""

from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import Final

from features.text import Encoder, embed_missing_notes, missing_notes
from serving.controls.shadow import catch_up
from serving.idempotency import forget_old
from serving.queue.assigning import assign_open
from serving.queue.escalating import escalate_overdue
from serving.scoring.prepared import prepare_remedies
from serving.scoring.readiness import Readiness
from serving.similar.repository import learn
from serving.sql import only
from serving.state import ServingState

# How long an answer is repeated for its Idempotency-Key.
KEYS_KEPT: Final = timedelta(days=7)
READY: Final = "upkeep.ready"
NOTES: Final = "upkeep.notes"
SHADOW: Final = "upkeep.shadow"
BRIEF: Final = "upkeep.brief"
FORGET: Final = "upkeep.forget"
ASSIGN: Final = "upkeep.assign"
ESCALATE: Final = "upkeep.escalate"
FOLLOW: Final = "upkeep.follow"
LEARN: Final = "upkeep.learn"
CHASE: Final = "upkeep.chase"
BULK: Final = "upkeep.bulk"
EXPLAIN: Final = "upkeep.explain"


class ReadyKeeper:
    """Brings what is ready up to date; when all is, works out what would clear those that need a person."""

    def __init__(self) -> None:
        self._readiness = Readiness()

    def __call__(self, state: ServingState) -> int:
        """Work for a while; on how many invoices."""
        return self._readiness(state) or prepare_remedies(state)


def watch_shadow(state: ServingState) -> int:
    """Compare live scores with the set in shadow, if there is one; how many."""
    with state.engine.begin() as connection:
        return catch_up(connection)


def learn_likeness(state: ServingState) -> int:
    """Keep what newly decided cases were like, for whoever looks at a similar one; how many."""
    with state.engine.begin() as connection:
        return learn(connection)


def forget_answers(state: ServingState) -> int:
    """Drop answers kept for keys that nobody will send again; how many."""
    with state.engine.begin() as connection:
        return forget_old(connection, state.clock() - KEYS_KEPT)


def assign_cases(state: ServingState) -> int:
    """Give open cases to the members of teams that want it; how many."""
    with state.engine.begin() as connection:
        return assign_open(connection)


def escalate_cases(state: ServingState) -> int:
    """Raise what became overdue; how many cases."""
    with state.engine.begin() as connection:
        return escalate_overdue(connection, state)


class NoteEmbedder:
    """Embeds notes as they come in; the encoder is loaded when the first one does.

    Args:
        folder: where training exported the encoder; before there is one, notes wait for it.
    """

    def __init__(self, folder: Path, load: Callable[[Path], Encoder] = Encoder.load) -> None:
        self._folder = folder
        self._load = load
        self._encoder: Encoder | None = None
        self._since: str | None = None

    def __call__(self, state: ServingState) -> int:
        """Embed what came since the last call; how many texts."""
        if not self._folder.is_dir():
            return 0
        with state.engine.begin() as connection:
            seen = str(only(connection, "SELECT pg_current_snapshot()::text AS snapshot")["snapshot"])
            count = 0
            if missing_notes(connection, since=self._since):
                self._encoder = self._encoder or self._load(self._folder)
                count = embed_missing_notes(connection, self._encoder, since=self._since)
        self._since = seen
        return count


class Upkeep:
    """What a worker process remembers from one round to the next.

    Args:
        encoder: folder of the exported sentence encoder.
    """

    def __init__(self, encoder: Path) -> None:
        self.embed = NoteEmbedder(encoder)
        self.keep_ready = ReadyKeeper()
