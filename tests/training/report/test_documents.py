"""The papers of a candidate: one page that needs nothing else, accessible, the same bytes each time, and true."""

import re
from dataclasses import replace
from functools import cache
from html.parser import HTMLParser

import numpy as np
import pytest

from features.catalogue import CATALOGUE_DIGEST
from models.artifact import Artifact
from tests.training.firm import CONFIG, dataset, trained
from training.report.contents import Question, contents_of
from training.report.documents import CARD, REPORT, documented, documents

VOID = {"meta", "line", "path", "circle", "br"}


class Page(HTMLParser):
    """Ids, references to them, tags, and whether what was opened was closed."""

    def __init__(self, html: str) -> None:
        super().__init__()
        self.ids: list[str] = []
        self.refers: list[str] = []
        self.tags: list[str] = []
        self.open: list[str] = []
        self.feed(html)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        told = {name: value or "" for name, value in attrs}
        self.tags.append(tag)
        self.ids += [told["id"]] if "id" in told else []
        self.refers += [*told.get("aria-labelledby", "").split(), *told.get("aria-describedby", "").split()]
        if tag not in VOID:
            self.open.append(tag)

    handle_startendtag = handle_starttag

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag


@cache
def papers(risk: str) -> dict[str, str]:
    """The papers of the firm's candidate, its own twin reigning."""
    candidate = trained().candidates[risk]
    return documents(dataset(), candidate, CONFIG, champion=Artifact(candidate.model, "d", CATALOGUE_DIGEST, {}))


@pytest.mark.parametrize("risk", ["delay", "dispute", "anomaly"])
def test_a_report_is_one_page_that_loads_and_runs_nothing(risk: str) -> None:
    page = Page(papers(risk)[REPORT])
    assert not {"script", "link", "img", "iframe"} & set(page.tags)
    assert not re.search(r"https?://|url\(|@import", papers(risk)[REPORT])
    assert "prefers-color-scheme: dark" in papers(risk)[REPORT]
    assert len(papers(risk)[REPORT]) < 150_000


@pytest.mark.parametrize("risk", ["delay", "dispute", "anomaly"])
def test_every_picture_has_a_name_and_a_description_and_every_tag_is_closed(risk: str) -> None:
    page = Page(papers(risk)[REPORT])
    assert page.open == []
    assert len(page.ids) == len(set(page.ids))
    assert set(page.refers) <= set(page.ids)
    assert page.tags.count("h1") == 1
    assert page.tags.count("figure") == page.tags.count("figcaption") >= 4


@pytest.mark.parametrize("risk", ["delay", "dispute", "anomaly"])
def test_the_same_candidate_has_the_same_papers_to_the_byte(risk: str) -> None:
    candidate = trained().candidates[risk]
    again = documents(dataset(), candidate, CONFIG, champion=Artifact(candidate.model, "d", CATALOGUE_DIGEST, {}))
    assert again == papers(risk)


def test_the_report_says_the_figures_that_gate() -> None:
    candidate = trained().candidates["dispute"]
    for figure in candidate.figures:
        assert f"{figure.model.value:.3f}" in papers("dispute")[REPORT]
        ours = figure.model
        assert f"{ours.value:.3f} [{ours.low:.3f}, {ours.high:.3f}]" in papers("dispute")[CARD]


def test_the_first_task_is_the_one_that_decides_and_every_horizon_is_judged() -> None:
    found = contents_of(Question(dataset(), trained().candidates["delay"], CONFIG, "d"))
    assert [task.test.task for task in found.tasks] == ["late>15d", "late>0d", "late>30d"]
    assert {one.metric for one in found.curve} == {
        "time_dependent_auc", "integrated_brier", "mean_absolute_error", "pinball", "span_gap",
    }  # fmt: skip
    assert found.certificate is None


def test_the_share_of_abstentions_is_that_of_the_models_support() -> None:
    candidate = trained().candidates["dispute"]
    found = contents_of(Question(dataset(), candidate, CONFIG, "d"))
    covered = candidate.model.support.covers(dataset().matrix.values[candidate.tests[0].rows])
    assert found.abstention is not None
    assert found.abstention.share == pytest.approx(1 - covered.mean())
    assert sum(one.rows for one in found.abstention.groups) == covered.sum()


# lifelines calls pandas in a way that pandas 4 means to drop.
@pytest.mark.filterwarnings("ignore::pandas.errors.Pandas4Warning")
def test_plain_rivals_and_curves_by_others_are_there_when_asked_for() -> None:
    found = contents_of(Question(dataset(), trained().candidates["delay"], CONFIG, "d", rivals=True))
    names = {one.name for one in found.tasks[0].comparisons}
    assert {"client's own smoothed rate", "logistic regression", "LightGBM"} <= names
    assert set(found.curve[0].theirs) == {"Kaplan-Meier", "Kaplan-Meier by client", "Cox"}
    assert all(np.isfinite(value) for one in found.curve for value in one.theirs.values())


def test_a_candidate_that_cannot_be_tested_says_so() -> None:
    candidate = trained().candidates["dispute"]
    untestable = replace(candidate, tests=[replace(candidate.tests[0], outcome=candidate.tests[0].outcome * 0)])
    found = documents(dataset(), untestable, CONFIG)
    assert "Too few invoices of either outcome" in found[REPORT]
    assert Page(found[REPORT]).tags.count("figure") == 0
    assert "Too few invoices of either outcome" in found[CARD]


def test_candidates_are_registered_with_their_papers() -> None:
    candidates = {"anomaly": trained().candidates["anomaly"]}
    found = documented(dataset(), candidates, CONFIG, champions={})
    assert set(found["anomaly"].documents) == {REPORT, CARD}
    assert found["anomaly"].model is candidates["anomaly"].model
    assert found["anomaly"].facts == candidates["anomaly"].facts
