"""``triage classify``: which cause a note speaks of, how sure that is, and when it is better not said."""

import json
import sys
from collections.abc import Sequence
from dataclasses import asdict
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Literal

import orjson
import typer
from rich.console import Console
from rich.table import Table

from cli.firm import FirmOption, opened_firm
from features.history import microseconds
from features.text import Encoder
from ledger.errors import PlainError
from ledger.settings import Settings
from models.notes.classifier import NoteClassifier
from models.notes.note_class import NoteClass, classify_notes
from training.fit_notes import fit_notes
from training.note_labels import read_note_records
from training.prepare import export_encoder

console = Console()


class UnreadableClassifierError(PlainError):
    """The stored note classifier cannot be read; the message says what to do."""


def classify(
    text: Annotated[
        str | None, typer.Argument(help="A note; without one, notes are read from stdin, one a line.")
    ] = None,
    *,
    refit: Annotated[bool, typer.Option("--refit", help="Learn from the notes known by now first.")] = False,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="A table, or one JSON object a line.")
    ] = "table",
    firm: FirmOption = None,
) -> None:
    """Name the dispute cause that a note speaks of, or say that it is too unclear to tell."""
    texts = [text] if text is not None else [line.strip() for line in sys.stdin if line.strip()]
    if not texts:
        raise PlainError("nothing to classify: give a text, or notes on stdin, one a line")
    settings = Settings().for_firm(firm)
    with Console(stderr=True).status("Reading the sentence encoder"):
        encoder = Encoder.load(export_encoder(settings))
        stored = stored_classifier(settings)
        classifier = load(stored) if stored.exists() and not refit else fit(settings, encoder, firm=firm)
    found = classify_notes(classifier, texts, encode=encoder.encode)
    if form == "json":
        for note, answer in zip(texts, found, strict=True):
            typer.echo(json.dumps({"text": note, **asdict(answer)}))
        return
    console.print(answers_table(texts, found))


def stored_classifier(settings: Settings) -> Path:
    """The file of a firm's note classifier."""
    return settings.model_cache / "notes" / "classifier.json"


def load(file: Path) -> NoteClassifier:
    """Read what ``fit`` stored.

    Raises ``UnreadableClassifierError`` when the file is damaged or of another version.
    """
    try:
        return NoteClassifier.from_dict(orjson.loads(file.read_bytes()))
    except (orjson.JSONDecodeError, LookupError, TypeError, ValueError) as error:
        raise UnreadableClassifierError(f"{file} cannot be read ({error!r}): run with --refit") from error


def fit(settings: Settings, encoder: Encoder, *, firm: str | None) -> NoteClassifier:
    """Fit on everything the firm's ledger knows by now, and store it in one step."""
    with opened_firm(firm) as (_, engine), engine.connect() as connection:
        records = read_note_records(connection)
    classifier = fit_notes(records, microseconds(datetime.now(UTC)), encode=encoder.encode)
    file = stored_classifier(settings)
    file.parent.mkdir(parents=True, exist_ok=True)
    unfinished = file.with_suffix(".unfinished")
    unfinished.write_bytes(orjson.dumps(classifier.to_dict(), option=orjson.OPT_SORT_KEYS))
    unfinished.replace(file)
    return classifier


def answers_table(texts: Sequence[str], found: Sequence[NoteClass]) -> Table:
    """The answers for a person."""
    table = Table(title="Causes of notes", title_justify="left")
    for heading in ("note", "cause", "chance", "or rather"):
        table.add_column(heading, justify="right" if heading == "chance" else "left", overflow="fold")
    for text, answer in zip(texts, found, strict=True):
        cause = "unclear: read it" if answer.abstained else answer.cause
        others = [(answer.cause, answer.probability)] if answer.abstained else []
        others += answer.alternatives
        table.add_row(
            text, cause, "" if answer.abstained else f"{answer.probability:.0%}",
            ", ".join(f"{name} {chance:.0%}" for name, chance in others[:3]),
        )  # fmt: skip
    return table
