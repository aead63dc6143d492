"""A model card in Markdown (Mitchell et al. 2019), generated from the same facts as the evaluation report."""

from collections.abc import Iterable, Iterator, Sequence

from training.report import words
from training.report.contents import Contents, Task
from training.report.render import measured, ships, signed, summary
from training.slices import Slice

INTENDED = {
    "delay": "Order invoices for follow-up and forecast cash: how likely each is paid late, and by when.",
    "dispute": "Send invoices that a client is likely to dispute to people before they go out, and let the others pass "
    "within the certificate.",
    "anomaly": "Point people to bills that are unlike what client, project and rate card lead one to expect.",
}
NOT_FOR = (
    "Decisions without a person where no certificate is valid, or where the model abstains.",
    "Judging people: approvers, managers and clients are described by what happened to invoices, not by their merit.",
    "Credit decisions on a client, or any firm other than the one whose ledger it was trained on.",
)
LIMITS = (
    "Intervals draw invoices one by one; invoices of one client are alike, so that they are somewhat too narrow.",
    "Calibration is marginal: over all invoices of a period, not promised within every client.",
    "Everything was measured on one later period; drift after it is what monitoring watches for.",
)
FAIRNESS = (
    "No name, region, service line or segment is a feature. The client's country enters through public holidays and "
    "whether the bill crosses a border, and in no other way; countries are slices, judged apart. New clients are too: "
    "what is not known of them is shrunk towards the firm's own average."
)


def model_card(contents: Contents) -> str:
    """The card; the same contents give the same characters."""
    return "\n".join(_lines(contents)) + "\n"


def _lines(contents: Contents) -> Iterator[str]:
    yield from (f"# Model card: {words.TITLES[contents.risk]} ({contents.digest[:12]})", "", summary(contents), "")
    yield from _section("Intended use", [INTENDED[contents.risk]])
    yield from _section("Not for", _bullets(NOT_FOR))
    yield from _section("Data", _data(contents))
    yield from _section("Metrics, out of time", _metrics(contents.tasks))
    yield from _section("Against the others, on the same invoices", _comparisons(contents.tasks))
    yield from _section("Does it beat its baseline", _bullets(_standings(contents.tasks)))
    yield from _section("Slices", _slices(contents.slices))
    yield from _section("Abstention and new clients", _abstention(contents))
    if contents.certificate is not None:
        yield from _section("Certificate", [words.certificate_of(contents.facts)])
    yield from _section("Gates", [ships(contents)])
    yield from _section("Fairness", [FAIRNESS])
    yield from _section("Limits", _bullets(LIMITS))


def _data(contents: Contents) -> list[str]:
    facts = contents.facts
    trained = f"{facts['rows_trained']:,} invoices scored from {facts['trained_from']} to {facts['trained_until']}"
    return _bullets(
        (
            f"Trained on {trained}, with what was known by then.",
            f"Judged on {facts['rows_tested']:,} later invoices until {facts['tested_until']}.",
            f"Training set `{facts['dataset_digest']}`, model file `{contents.digest}`.",
        )
    )


def _section(title: str, lines: Iterable[str]) -> Iterator[str]:
    yield from (f"## {title}", "", *lines, "")


def _bullets(lines: Iterable[str]) -> list[str]:
    return [f"- {line}" for line in lines]


def _table(heading: Sequence[str], rows: Iterable[Sequence[str]]) -> list[str]:
    return [f"| {' | '.join(row)} |" for row in (heading, ["---"] * len(heading), *rows)]


def _metrics(tasks: Sequence[Task]) -> list[str]:
    if not tasks:
        return ["Too few invoices of either outcome came after the training period."]
    return _table(
        ("task", "measure", "model", "baseline", "previous champion"),
        [
            (words.task_words(one.task), words.METRICS[one.metric], measured(one.model), measured(one.baseline),
             _champion(task, one.metric))
            for task in tasks
            for one in task.figures
        ],
    )  # fmt: skip


def _champion(task: Task, metric: str) -> str:
    return next((measured(one.model) for one in task.champion if one.metric == metric), "–")


def _standings(tasks: Sequence[Task]) -> list[str]:
    found = [f"{words.task_words(task.test.task)}: {words.standing(task.comparisons)}" for task in tasks]
    return found or ["Too few later invoices to tell."]


def _comparisons(tasks: Sequence[Task]) -> list[str]:
    return _table(
        ("task", "against", "measure", "difference", "this model is"),
        [
            (words.task_words(task.test.task), one.name, words.METRICS[one.metric], signed(one.difference), one.verdict)
            for task in tasks
            for one in task.comparisons
        ],
    )


def _slices(slices: Sequence[Slice]) -> list[str]:
    return _table(
        ("slice", "", "invoices", "went bad", "ROC-AUC", "Brier", "said less came"),
        [(one.dimension, one.label, f"{one.rows:,}", f"{one.positives:,}", *_judged(one)) for one in slices],
    )


def _judged(one: Slice) -> tuple[str, str, str]:
    if one.too_small:
        return ("too few to judge", "–", "–")
    return (measured(one.auc), measured(one.brier) or "–", "–" if one.gap is None else signed(one.gap))


def _abstention(contents: Contents) -> list[str]:
    if contents.abstention is None:
        return ["Not measured."]
    said = f"It abstains on {words.percent(contents.abstention.share)} of the later invoices; on the others:"
    return [said, "", *_slices(contents.abstention.groups)]
