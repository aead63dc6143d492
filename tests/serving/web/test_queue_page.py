"""The queue page: order, filters, pages, and what an empty one says."""

import re

import pytest
from fastapi.testclient import TestClient

from serving.auth.scopes import Role
from serving.web.views import queue as view
from tests.serving.web.conftest import OpenBrowser


def invoices(page: str) -> list[str]:
    return re.findall(r'<td class="id">(INV-\d+)</td>', page)


def figures(page: str) -> list[float]:
    found = re.findall(r'figure-button" popovertarget="sum-\d+"[^>]*>([-\d,]+)<', page)
    return [float(figure.replace(",", "")) for figure in found]


@pytest.fixture
def rita(browse: OpenBrowser, cases: dict[str, str]) -> TestClient:
    return browse("rita", Role.REVIEWER)


def test_most_expected_cash_comes_first(rita: TestClient) -> None:
    page = rita.get("/queue").text
    assert len(invoices(page)) == 4
    assert figures(page) == sorted(figures(page), reverse=True)


def test_each_row_says_why_with_the_controls_first(rita: TestClient) -> None:
    row = rita.get("/queue?q=INV-2").text
    assert invoices(row) == ["INV-2"]
    assert re.search(r'class="chip bad" title="Purchase order missing"', row)


@pytest.mark.parametrize(
    ("narrowing", "expected"),
    [
        ("route=hold", {"INV-2"}),
        ("route=senior_review", {"INV-4"}),
        ("q=acme", {"INV-1", "INV-2", "INV-3", "INV-4"}),
        ("q=migr", {"INV-1", "INV-2", "INV-3", "INV-4"}),
        ("q=%25", set()),
        ("q=nobody", set()),
        ("client=C1&route=hold", {"INV-2"}),
        ("entity=E1&state=open", {"INV-1", "INV-2", "INV-3", "INV-4"}),
        ("entity=E9", set()),
        ("mine=1", set()),
        ("state=waiting", set()),
        ("state=&route=&q=", {"INV-1", "INV-2", "INV-3", "INV-4"}),
    ],
)
def test_a_filter_leaves_just_its_cases(rita: TestClient, narrowing: str, expected: set[str]) -> None:
    assert set(invoices(rita.get(f"/queue?{narrowing}").text)) == expected


def test_an_unknown_filter_value_is_an_error_page_that_names_it(rita: TestClient) -> None:
    answer = rita.get("/queue?route=nonsense")
    assert answer.status_code == 422
    assert "/query/route" in answer.text


def test_pages_follow_one_another_without_repeating(rita: TestClient, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(view, "PAGE", 3)
    first = rita.get("/queue?order=amount").text
    following = re.search(r'href="(/queue\?[^"]*cursor=[^"]*)" rel="next"', first)
    assert following is not None
    second = rita.get(following[1].replace("&amp;", "&")).text
    assert sorted(invoices(first) + invoices(second)) == ["INV-1", "INV-2", "INV-3", "INV-4"]


def test_sorting_by_amount_puts_the_largest_first(rita: TestClient) -> None:
    page = rita.get("/queue?order=amount").text
    assert invoices(page)[0] == "INV-4"
    assert 'aria-sort="descending"' in page


def test_taking_the_next_case_claims_it_and_opens_it(rita: TestClient) -> None:
    place = rita.post("/queue/next").headers["location"]
    assert place.startswith("/cases/")
    assert "You hold this case" in rita.get(place).text


def test_an_empty_queue_says_so_and_where_to_look(browse: OpenBrowser) -> None:
    rita = browse("rita", Role.REVIEWER)
    page = rita.get("/queue").text
    assert "The queue is empty" in page
    assert "Nothing was decided today yet." in page
    assert rita.post("/queue/next").headers["location"] == "/queue"
    assert "No case is free for you now" in rita.get("/queue").text


def test_readers_are_offered_nothing_that_they_may_not_do(browse: OpenBrowser, cases: dict[str, str]) -> None:
    ana = browse("ana", Role.AUDITOR)
    page = ana.get("/queue").text
    assert "Take next case" not in page
    assert "/claim" not in page
    assert ana.post("/queue/next").status_code == 403


def test_names_are_escaped(browse: OpenBrowser) -> None:
    page = browse("rita", Role.REVIEWER).get("/queue", params={"q": "<script>alert(1)</script>"}).text
    assert "<script>alert" not in page
