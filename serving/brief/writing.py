"""Facts put into sentences: fixed wording with values filled in, so that nothing can be said that was not computed."""

from dataclasses import dataclass, replace

from serving.boards.compare import Says
from serving.boards.kpi import Shape
from serving.boards.registry import KPIS
from serving.boards.words import interval_text, value_text
from serving.brief.facts import Facts, week_name
from serving.web import formats


@dataclass(frozen=True)
class Paragraph:
    """Some sentences, the names in them, and where they can be looked up.

    Attributes:
        names: of people, clients and controls, which any other wording must keep letter by letter.
        polished: whether the text was reworded.
    """

    text: str
    link: str = ""
    link_title: str = ""
    names: tuple[str, ...] = ()
    polished: bool = False

    def reworded(self, text: str) -> "Paragraph":
        """The same facts in other words."""
        return replace(self, text=text, polished=True)


@dataclass(frozen=True)
class Section:
    """A heading and its paragraphs."""

    title: str
    paragraphs: tuple[Paragraph, ...]


@dataclass(frozen=True)
class Brief:
    """A week in sentences; ``known``: the moment whose knowledge it tells."""

    week: str
    title: str
    known: str
    sections: tuple[Section, ...]

    @property
    def polished(self) -> bool:
        """Whether any paragraph was reworded."""
        return any(one.polished for section in self.sections for one in section.paragraphs)


def write(facts: Facts) -> Brief:
    """The brief of a week."""
    first, last = formats.day(facts.scope.since), formats.day(facts.scope.until)
    return Brief(
        week=week_name(facts.scope.since),
        title=f"Week of {first} to {last}",
        known=formats.moment(facts.scope.as_of),
        sections=(
            Section("What came in", (_came_in(facts),)),
            Section("What was decided", (_decided(facts),)),
            Section("What is stuck and why", (_stuck(facts), *_why(facts))),
            Section("Largest open cases", _largest(facts)),
            Section("Who is waited for", _waited_for(facts)),
            Section("Disputes and credits", (_disputes(facts),)),
            Section("Cash", (_cash(facts), _unbilled(facts))),
        ),
    )


def counted(number: int, one: str, many: str = "") -> str:
    """``1 case``, ``2 cases``, ``no case``."""
    if not number:
        return f"no {one}"
    return f"{number:,} {one if number == 1 else many or one + 's'}"


def _value(facts: Facts, kpi_id: str) -> str:
    return value_text(KPIS[kpi_id], facts.week[kpi_id].value, facts.currency)


def _against(facts: Facts, kpi_id: str) -> str:
    """The week before, and whether the difference is more than chance."""
    kpi, found = KPIS[kpi_id], facts.change(kpi_id)
    before = value_text(kpi, found.before.value, facts.currency)
    if found.before.value is None:
        return "There is no value for the week before."
    if found.says is Says.SUMS:
        return f"The week before it was {before}."
    between = interval_text(kpi, found.before) if kpi.shape in (Shape.SHARE, Shape.MEDIAN) else ""
    said = {Says.UP: "clearly up", Says.DOWN: "clearly down", Says.CHANCE: "the difference is within chance",
            Says.FEW: "too few to say whether that is a change"}[found.says]  # fmt: skip
    return f"The week before it was {before}{f' ({between})' if between else ''}: {said}."


def _came_in(facts: Facts) -> Paragraph:
    opened, rate = facts.week["exception-volume"], facts.week["exception-rate"]
    text = f"{counted(opened.hits, 'case').capitalize()} came in. {_against(facts, 'exception-volume')}"
    if rate.value is not None:
        between = interval_text(KPIS["exception-rate"], rate)
        text += (
            f" Of {counted(rate.known, 'invoice')} scored for the first time, {_value(facts, 'exception-rate')} needed "
            f"a person ({between})."
        )
    return Paragraph(text, "/boards/exception-volume", "Exceptions")


