"""The studies that ``triage evaluate --suite`` can run, and how their figures are printed."""

import json
from collections.abc import Callable, Iterator, Sequence
from importlib import import_module
from pathlib import Path
from typing import Any, Literal

import typer
from rich.console import Console
from rich.table import Table

from ledger.errors import PlainError
from training.suites.row import Row, Step
from training.suites.summary import Summary

Suite = Literal["real", "anomaly", "guarantee", "triage"]
# Suites that simulate their firms, and how many where nothing is said.
SIMULATED = {"guarantee": 200, "triage": 10}

# suite → modules with `run(data, *, seed, step) -> Iterator[Row]`, imported when asked for.
SUITES: dict[str, tuple[str, ...]] = {
    "real": ("training.suites.invoices", "training.suites.approvals", "training.suites.texts"),
    "anomaly": ("training.suites.anomaly",),
    "guarantee": ("cli.guarantee",),  # with `run(firms, seed, step)`: its data are simulated
    "triage": ("cli.triage_firms",),
}


def run_suite(suite: str, data: Path | None, *, form: str, seed: int, firms: int | None) -> None:
    """Run a study and print its rows as they come (JSON) or at the end (table).

    Args:
        suite: its name.
        data: folder with its public files; some studies simulate their data.
        form: ``json`` or ``table``.
        seed: of every random draw.
        firms: how many firms such a study simulates; ``None`` for its own number.
    """
    if suite not in SIMULATED and (data is None or not data.is_dir()):
        raise PlainError(f"--suite {suite} needs --data DIR, a folder with the files that docs/real-data.md lists")
    rows: list[Row] = []
    with Console(stderr=True).status("Starting") as status:
        for row in _rows(suite, data, seed=seed, step=status.update, firms=firms):
            rows.append(row)
            if form == "json":
                typer.echo(json.dumps(row.to_dict()))
    if not rows:
        raise PlainError(f"{data} holds none of the files that docs/real-data.md lists for --suite {suite}")
    if form == "table":
        console = Console(width=max(Console().width, 150))
        console.print(table(rows))
        for summary in summaries(suite, rows):
            console.print(summary)


def _rows(suite: str, data: Path | None, *, seed: int, step: Step, firms: int | None) -> Iterator[Row]:
    if suite in SIMULATED:
        module: Any = import_module(SUITES[suite][0])
        yield from module.run(firms=firms or SIMULATED[suite], seed=seed, step=step)
        return
    for name in SUITES[suite]:
        module = import_module(name)
        yield from module.run(data, seed=seed, step=step)


def summaries(suite: str, rows: Sequence[Row]) -> Iterator[Table]:
    """The last word of those of the suite's modules that have one (``summary(rows) -> Summary``)."""
    for name in SUITES[suite]:
        summarise: Callable[[Sequence[Row]], Summary] | None = getattr(import_module(name), "summary", None)
        if summarise is not None:
            said = summarise(rows)
            made = Table(title=said.title, title_justify="left")
            for place, heading in enumerate(said.headings):
                made.add_column(heading, justify="right" if place else "left")
            for line in said.lines:
                made.add_row(*line)
            yield made


def table(rows: Sequence[Row]) -> Table:
    """The rows for a person: one line per task, metric and baseline, and how often the model holds its own."""
    held = sum(row.holds for row in rows)
    made = Table(
        title=f"Out of time, with 95 % intervals: holds its own in {held} of {len(rows)}", title_justify="left"
    )
    for heading in ("dataset", "task", "metric", "ours", "baseline", "its figure", "train", "test"):
        made.add_column(heading, justify="right" if heading in ("ours", "its figure", "train", "test") else "left")
    for row in rows:
        ours = f"{row.value:.3f} [{row.low:.3f}, {row.high:.3f}]"
        mark = "" if row.holds else " *"
        made.add_row(
            row.dataset, row.task, row.metric, ours, row.baseline,
            f"{row.baseline_value:.3f}{mark}", f"{row.n_train:,}", f"{row.n_test:,}",
        )  # fmt: skip
    made.caption = "* beyond the model's own interval"
    return made
