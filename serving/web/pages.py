"""Puts the pages onto the application."""

from fastapi import FastAPI

from serving.web import static
from serving.web.errors import install_error_pages
from serving.web.views import admin, answer, attachments, audit, callbacks, case, insight, login, queue

ROUTERS = tuple(
    part.router for part in (login, queue, case, attachments, answer, insight, audit, callbacks, admin, static)
)


def install_pages(app: FastAPI) -> None:
    """Routes and error pages; call it after the problem handlers are installed."""
    for router in ROUTERS:
        app.include_router(router)
    install_error_pages(app)
