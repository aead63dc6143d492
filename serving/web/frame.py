"""What surrounds every page: navigation for the role, who is asking, the theme, the last action's message."""

import base64
import binascii
from dataclasses import dataclass

import orjson
from fastapi import Request, Response
from sqlalchemy import Connection

from serving.auth.principal import Principal
from serving.auth.scopes import Scope
from serving.comments.service import count_unseen
from serving.web.words import ROLES

THEME_COOKIE = "triage_theme"
FLASH_COOKIE = "triage_flash"
THEMES = ("light", "dark")
FLASH_SECONDS = 60


@dataclass(frozen=True)
class Section:
    """An entry of the navigation."""

    path: str
    title: str
    scope: Scope
    icon: str


SECTIONS = (
    Section("/queue", "Queue", Scope.CASES_READ, "queue"),
    Section("/second-looks", "Second looks", Scope.CASES_WRITE, "check"),
    Section("/readiness", "Billing readiness", Scope.BOARDS_READ, "ready"),
    Section("/boards", "Boards", Scope.BOARDS_READ, "bars"),
    Section("/monitoring", "Monitoring", Scope.MODELS_READ, "pulse"),
    Section("/models", "Models", Scope.MODELS_READ, "model"),
    Section("/policies", "Policies", Scope.RULES_READ, "scales"),
    Section("/controls", "Controls", Scope.RULES_READ, "shield"),
    Section("/teams", "Teams", Scope.TEAMS_ADMIN, "people"),
    Section("/audit", "Audit", Scope.AUDIT_READ, "chain"),
    Section("/callbacks", "Callbacks", Scope.CALLBACKS_ADMIN, "send"),
    Section("/admin", "Admin", Scope.ACCOUNTS_ADMIN, "key"),
)
# Pages that belong to a section without lying below its address.
PARENTS = {"/cases": "/queue", "/nudges": "/readiness", "/brief": "/boards"}
ONCE = "/login/company"  # answers of the identity provider


@dataclass(frozen=True)
class Flash:
    """A message of the action before this page: ``good`` or ``bad``, and its text."""

    tone: str
    text: str


@dataclass(frozen=True)
class Frame:
    """Everything the base template needs.

    Attributes:
        sections: navigation entries that the caller may open.
        firm: whose books these are.
        theme: ``light`` or ``dark`` when chosen, empty to follow the system.
        here: path and query of this page, for coming back to it.
        searches: whether the caller may search the queue.
        mentions: comments that mention the caller and wait to be looked at.
    """

    sections: tuple[Section, ...]
    firm: str
    current: str
    who: str | None
    roles: str
    theme: str
    here: str
    searches: bool
    query: str
    flash: Flash | None
    request_id: str
    mentions: int = 0


def sections_for(principal: Principal | None) -> tuple[Section, ...]:
    """The entries that lead somewhere for this caller."""
    return tuple(section for section in SECTIONS if principal is not None and principal.may(section.scope))


def frame_of(request: Request, principal: Principal | None) -> Frame:
    """The frame of a page."""
    path = request.url.path
    theme = request.cookies.get(THEME_COOKIE, "")
    return Frame(
        sections=sections_for(principal),
        firm="" if principal is None else _firm(request),
        current=PARENTS.get(first := "/" + path.split("/")[1], first),
        who=None if principal is None else principal.name,
        roles="" if principal is None else ", ".join(ROLES[role] for role in principal.roles),
        theme=theme if theme in THEMES else "",
        here=_here(request),
        searches=principal is not None and principal.may(Scope.CASES_READ),
        query=request.query_params.get("q", ""),
        flash=_read_flash(request),
        request_id=str(request.scope.get("request_id", "")),
    )


def _here(request: Request) -> str:
    """Where to come back to: what was sent, or works once, is not asked for again."""
    path = request.url.path
    if request.method != "GET" or path.startswith(ONCE):
        return "/"
    return path + (f"?{request.url.query}" if request.url.query else "")


def waiting_mentions(request: Request, principal: Principal) -> int:
    """How many comments wait for whoever is asking."""
    if not principal.may(Scope.CASES_READ):
        return 0
    connection: Connection | None = getattr(request.state, "connection", None)
    if connection is not None:
        return count_unseen(connection, principal)
    with request.app.state.serving.engine.connect() as opened:
        return count_unseen(opened, principal)


def _firm(request: Request) -> str:
    """The firm in words: each has its own database, named after it."""
    database: str = request.app.state.serving.engine.url.database or ""
    return database.removeprefix("triage_").replace("_", " ").capitalize()


def leave_flash(response: Response, tone: str, text: str) -> None:
    """Say something on the next page."""
    value = base64.urlsafe_b64encode(orjson.dumps([tone, text])).decode()
    response.set_cookie(FLASH_COOKIE, value, max_age=FLASH_SECONDS, httponly=True, samesite="lax")


def _read_flash(request: Request) -> Flash | None:
    try:
        tone, text = orjson.loads(base64.urlsafe_b64decode(request.cookies[FLASH_COOKIE]))
    except (KeyError, ValueError, TypeError, binascii.Error):
        return None
    return Flash(tone, text) if tone in ("good", "bad") and isinstance(text, str) else None
