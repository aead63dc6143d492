"""The case page: why it is here, what it takes, and who may decide, put together from rows."""

from dataclasses import dataclass, field
from datetime import datetime

from ledger.records.billing import Cause
from ledger.records.events import ReviewAction
from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.problems import Problem
from serving.queue.refusals import overridden
from serving.queue.service import barred_from, reviewer_of
from serving.queue.states import OPEN_STATES, CaseState
from serving.sql import Row
from serving.web.formats import clock
from serving.web.presenters.invoice import InvoicePanel
from serving.web.presenters.payday import Payday, payday
from serving.web.presenters.queue import Due, Option, Term, due, terms
from serving.web.presenters.reasons import ReasonRow, certificate
from serving.web.presenters.remedies import Clearing
from serving.web.presenters.risks import RiskLine, risk_lines
from serving.web.presenters.side import Side
from serving.web.presenters.similar import SimilarLine
from serving.web.presenters.timeline import Entry
from serving.web.words import ACTION_HINTS, ACTIONS, CAUSES, DEGRADED, LAYERS, RISKS, ROUTES, STATES, plain

CURVE_DAYS = 90
# Evidence is requested by asking a person, beside the form.
OFFERED = tuple(action for action in ReviewAction if action is not ReviewAction.REQUEST_EVIDENCE)


@dataclass(frozen=True)
class Draft:
    """What was typed and not yet written down; kept through every refusal."""

    action: str = ""
    reason_code: str = ""
    note: str = ""

    @property
    def typed(self) -> bool:
        """Whether anything would be lost."""
        return bool(self.action or self.reason_code or self.note)


@dataclass(frozen=True)
class ActionChoice:
    """One decision to choose."""

    value: str
    label: str
    hint: str
    chosen: bool


@dataclass(frozen=True)
class Deciding:
    """The decision panel.

    Attributes:
        stance: ``mine``, ``planned``, ``free``, ``held``, ``waiting``, ``barred``, ``closed`` or ``reading``.
        sentence: the stance in words.
        second_release: whether a release now would be the first of two.
        overrides: titles of the controls that a release would override.
    """

    stance: str
    sentence: str
    fence: int
    until: datetime | None
    actions: tuple[ActionChoice, ...]
    reasons: tuple[Option, ...]
    draft: Draft
    second_release: bool
    senior: bool
    overrides: tuple[str, ...] = ()


@dataclass(frozen=True)
class Comments:
    """What the form for a comment needs.

    Attributes:
        writes: whether the caller may write one.
        people: whom it may mention: ``login`` and ``name``.
        typed: what was typed and refused.
    """

    writes: bool
    people: tuple[Row, ...]
    typed: str = ""


@dataclass(frozen=True)
class CasePage:
    """Context of ``case.html``.

    Attributes:
        refused: a problem that just kept an action from happening; nothing typed is lost by it.
        payday: when it will be paid, if the delay model spoke.
        similar: decided cases like this one.
        not_cleared: what kept it from being cleared; empty for scores from before this was kept.
        certificate: what stood behind clearing such invoices, in words.
        clearing: what would clear it; ``None`` for a case that is closed.
        side: who was asked, the files, and whether the score is shown.
    """

    kase: Row
    client: str
    project: str
    due: Due
    terms: tuple[Term, ...]
    state_words: str
    route_words: str
    layer_words: str
    because: str
    not_cleared: str
    panel: InvoicePanel
    risks: tuple[RiskLine, ...]
    reasons: tuple[ReasonRow, ...]
    controls: list[Row]
    degraded: tuple[str, ...]
    payday: Payday | None
    deciding: Deciding
    entries: tuple[Entry, ...]
    versions: tuple[tuple[str, str], ...]
    sampled: bool
    scored_at: datetime
    group_currency: str
    clearing: Clearing | None
    similar: tuple[SimilarLine, ...]
    comments: Comments
    certificate: str
    score_id: str
    refused: Problem | None = None
    holder: str = ""
    side: Side | None = None


