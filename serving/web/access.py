"""What pages declare in their signatures, beyond the API's own dependencies."""

from typing import Annotated
from urllib.parse import urlsplit

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from serving.api.dependencies import refuse_cross_site
from serving.web.frame import leave_flash

SameSite = Annotated[None, Depends(refuse_cross_site)]
FALLBACK = "/"


def own_path(target: str | None) -> str:
    """A place on this site to go on to; anything that could lead elsewhere becomes the start page."""
    if not target or not target.startswith("/") or target.startswith(("//", "/\\")):
        return FALLBACK
    if any(ord(sign) < 0x21 or sign == "\\" for sign in target):
        return FALLBACK
    parts = urlsplit(target)
    return FALLBACK if parts.scheme or parts.netloc else target


def see_other(target: str, *, good: str = "", bad: str = "") -> RedirectResponse:
    """After a change: go and look at the result, with a message."""
    response = RedirectResponse(target, 303)
    if good or bad:
        leave_flash(response, "good" if good else "bad", good or bad)
    return response


def wants_page(request: Request) -> bool:
    """Whether a browser is looking at a page: errors are then pages too."""
    return not request.url.path.startswith("/v1/") and "text/html" in request.headers.get("accept", "")
