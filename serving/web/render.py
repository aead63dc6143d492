"""Templates: the environment with its filters, and the one way a page is rendered."""

from dataclasses import fields, replace
from http import HTTPStatus
from pathlib import Path
from typing import Any

from fastapi import Request
from fastapi.responses import HTMLResponse
from jinja2 import Environment, FileSystemLoader, StrictUndefined

from serving.auth.principal import Principal
from serving.web import formats, words
from serving.web.frame import FLASH_COOKIE, frame_of, waiting_mentions
from serving.web.static import asset_url

FILTERS = ("money", "number", "day", "moment", "clock", "percent", "age", "days_late", "signed")


def _environment() -> Environment:
    loader = FileSystemLoader(Path(__file__).parent / "templates")
    environment = Environment(
        loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True
    )
    environment.filters |= {name: getattr(formats, name) for name in FILTERS}
    environment.filters["plain"] = words.plain
    environment.globals |= {"asset": asset_url, "words": words}
    return environment


ENVIRONMENT = _environment()


def render(
    request: Request, template: str, page: Any = None, *, principal: Principal | None, status: int = 200
) -> HTMLResponse:
    """A page from a template and its context, a dataclass whose fields are the template's variables."""
    frame = frame_of(request, principal)
    if principal is not None and status < HTTPStatus.BAD_REQUEST:
        frame = replace(frame, mentions=waiting_mentions(request, principal))
    context = {} if page is None else {field.name: getattr(page, field.name) for field in fields(page)}
    html = ENVIRONMENT.get_template(template).render(frame=frame, **context)
    response = HTMLResponse(html, status, headers={"Cache-Control": "no-store"})
    if frame.flash is not None:
        response.delete_cookie(FLASH_COOKIE)
    return response
