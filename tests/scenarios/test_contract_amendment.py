"""Contract amendment

The client agreed to a higher rate and more work. January is billed by it before the amendment is recorded: the card
has the old rate and the cap is passed. Each half of the amendment clears its own control, and only from then on.
"""

from serving.auth.scopes import Role
from tests.scenarios.story import CLEARED, NOTICED, STOPPED, Story
from tests.serving.factories import change_order, contract, invoice, line, rate_card

CAPPED = contract(version="2", cap_amount="1900")
BILLED = (invoice(amount="2000"), line(unit_rate="200", amount="2000"))


def test_an_amendment_clears_what_it_allows_once_it_is_recorded(story: Story) -> None:
    story.tell(CAPPED, *BILLED)
    before = story.score()
    assert (before.way, before.because) == (STOPPED, "Contract cap exceeded")
    assert before.fires == ["cap_exceeded", "rate_off_card"]
    assert before.words("cap_exceeded") == ["This invoice bills 100 EUR beyond the cap of 1,900 (0 billed before)."]
    assert before.words("rate_off_card")[1:] == ["line L-1: rate 200 where the card says 180 for senior"]

    story.on("2026-02-04")
    story.tell(change_order(status="pending", amount="5000"))
    assert story.score().way == STOPPED
    story.tell(change_order(version="2", amount="5000"))
    allowed = story.score()
    assert (allowed.way, allowed.because, allowed.fires) == (NOTICED, "Rate off the card", ["rate_off_card"])

    story.tell(rate_card(valid_from="2026-01-01", rate="200", source_id="R1-senior-2026"))
    after = story.score()
    assert (after.way, after.fires) == (CLEARED, [])
    assert story.features(after) != story.features(before)
    assert story.is_said_again(before)
    assert story.is_said_again(allowed)


def test_a_rate_agreed_for_february_does_not_cover_january(story: Story) -> None:
    story.tell(*BILLED, rate_card(valid_from="2026-02-01", rate="200", source_id="R1-senior-2026"))
    assert story.score().fires == ["rate_off_card"]
    story.tell(line(version="2"), invoice(version="2"))
    assert story.score().way == CLEARED


def test_nobody_releases_over_the_cap_and_the_amendment_makes_it_possible(story: Story) -> None:
    story.tell(CAPPED, *BILLED, rate_card(valid_from="2026-01-01", rate="200", source_id="R1-senior-2026"))
    rita = story.person("rita", Role.REVIEWER)
    case = rita.take(story.score())
    refused = rita.decide(case, "release")
    assert (refused.status_code, refused.json()["type"]) == (409, "urn:triage:problem:hard-stop")
    assert refused.json()["detail"].endswith(
        "Agree a change order that raises the cap, or bill only what is left of it."
    )
    story.tell(change_order(amount="5000"))
    changed = rita.decide(case, "release")
    assert (changed.status_code, changed.json()["type"]) == (409, "urn:triage:problem:score-changed")
    assert rita.decide(rita.read(case), "release").json()["case"]["state"] == "decided"
