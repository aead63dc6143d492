"""A report's contents as one HTML page that needs nothing else: styles and pictures are inside, no script runs."""

from collections.abc import Sequence
from itertools import groupby
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from training.measured import Measured
from training.report import words
from training.report.contents import Contents, Task
from training.report.pictures import HEADLINE, capacities, headline_found, pictures
from training.report.rivals import BETTER, WORSE
from training.slices import Slice

TEMPLATES = Path(__file__).with_name("templates")
MARKS = {BETTER: "good", WORSE: "bad"}


def render(contents: Contents) -> str:
    """The page; the same contents give the same characters."""
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES), autoescape=True, undefined=StrictUndefined, trim_blocks=True,
        lstrip_blocks=True,
    )  # fmt: skip
    environment.filters |= {
        "measured": measured,
        "signed": signed,
        "figure": figure,
        "percent": words.percent,
        "task": words.task_words,
        "metric": words.METRICS.__getitem__,
        "by_dimension": by_dimension,
        "mark": lambda said: MARKS.get(said, ""),
    }
    return environment.get_template("report.html").render(**_values(contents))


def _values(contents: Contents) -> dict[str, Any]:
    main = contents.tasks[0] if contents.tasks else None
    return {
        "style": Markup((TEMPLATES / "report.css").read_text(encoding="utf-8")),  # noqa: S704 - our own file
        "report": contents,
        "title": words.TITLES[contents.risk],
        "summary": summary(contents),
        "verdicts": [
            (task.test.task, f"{words.standing(task.comparisons)} {words.verdict(task.comparisons)}")
            for task in contents.tasks
        ],
        "ships": ships(contents),
        "certificate": None if contents.certificate is None else words.certificate_of(contents.facts),
        "charts": pictures(contents),
        "capacities": list(capacities(main)) if main else [],
        "main": main,
        "cards": _cards(main) if main else [],
    }


def summary(contents: Contents) -> str:
    """The sentence for who has a minute."""
    if not contents.tasks:
        return (
            "Too few invoices of either outcome came after the training period: nothing can be said of this model yet."
        )
    test = contents.tasks[0].test
    return words.headline(test.task, float(test.outcome.mean()), headline_found(contents.tasks[0]), looked=HEADLINE)


def ships(contents: Contents) -> str:
    """Whether this version may become champion, and what stops it."""
    stopped = [gate.name for gate in contents.gates if gate.told and not gate.passed]
    untold = [gate.name for gate in contents.gates if not gate.told]
    if stopped:
        return f"It may not become champion: {'; '.join(stopped)} (failed)."
    if untold:
        return f"It may become champion only as unproven, too few rows to tell: {'; '.join(untold)}."
    return f"It passes all {len(contents.gates)} gates and may become champion."


def _cards(main: Task) -> list[dict[str, Any]]:
    champion = {one.metric: one.model.value for one in main.champion}
    return [
        {
            "metric": one.metric,
            "ours": one.model,
            "baseline": one.baseline,
            "champion": champion.get(one.metric),
        }
        for one in main.figures
    ]


def by_dimension(rows: Sequence[Slice]) -> list[tuple[str, list[Slice]]]:
    """Slices grouped under their dimension, in their order."""
    return [(name, list(group)) for name, group in groupby(rows, key=lambda row: row.dimension)]


def measured(one: Measured | None) -> str:
    """A figure with its interval."""
    return "" if one is None else f"{one.value:.3f} [{one.low:.3f}, {one.high:.3f}]"


def signed(one: Measured) -> str:
    """A difference with its interval, each with its sign."""
    return f"{one.value:+.3f} [{one.low:+.3f}, {one.high:+.3f}]"


def figure(value: float | None) -> str:
    """A figure alone; a dash where there is none."""
    return "–" if value is None else f"{value:.3f}"