@dataclass(frozen=True)
class Surroundings:
    """What a case page needs beside its case and score, already in words."""

    client: str
    project: str
    panel: InvoicePanel
    entries: tuple[Entry, ...]
    now: datetime
    second_release: bool
    clearing: Clearing | None
    reasons: tuple[ReasonRow, ...]
    similar: tuple[SimilarLine, ...]
    comments: Comments
    planned: Row | None = None
    draft: Draft = field(default_factory=Draft)
    refused: Problem | None = None


def case_page(kase: Row, score: Row, around: Surroundings, principal: Principal) -> CasePage:
    """The whole page."""
    delay = score["risks"]["delay"]
    points = [(day, share) for day, share in delay["curve"] if day <= CURVE_DAYS]
    return CasePage(
        kase=kase,
        client=around.client,
        project=around.project,
        due=due(kase, around.now),
        terms=terms(kase["priority_parts"]),
        state_words=STATES[kase["state"]],
        route_words=ROUTES[kase["route"]],
        layer_words=LAYERS[score["decided_by"]],
        because=score["because"][:1].upper() + score["because"][1:],
        not_cleared=(score["not_cleared"] or {}).get("sentence", ""),
        panel=around.panel,
        risks=risk_lines(score["risks"]),
        reasons=around.reasons,
        controls=score["controls"],
        degraded=tuple(DEGRADED.get(code, plain(code)) for code in score["degraded"]),
        payday=payday(points, around.panel.due_on) if delay["status"] == "ok" else None,
        deciding=_deciding(kase, score, around, principal),
        entries=around.entries,
        versions=_versions(score),
        sampled=score["sampled"],
        scored_at=score["scored_at"],
        group_currency=kase["group_currency"] or kase["currency"],
        clearing=around.clearing,
        similar=around.similar,
        comments=around.comments,
        certificate=certificate(score["risks"].get("guarantee")),
        score_id=score["score_id"],
        refused=around.refused,
        holder=kase["claimed_by_name"] or kase["claimed_by"] or "",
    )


def _versions(score: Row) -> tuple[tuple[str, str], ...]:
    models = tuple((f"{RISKS.get(risk, risk)} model", digest[:12]) for risk, digest in score["model_digests"].items())
    return (
        ("Score", score["score_id"]),
        ("Controls", score["control_version"]),
        ("Policy", score["policy_version"]),
        ("Features", score["catalogue_digest"][:12]),
        *models,
    )


def _deciding(kase: Row, score: Row, around: Surroundings, principal: Principal) -> Deciding:
    stance, sentence = _stance(kase, around, principal)
    draft = around.draft
    return Deciding(
        stance=stance,
        sentence=sentence,
        fence=kase["fence"],
        until=kase["lease_expires_at"],
        actions=tuple(ActionChoice(a, ACTIONS[a], ACTION_HINTS[a], a == draft.action) for a in OFFERED),
        reasons=tuple(Option(cause, CAUSES[cause], cause == draft.reason_code) for cause in Cause),
        draft=draft,
        second_release=around.second_release,
        senior=principal.may(Scope.CASES_SENIOR),
        overrides=tuple(hit["title"] for hit in overridden(score)),
    )


def _stance(kase: Row, around: Surroundings, principal: Principal) -> tuple[str, str]:
    if kase["state"] not in OPEN_STATES:
        return "closed", f"This case is {STATES[kase['state']].lower()}; nothing more is to be done."
    if not principal.may(Scope.CASES_WRITE):
        return "reading", "Your role reads cases and decides none."
    barred = barred_from(kase, reviewer_of(principal))
    if barred is not None:
        return "barred", f"{barred.title}: {barred.detail}."
    if kase["state"] == CaseState.WAITING:
        return (
            "waiting",
            "Somebody was asked; the answer opens the case. Resume it when the answer came another way.",
        )
    held = kase["state"] == CaseState.CLAIMED and kase["lease_expires_at"] > around.now
    if held and kase["claimed_by"] == principal.principal_id and around.planned is not None:
        action = ACTIONS[around.planned["action"]]
        return "planned", f"{action}: takes effect at {clock(around.planned['pending_until'])}."
    if held and kase["claimed_by"] == principal.principal_id:
        return "mine", "You hold this case."
    if held:
        return "held", "Somebody else is working on it."
    return "free", "Nobody holds this case."
