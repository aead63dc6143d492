"""``triage report``: the evaluation report and model card of a registered version, as files."""

from pathlib import Path
from typing import Annotated

import typer

from cli.firm import FirmOption, open_firm
from ledger.errors import PlainError
from models.artifact import MODELS
from training.registry import CHAMPION, Registry
from training.report.documents import CARD, REPORT


def report(
    risk: Annotated[str, typer.Argument(help="delay, dispute or anomaly.")],
    *,
    version: Annotated[str | None, typer.Option(help="A registered version; the champion unless told.")] = None,
    folder: Annotated[Path, typer.Option(help="Where the two files go.")] = Path(),
    firm: FirmOption = None,
) -> None:
    """Write a registered version's evaluation report (HTML) and model card (Markdown)."""
    if risk not in MODELS:
        raise PlainError(f"no risk {risk!r}: one of {', '.join(MODELS)}")
    settings, engine = open_firm(firm)
    engine.dispose()
    registry = Registry(settings)
    chosen = version or registry.version_at(risk, CHAMPION)
    if chosen is None or not registry.holds(risk, chosen):
        raise PlainError(f"{risk} has no {f'version {version}' if version else 'champion'}: `triage train` first")
    folder.mkdir(parents=True, exist_ok=True)
    for name in (REPORT, CARD):
        text = registry.document(risk, chosen, name)
        if text is None:
            raise PlainError(
                f"{risk} version {chosen} was registered without a report: `triage retrain` makes a new one"
            )
        place = folder / f"{risk}-{chosen}-{name}"
        place.write_text(text, encoding="utf-8")
        typer.echo(str(place))
