"""The way through every page: who goes where and what is open there, for pictures and for the checks of all pages."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from playwright.sync_api import Locator, Page

Way = Callable[["Page"], bool]


@dataclass(frozen=True)
class Stop:
    """One picture.

    Attributes:
        name: what it shows, as the picture's name.
        role: who looks; empty for nobody in particular.
        way: goes there and says whether there was something to see.
        stages: whether it asks, claims or decides on the way, for a firm that is made for showing.
    """

    name: str
    role: str
    way: Way
    stages: bool = False


def at(path: str) -> Way:
    """Straight to an address."""

    def go(page: "Page") -> bool:
        page.goto(path)
        return True

    return go


def opened(way: Way, *selectors: str) -> Way:
    """There, with something opened; nothing to see where it is missing."""

    def go(page: "Page") -> bool:
        return way(page) and all(press(page.locator(selector)) for selector in selectors)

    return go


def unfolded(way: Way) -> Way:
    """There, with everything that folds unfolded."""

    def go(page: "Page") -> bool:
        there = way(page)
        page.evaluate("document.querySelectorAll('details').forEach((part) => { part.open = true; })")
        return there

    return go


def followed(way: Way, selector: str) -> Way:
    """Where the first link of a page leads, by its address: what covers it does not matter."""

    def go(page: "Page") -> bool:
        if not way(page):
            return False
        link = page.locator(selector)
        if not link.count():
            return False
        page.goto(link.first.get_attribute("href") or "")
        return True

    return go


def press(found: "Locator") -> bool:
    """Press the first, if there is one."""
    if not found.count():
        return False
    found.first.click()
    return True


def send(found: "Locator") -> bool:
    """Press the first, if there is one, and wait for the page that answers."""
    if not found.count():
        return False
    with found.page.expect_navigation():
        found.first.click()
    return True


def _keys(page: "Page") -> bool:
    page.goto("/queue")
    page.keyboard.press("?")
    return True


def _case(page: "Page") -> bool:
    return followed(at("/queue?state=open&route=review&order=priority"), "a.open")(page)


def _claimed(page: "Page") -> bool:
    return _case(page) and send(page.locator(".decision button[data-claim]"))


def _held(page: "Page") -> bool:
    return followed(at("/queue?state=claimed"), "tr[data-row]:not(.mine) a.open")(page)


def _refused(page: "Page") -> bool:
    """A decision without the reason that it needs."""
    mine = followed(at("/queue?state=claimed"), "tr.mine a.open")
    return mine(page) and press(page.locator("input[name=action][value=hold]")) and _decide(page)


def _stale(page: "Page") -> bool:
    """A decision on a claim that is not the newest any more."""
    mine = followed(at("/queue?state=claimed"), "tr.mine a.open")
    if not (mine(page) and press(page.locator("input[name=action][value=hold]"))):
        return False
    page.locator("form[data-decide] input[name=fence]").evaluate("(field) => { field.value = '999999'; }")
    page.get_by_role("combobox", name="Reason").select_option("rate")
    return _decide(page)


def _decide(page: "Page") -> bool:
    page.get_by_role("textbox", name="Note").fill("Checked against the engagement letter.")
    return send(page.get_by_role("button", name="Decide", exact=True))


def _decided(page: "Page") -> bool:
    mine = followed(at("/queue?state=claimed"), "tr.mine a.open")
    if not (mine(page) and press(page.locator("input[name=action][value=hold]"))):
        return False
    here = page.url
    page.get_by_role("combobox", name="Reason").select_option("rate")
    _decide(page)
    page.goto(here)
    return True


def _bulk(page: "Page") -> bool:
    page.goto("/queue?route=review&order=priority")
    boxes = page.locator("tr[data-row]:not(.mine) input[name=case]")
    for place in range(min(3, boxes.count())):
        boxes.nth(place).check()
    return bool(boxes.count()) and send(page.get_by_role("button", name="Decide the chosen cases together"))


def _planned(page: "Page") -> bool:
    if not _bulk(page):
        return False
    page.get_by_label("Reason").select_option("rate")
    page.get_by_label("Note, one for all").fill("The new rate card is not signed yet.")
    return send(page.locator("button.primary", has_text="Decide"))


def _undone(page: "Page") -> bool:
    """From where the stop before has led to."""
    return send(page.get_by_role("button", name="Undo all"))


def _asked(page: "Page") -> bool:
    """Somebody is asked; the page shows the link once."""
    if not (_case(page) and press(page.locator("details.ask summary"))):
        return False
    page.get_by_label("Question").fill("Has the client agreed to these hours? Please answer in a sentence.")
    page.get_by_label("Name", exact=True).fill("Petra Manager")
    return send(page.get_by_role("button", name="Ask", exact=True))


def _answer(page: "Page") -> bool:
    link = page.get_by_label("Link")
    if not (_asked(page) and link.count()):
        return False
    page.goto("/answer/" + link.input_value().rpartition("/")[2])
    return True


def _answered(page: "Page") -> bool:
    if not _answer(page):
        return False
    page.get_by_label("Your answer").fill("Yes, on 3 March by e-mail.")
    return send(page.get_by_role("button", name="Answer"))


def _look(page: "Page") -> bool:
    page.goto("/second-looks")
    return send(page.get_by_role("button", name="Take a second look")) and "/second-looks/" in page.url


def _compared(page: "Page") -> bool:
    if not (_look(page) and press(page.get_by_role("radio", name="Release"))):
        return False
    return send(page.get_by_role("button", name="Decide and compare"))


def _verified(page: "Page") -> bool:
    """A verification of the audit log that was asked for, now or by somebody else."""
    page.goto("/audit")
    send(page.locator("form[action='/audit/verification'] button"))
    return True


def _proposed_policy(page: "Page") -> bool:
    page.goto("/policies")
    if not press(page.locator("details.propose summary")):
        return False
    amount = page.locator("details.propose input[name=four_eyes_amount]")
    amount.fill(str(int(float(amount.input_value())) + 1000))
    page.get_by_label("Why").last.fill("The finance committee raised the limit.")
    return send(page.locator("details.propose button.primary"))


def _proposed_controls(page: "Page") -> bool:
    page.goto("/controls")
    if not press(page.locator("details.propose summary")):
        return False
    document = page.request.get("/controls/document").text()
    number = re.compile(r"^number: (\d+)$", re.MULTILINE)
    page.get_by_label("The set").fill(number.sub(lambda found: f"number: {int(found[1]) + 1}", document))
    page.locator("details.propose textarea[name=reason]").fill("Reviewed for the new quarter.")
    return send(page.get_by_role("button", name="Propose", exact=True))


QUEUE, CASE = at("/queue?order=priority"), _case
VERDICT = "a[href^='/monitoring/']:not([href$='/report'])"
STOPS: tuple[Stop, ...] = (
    Stop("login", "", at("/login")),
    Stop("answer-dead-link", "", at("/answer/none")),
    Stop("queue", "reviewer", QUEUE),
    Stop("queue-filtered", "reviewer", at("/queue?route=hold")),
    Stop("queue-unfolded", "reviewer", unfolded(QUEUE)),
    Stop("queue-sum", "reviewer", opened(QUEUE, ".cases .figure-button")),
    Stop("queue-keys", "reviewer", _keys),
    Stop("queue-empty", "reviewer", at("/queue?q=no-such-invoice")),
    Stop("queue-decided", "reviewer", at("/queue?state=decided")),
    Stop("case", "reviewer", CASE),
    Stop("case-unfolded", "reviewer", unfolded(CASE)),
    Stop("case-sum", "reviewer", opened(CASE, ".head-figures .figure-button")),
    Stop("case-claimed", "reviewer", _claimed, stages=True),
    Stop("case-refused", "reviewer", _refused, stages=True),
    Stop("case-stale", "reviewer", _stale, stages=True),
    Stop("case-held", "senior_reviewer", _held, stages=True),
    Stop("case-after-decision", "reviewer", _decided, stages=True),
    Stop("case-decided", "reviewer", followed(at("/queue?state=decided"), "a.open")),
    Stop("case-asked", "reviewer", _asked, stages=True),
    Stop("case-waiting", "reviewer", followed(at("/queue?state=waiting"), "a.open")),
    Stop("answer", "reviewer", _answer, stages=True),
    Stop("answer-thanks", "reviewer", _answered, stages=True),
    Stop("bulk", "reviewer", _bulk),
    Stop("bulk-planned", "reviewer", _planned, stages=True),
    Stop("bulk-undone", "reviewer", _undone, stages=True),
    Stop("mentions", "reviewer", at("/mentions")),
    Stop("replay", "reviewer", followed(CASE, "a[href$='/replay']")),
    Stop("second-looks", "senior_reviewer", at("/second-looks")),
    Stop("second-look", "senior_reviewer", _look, stages=True),
    Stop("second-look-compared", "senior_reviewer", _compared, stages=True),
    Stop("error-no-permission", "reviewer", at("/admin")),
    Stop("error-not-found", "reviewer", at("/cases/none")),
    Stop("place", "manager", followed(CASE, "a[href$='/place']")),
    Stop("teams", "manager", at("/teams")),
    Stop("teams-unfolded", "manager", unfolded(at("/teams"))),
    Stop("boards", "manager", at("/boards")),
    Stop("board", "manager", at("/boards/approval-latency")),
    Stop("board-unfolded", "manager", unfolded(at("/boards/exception-rate"))),
    Stop("board-empty", "manager", at("/boards?since=2011-01-01&until=2011-01-31")),
    Stop("readiness", "manager", at("/readiness")),
    Stop("nudges", "manager", at("/nudges")),
    Stop("brief", "manager", at("/brief")),
    Stop("models", "data_scientist", at("/models")),
    Stop("monitoring", "data_scientist", at("/monitoring")),
    Stop(
        "verdict",
        "data_scientist",
        unfolded(followed(at("/monitoring"), "a[href^='/monitoring/']:not([href$='report'])")),
    ),
    Stop("policies", "manager", unfolded(at("/policies"))),
    Stop("policy", "manager", _proposed_policy, stages=True),
    Stop("controls", "manager", at("/controls")),
    Stop("controls-unfolded", "manager", unfolded(at("/controls"))),
    Stop("control-proposal", "manager", _proposed_controls, stages=True),
    Stop("audit", "auditor", at("/audit")),
    Stop("audit-verified", "auditor", _verified, stages=True),
    Stop("audit-empty", "auditor", at("/audit?action=no-such-action")),
    Stop("admin", "admin", at("/admin")),
    Stop("admin-unfolded", "admin", unfolded(at("/admin"))),
    Stop("admin-person", "admin", unfolded(followed(at("/admin"), "a[href^='/admin/accounts/']"))),
    Stop("admin-key", "admin", unfolded(followed(at("/admin"), "a[href^='/admin/keys/']"))),
    Stop("callbacks", "admin", at("/callbacks")),
    Stop("callback", "admin", followed(at("/callbacks"), ".cases a[href^='/callbacks/']")),
)
ROLES: tuple[str, ...] = tuple(dict.fromkeys(stop.role for stop in STOPS if stop.role))
