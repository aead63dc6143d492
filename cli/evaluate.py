"""``triage evaluate``: how good the procedure is on what came later, beside the baselines."""

import getpass
import json
from collections.abc import Mapping
from dataclasses import asdict
from pathlib import Path
from typing import Annotated, Literal

import typer
from rich.console import Console

from cli.firm import FirmOption, open_firm
from cli.promises import training_config
from cli.suites import Suite, run_suite
from cli.train import figures_table, rivals_table
from training.attempts import AttemptLedger
from training.prepare import prepare
from training.report.documents import documents
from training.report.rivals import noted_comparisons
from training.report.words import certificate_of
from training.train import train as train_models

console = Console()


def evaluate(
    *,
    test_share: Annotated[float, typer.Option(help="Latest share of the rows that is held out.")] = 0.3,
    form: Annotated[
        Literal["table", "json"], typer.Option("--format", help="A table, or one JSON object a line.")
    ] = "table",
    seed: Annotated[int, typer.Option(help="Seed of every random draw.")] = 7,
    firm: FirmOption = None,
    suite: Annotated[
        Suite | None,
        typer.Option(help="A study instead of a firm: on public data, or on simulated firms."),
    ] = None,
    data: Annotated[Path | None, typer.Option(help="Folder with the public files of the study.")] = None,
    report: Annotated[
        Path | None, typer.Option(help="Folder for an HTML report and a model card per model, plain rivals included.")
    ] = None,
    without: Annotated[
        list[str] | None, typer.Option(help="Leave out a feature family, to see what it is worth; may be repeated.")
    ] = None,
    firms: Annotated[
        int | None, typer.Option(min=1, help="Firms that a simulating study makes (guarantee: 200, triage: 10).")
    ] = None,
) -> None:
    """Train on the earlier part, test on the later, and print every metric with its interval; registers nothing."""
    if suite is not None:
        run_suite(suite, data, form=form, seed=seed, firms=firms)
        return
    settings, engine = open_firm(firm)
    config = training_config(seed=seed, holdout_share=test_share, engine=engine)
    with Console(stderr=True).status("Starting") as status:
        dataset = prepare(settings, engine, config, step=status.update).without(*(without or ()))
        trained = train_models(dataset, config, step=status.update, attempts=AttemptLedger(engine, getpass.getuser()))
        if report is not None:
            for risk, candidate in trained.candidates.items():
                status.update(f"Comparing the {risk} model with plain rivals")
                _write(report / risk, documents(dataset, candidate, config, rivals=True))
    engine.dispose()
    figures = [figure for candidate in trained.candidates.values() for figure in candidate.figures]
    if form == "json":
        for figure in figures:
            typer.echo(json.dumps(asdict(figure)))
        return
    noted = [one for candidate in trained.candidates.values() for one in noted_comparisons(candidate.facts)]
    console.print(figures_table(figures))
    console.print(rivals_table(figures, noted))
    for risk, reason in trained.skipped.items():
        console.print(f"[yellow]{risk} not evaluated[/]: {reason}")
    if "dispute" in trained.candidates:
        console.print(certificate_of(trained.candidates["dispute"].facts))


def _write(folder: Path, texts: Mapping[str, str]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for name, text in texts.items():
        (folder / name).write_text(text, encoding="utf-8")
        typer.echo(f"{folder / name}", err=True)
