"""``make screenshots``: every page in light and dark, as PNG files, from a running service or one started for it."""

import os
import shutil
import socket
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
# Page → path; a case is opened from the queue, because its id is not known beforehand.
PAGES = {
    "queue": "/queue",
    "models": "/models",
    "monitoring": "/monitoring",
    "audit": "/audit?verify=1",
    "admin": "/admin",
}
VIEWPORT = (1440, 900)
START_SECONDS = 60.0


def screenshots(
    out: Annotated[Path, typer.Argument(help="Folder for the PNG files.")] = Path("docs/screenshots"),
    url: Annotated[str | None, typer.Option(help="A running service; without it, one is started.")] = None,
    login: Annotated[str, typer.Option(envvar="TRIAGE_SHOT_LOGIN", help="Login at the running service.")] = "",
    password: Annotated[str, typer.Option(envvar="TRIAGE_SHOT_PASSWORD", help="Its password.")] = "",
    firm: Annotated[str | None, typer.Option(help="Firm to start a service on.")] = None,
) -> None:
    """Write each page in light and dark; look at them before saying done."""
    if url is not None:
        _shoot(url, (login, password), out)
        return
    with _own_service(firm) as (address, credentials):
        _shoot(address, credentials, out)


def browser_path() -> str | None:
    """An installed Chromium: ``CHROMIUM_PATH``, the usual places, or ``None`` for playwright's own."""
    named = os.environ.get("CHROMIUM_PATH")
    found = [place for place in (named, *PLACES, shutil.which("chromium")) if place and Path(place).exists()]
    return found[0] if found else None


def _shoot(url: str, credentials: tuple[str, str], out: Path) -> None:
    from playwright.sync_api import sync_playwright

    out.mkdir(parents=True, exist_ok=True)
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        try:
            for theme in ("light", "dark"):
                _shoot_theme(browser, url, credentials, out, theme)
        finally:
            browser.close()


def _shoot_theme(browser: "Browser", url: str, credentials: tuple[str, str], out: Path, theme: str) -> None:
    width, height = VIEWPORT
    context = browser.new_context(
        base_url=url,
        color_scheme="dark" if theme == "dark" else "light",
        viewport={"width": width, "height": height},
    )
    page = context.new_page()
    page.goto("/login")
    _save(page, out, "login", theme)
    log_in(page, *credentials)
    for name, path in PAGES.items():
        answer = page.goto(path)
        if answer is not None and answer.ok:
            _save(page, out, name, theme)
    page.goto("/queue")
    cases = page.locator("a.open")
    if cases.count():
        cases.first.click()
        _save(page, out, "case", theme)
    page.goto("/cases/none")
    _save(page, out, "error", theme)
    context.close()


def log_in(page: "Page", login: str, password: str) -> None:
    """Fill in the form on the page and send it."""
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/login" not in address)


def _save(page: "Page", out: Path, name: str, theme: str) -> None:
    place = out / f"{name}-{theme}.png"
    page.screenshot(path=place)
    typer.echo(str(place))


@contextmanager
def _own_service(firm: str | None) -> Iterator[tuple[str, tuple[str, str]]]:
    """A service on a free port over the firm's database, with an administrator made for this one run."""
    import uvicorn

    from cli.firm import open_firm
    from models.champions import Champions
    from serving.app import create_app, load_state
    from serving.auth.repository import deactivate_account

    settings, engine = open_firm(firm)
    state = load_state(engine, models=Champions(settings.model_cache))
    port = free_port()
    server = uvicorn.Server(
        uvicorn.Config(create_app(state), host="127.0.0.1", port=port, log_level="warning", ws="none")
    )
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        credentials = _photographer(engine)
        yield f"http://127.0.0.1:{port}", credentials
        with engine.begin() as connection:
            deactivate_account(connection, credentials[0])
    finally:
        server.should_exit = True
        thread.join()


def _photographer(engine: object) -> tuple[str, str]:
    """An account that sees every page, with a random password; it is switched off afterwards."""
    from secrets import token_hex

    from sqlalchemy import Engine

    from serving import audit
    from serving.auth.scopes import Role
    from serving.auth.secrets import new_password
    from serving.auth.service import NewAccount, create_account

    assert isinstance(engine, Engine)
    login, password = f"camera-{token_hex(4)}", new_password()
    with engine.begin() as connection:
        create_account(connection, NewAccount(login, "Ada Admin", password, (Role.ADMIN,)), actor=audit.SYSTEM)
    return login, password


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
