"""What a worker does by the clock: embed new notes, keep scores ready, watch a set in shadow, forget old answers."""

from collections.abc import Callable, Mapping, Sequence
from datetime import timedelta
from functools import partial
from pathlib import Path
from typing import Final

from sqlalchemy import Connection

from features.recordset import text_digest
from features.text import BLOCK_TEXTS, Encoder, embed_texts, missing_notes, note_texts
from serving.callbacks.outbox import opened, tell_of_opened
from serving.controls.shadow import catch_up, unseen
from serving.idempotency import forget_old
from serving.queue.escalating import escalate_overdue, overdue
from serving.scoring.prepared import prepare_remedies
from serving.scoring.readiness import Readiness
from serving.similar.repository import learn, unlearnt
from serving.sql import only
from serving.state import ServingState
from serving.tasks import set_aside
from serving.tasks.set_aside import Item, Sweep
from serving.tasks.sweep import sweep_over

# How long an answer is repeated for its Idempotency-Key: longer than workflows park (docs/workflows: 30 days).
KEYS_KEPT: Final = timedelta(days=35)
MOST_OPENED: Final = 500
READY: Final = "upkeep.ready"
NOTES: Final = "upkeep.notes"
SHADOW: Final = "upkeep.shadow"
BRIEF: Final = "upkeep.brief"
FORGET: Final = "upkeep.forget"
ASSIGN: Final = "upkeep.assign"
ESCALATE: Final = "upkeep.escalate"
LEND: Final = "upkeep.lend"
REFRESH: Final = "upkeep.refresh"
FOLLOW: Final = "upkeep.follow"
LEARN: Final = "upkeep.learn"
CHASE: Final = "upkeep.chase"
OPENED: Final = "upkeep.opened"
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

    def work(connection: Connection, keys: list[str]) -> int:
        return catch_up(connection, scores=keys)

    with state.engine.begin() as connection:
        watched = unseen(connection)
    found = [] if watched is None else [score["score_id"] for score in watched.scores]
    return _swept(state, Sweep.SHADOW, found, work)


def learn_likeness(state: ServingState) -> int:
    """Keep what newly decided cases were like, for whoever looks at a similar one; how many."""

    def work(connection: Connection, keys: list[str]) -> int:
        return learn(connection, cases=keys)

    with state.engine.begin() as connection:
        found = unlearnt(connection)
    return _swept(state, Sweep.LIKENESS, found, work)


def announce_opened(state: ServingState) -> int:
    """Write the messages of newly opened cases for standing subscriptions; how many cases."""
    with state.engine.begin() as connection:
        found = opened(connection, limit=MOST_OPENED)
    return _swept(state, Sweep.OPENED, found, tell_of_opened)


def forget_answers(state: ServingState) -> int:
    """Drop answers kept for keys that nobody will send again; how many."""
    with state.engine.begin() as connection:
        return forget_old(connection, state.clock() - KEYS_KEPT)


def escalate_cases(state: ServingState) -> int:
    """Raise what became overdue; how many cases."""

    def work(connection: Connection, keys: list[str]) -> int:
        return escalate_overdue(connection, state, keys)

    with state.engine.begin() as connection:
        found = overdue(connection, state)
    return _swept(state, Sweep.SERVICE_LEVELS, found, work)


def _swept(state: ServingState, sweep: Sweep, keys: list[str], work: Callable[[Connection, list[str]], int]) -> int:
    """Work on a block in one transaction, and by halves where an item fails; how many were carried out."""

    def together(items: Sequence[Item]) -> int:
        with state.engine.begin() as connection:
            return work(connection, [item.key for item in items])

    return sweep_over(state, sweep, [Item(key) for key in keys], together, block=max(1, len(keys))).done


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
            missing = {text_digest(text): text for text in missing_notes(connection, since=self._since)}
            aside = set_aside.known(connection, Sweep.NOTES, missing)
            waiting = set_aside.due(connection, Sweep.NOTES)
        if missing or waiting:
            self._encoder = self._encoder or self._load(self._folder)
        found = [Item(digest) for digest in missing if digest not in aside]
        swept = sweep_over(state, Sweep.NOTES, found, partial(self._embed, state, missing), block=BLOCK_TEXTS)
        self._since = seen
        return swept.done

    def _embed(self, state: ServingState, known: Mapping[str, str], items: Sequence[Item]) -> int:
        assert self._encoder is not None
        with state.engine.begin() as connection:
            texts = [known[item.key] for item in items if item.key in known]
            texts += note_texts(connection, [item.key for item in items if item.key not in known])
            if texts:
                embed_texts(connection, self._encoder, texts)
        return len(texts)


class Upkeep:
    """What a worker process remembers from one round to the next.

    Args:
        encoder: folder of the exported sentence encoder.
    """

    def __init__(self, encoder: Path) -> None:
        self.embed = NoteEmbedder(encoder)
        self.keep_ready = ReadyKeeper()