def _decided(facts: Facts) -> Paragraph:
    made, stopped = facts.week["decisions"], facts.week["stop-reasons"]
    text = f"{counted(made.hits, 'decision').capitalize()} {'were' if made.hits > 1 else 'was'} made."
    text += f" {_against(facts, 'decisions')}"
    if made.hits:
        text += f" {counted(stopped.hits, 'invoice').capitalize()} held, corrected or proposed for write-off."
    if facts.week["sla-met"].value is not None:
        text += f" Of the cases opened and closed or past due, {_value(facts, 'sla-met')} were closed in time."
    return Paragraph(text, "/boards/decisions", "Decisions")


def _stuck(facts: Facts) -> Paragraph:
    cases, overdue = facts.open["cases"], facts.open["overdue"]
    if not cases:
        return Paragraph("No case is open.", "/queue", "Queue")
    text = f"{counted(cases, 'case')} over {_value(facts, 'cash-at-risk')} {'is' if cases == 1 else 'are'} open, "
    text += f"{counted(overdue, 'case')} past due; the oldest was opened on {formats.day(facts.open['oldest'])}. "
    return Paragraph(text + _against(facts, "cash-at-risk"), "/queue", "Queue")


def _why(facts: Facts) -> tuple[Paragraph, ...]:
    return tuple(
        Paragraph(f"{row['why']}: {counted(row['cases'], 'open case')} over "
                  f"{formats.money(row['cash'], cents=False)} {facts.currency}.", names=(row["why"],))
        for row in facts.why
    )  # fmt: skip


def _largest(facts: Facts) -> tuple[Paragraph, ...]:
    if not facts.largest:
        return (Paragraph("No open case is yours to see."),)
    return tuple(
        Paragraph(
            f"{row['client']}, {row['invoice_id']}: {formats.money(row['cash'], cents=False)} {facts.currency}, open "
            f"since {formats.day(row['opened_at'])}{', past due' if row['overdue'] else ''}.",
            f"/cases/{row['case_id']}",
            "Case",
            (row["client"], row["invoice_id"]),
        )
        for row in facts.largest
    )


def _waited_for(facts: Facts) -> tuple[Paragraph, ...]:
    pending = facts.week["approvals-pending"]
    first = Paragraph(
        f"{counted(pending.hits, 'approval request').capitalize()} {'waits' if pending.hits == 1 else 'wait'} for an "
        f"answer. {_against(facts, 'approvals-pending')}", "/nudges", "Whom to ask first",
    )  # fmt: skip
    return (first, *(
        Paragraph(f"{row['name']}: {counted(row['requests'], 'request')}, the oldest of {formats.day(row['oldest'])}.",
                  f"/boards/approvals-pending?own={row['approver_id']}", "Requests", (row["name"],))
        for row in facts.waited_for
    ))  # fmt: skip


def _disputes(facts: Facts) -> Paragraph:
    opened = facts.week["disputes-opened"].hits
    text = f"Clients opened {counted(opened, 'dispute')}. {_against(facts, 'disputes-opened')} "
    text += f"{_value(facts, 'disputed-cash')} are in dispute. {_against(facts, 'disputed-cash')} "
    text += f"Credit notes came to {_value(facts, 'credit-notes')} and write-offs to {_value(facts, 'write-offs')}."
    return Paragraph(text, "/boards/disputes-opened", "Disputes")


def _cash(facts: Facts) -> Paragraph:
    if facts.week["dso"].value is None:
        return Paragraph("Nothing was billed in the last quarter.", "/boards/dso", "Days sales outstanding")
    text = f"{_value(facts, 'dso').removesuffix(' d')} days of billing are unpaid. {_against(facts, 'dso')}"
    if facts.week["cash-protected"].hits:
        text += f" Decisions of the week protected an estimated {_value(facts, 'cash-protected')}."
    return Paragraph(text, "/boards/dso", "Days sales outstanding")


def _unbilled(facts: Facts) -> Paragraph:
    text = f"Approved time worth {_value(facts, 'unbilled-time')} is not billed. {_against(facts, 'unbilled-time')}"
    return Paragraph(text, "/readiness", "Billing readiness")
