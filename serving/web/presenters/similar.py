"""What we did last time: decided cases like this one, in words."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from serving.similar.stories import Story
from serving.web import formats
from serving.web.words import ACTIONS, CAUSES, plain

Names = Mapping[str, str]


@dataclass(frozen=True)
class SimilarLine:
    """One decided case.

    Attributes:
        alike: why it is shown, in words.
        decided: what was done and by whom.
        after: what became of the invoice; empty while nobody knows.
    """

    url: str
    title: str
    amount: str
    alike: str
    decided: str
    note: str
    took: str
    after: str
    closed_at: datetime


def similar_lines(stories: Sequence[Story], *, clients: Names, people: Names) -> tuple[SimilarLine, ...]:
    """The lines of the section; ``clients`` and ``people`` are names by id."""
    return tuple(_line(story, clients, people) for story in stories)


def _line(story: Story, clients: Names, people: Names) -> SimilarLine:
    cause = f" – {CAUSES[story.reason_code].lower()}" if story.reason_code else ""
    who = people.get(story.reviewer_id, story.reviewer_id)
    return SimilarLine(
        url=f"/cases/{story.case_id}",
        title=f"{clients.get(story.client_id, story.client_id)} {story.invoice_id}",
        amount=f"{formats.money(story.amount, cents=False)} {story.currency}",
        alike=_alike(story),
        decided=f"{ACTIONS[story.action]}{cause}, {who}",
        note=story.note or "",
        took=_took(story),
        after=_after(story),
        closed_at=story.closed_at,
    )


def _alike(story: Story) -> str:
    grounds = list(story.shared[:2])
    if story.same_client:
        grounds.append("same client")
    return ", ".join(grounds) or "alike in amount, wording and likely cause"


def _took(story: Story) -> str:
    asked = "" if not story.asked else f", asked {story.asked} time{'' if story.asked == 1 else 's'}"
    return f"took {formats.span(story.took)}{asked}"


def _after(story: Story) -> str:
    parts = []
    if story.disputed_after is not None:
        cause = f" ({CAUSES[story.dispute_cause].lower()})" if story.dispute_cause else ""
        parts.append(f"disputed {story.disputed_after} d later{cause}")
    if story.settled_late is not None:
        parts.append(f"paid {formats.days_late(story.settled_late)}")
    elif story.status in ("credited", "written_off"):
        parts.append(plain(story.status).lower())
    elif story.status == "issued":
        parts.append("sent, not paid yet")
    return "; ".join(parts)
