"""``triage train`` and ``triage retrain``: fit, calibrate, certify and register the three models."""

import getpass
from typing import Annotated

import typer
from rich.console import Console
from rich.table import Table
from sqlalchemy import Engine

from cli.firm import FirmOption, open_firm
from cli.promises import training_config
from features.catalogue import CATALOGUE_DIGEST
from ledger.settings import Settings
from models.artifact import MODELS, Artifact, ArtifactError
from training.attempts import AttemptLedger
from training.config import TrainingConfig
from training.dataset import Dataset
from training.evaluation import Figure
from training.frames import example_rows
from training.prepare import prepare
from training.promote import PromotionError, promote, settle
from training.registry import CHAMPION, Registry
from training.report.documents import documented
from training.report.rivals import PLAIN, Comparison, noted_comparisons
from training.report.words import certificate_of
from training.train import Trained
from training.train import train as train_models

console = Console()

METRIC_WORDS = {"roc_auc": "ROC-AUC", "average_precision": "AP", "brier": "Brier", "ece": "ECE"}

SeedOption = Annotated[int, typer.Option(help="Seed of every random draw.")]


def train(*, seed: SeedOption = 7, firm: FirmOption = None) -> None:
    """Train, calibrate and register the three models; the first of each becomes champion if it passes the gates."""
    settings, engine = open_firm(firm)
    train_firm(settings, engine, training_config(seed=seed, engine=engine), why="first training")
    engine.dispose()


def retrain(*, seed: SeedOption = 7, firm: FirmOption = None) -> None:
    """Train challengers on everything known by now; champions stay until `triage promote`."""
    settings, engine = open_firm(firm)
    train_firm(settings, engine, training_config(seed=seed, engine=engine), why=None)
    console.print("Next: `triage promote RISK --why …` moves the alias, if the gates let it.")
    engine.dispose()


def train_firm(settings: Settings, engine: Engine, config: TrainingConfig, *, why: str | None) -> None:
    """Train and register for a firm; ``why`` promotes risks that have no champion yet, ``None`` promotes nothing."""
    attempts = AttemptLedger(engine, getpass.getuser())
    with console.status("Starting") as status:
        dataset = prepare(settings, engine, config, step=status.update)
        registry = Registry(settings)
        for said in (said for risk in MODELS for said in settle(engine, registry, risk)):
            console.print(f"[yellow]{said}[/]")
        champions = _champions(registry)
        trained = train_models(dataset, config, champions=champions, step=status.update, attempts=attempts)
        status.update("Writing the evaluation reports")
        for risk, candidate in documented(dataset, trained.candidates, config, champions=champions).items():
            status.update(f"Registering the {risk} model")
            registered = registry.register(risk, candidate, example_rows(dataset))
            said = f"[bold]{registered.name}[/] version {registered.version} ({registered.digest[:12]})"
            outcome = _promote_first(engine, registry, risk, why) if why else "challenger"
            console.print(f"{said}: {outcome}")
        registry.publish()
    _report(dataset, trained)


def _champions(registry: Registry) -> dict[str, Artifact]:
    found = {}
    for risk in MODELS:
        version = registry.version_at(risk, CHAMPION)
        if version is not None:
            try:
                found[risk] = registry.load(risk, version)
            except ArtifactError as error:
                console.print(f"[yellow]{risk}: the champion cannot be compared with ({error})[/]")
    return found


def _promote_first(engine: Engine, registry: Registry, risk: str, why: str) -> str:
    version = registry.version_at(risk, CHAMPION)
    if version is not None:
        if registry.load(risk, version).catalogue_digest == CATALOGUE_DIGEST:
            return "challenger (a champion reigns; see `triage promote`)"
        # Such a champion cannot serve at all: the deployment ledger says so.
        why = f"version {version} knows other feature definitions than this code"
    try:
        # Nothing usable reigns that a doubt would have to protect; what the rows could not tell is said.
        done = promote(engine, registry, risk, who=getpass.getuser(), why=why, unproven=True)
    except PromotionError as error:
        return f"challenger only: {error}"
    untold = [gate.name for gate in done.gates if not gate.told]
    return f"champion, unproven, too few rows to tell: {'; '.join(untold)}" if untold else "champion"


def _report(dataset: Dataset, trained: Trained) -> None:
    console.print(f"{len(dataset):,} invoices, {dataset.matrix.values.shape[1]} features, data {dataset.digest[:12]}")
    candidates = trained.candidates.values()
    figures = [figure for item in candidates for figure in item.figures]
    console.print(figures_table(figures))
    console.print(rivals_table(figures, [one for item in candidates for one in noted_comparisons(item.facts)]))
    for item in candidates:
        for task, said in item.facts["standing"].items():
            console.print(f"{task}: {said}")
    for risk, reason in trained.skipped.items():
        console.print(f"[yellow]{risk} not trained[/]: {reason}")
    dispute = trained.candidates.get("dispute")
    if dispute is not None:
        console.print(certificate_of(dispute.facts))


def figures_table(figures: list[Figure]) -> Table:
    """Out-of-time figures, model beside baseline."""
    table = Table(title="Out of time, with 95 % intervals", title_justify="left")
    for heading in ("task", "metric", "model", "baseline", "rows"):
        right = heading in ("model", "baseline", "rows")
        table.add_column(heading, justify="right" if right else "left", no_wrap=right, overflow="fold")
    for figure in figures:
        ours, theirs = figure.model, figure.baseline
        table.add_row(
            figure.task,
            METRIC_WORDS[figure.metric],
            f"{ours.value:.3f} [{ours.low:.3f}, {ours.high:.3f}]",
            f"{theirs.value:.3f} [{theirs.low:.3f}, {theirs.high:.3f}]",
            f"{figure.n_test:,}",
        )
    baselines = {figure.baseline_name: figure.task for figure in figures}
    table.caption = "; ".join(f"baseline of {task}: {name}" for name, task in baselines.items())
    return table


def rivals_table(figures: list[Figure], noted: list[tuple[str, Comparison]]) -> Table:
    """The same model beside plain ones fitted on the same rows; a table of its own, since a terminal is narrow.

    Args:
        figures: of every task and metric.
        noted: (task, comparison) on the same invoices, from which the rivals' figures come.
    """
    rivals = {(task, one.metric, one.name): one.theirs for task, one in noted if one.kind == "rival"}
    table = Table(title="Beside plain models on the same invoices", title_justify="left")
    for heading in ("task", "metric", "model", *PLAIN):
        table.add_column(heading, justify="left" if heading in ("task", "metric") else "right")
    for figure in figures:
        theirs = [rivals.get((figure.task, figure.metric, name)) for name in PLAIN]
        if any(value is not None for value in theirs):
            ours = f"{figure.model.value:.3f}"
            table.add_row(figure.task, METRIC_WORDS[figure.metric], ours, *(_value(value) for value in theirs))
    return table


def _value(theirs: float | None) -> str:
    return "–" if theirs is None else f"{theirs:.3f}"
