"""``make screenshots``: every page in light and dark, as PNG files, from a running service or one started for it."""

import os
import re
import shutil
import socket
import threading
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from html import escape
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from cli.tour import ROLES, STOPS, Stop
from ledger.errors import PlainError

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Page
    from sqlalchemy import Engine

PLACES = ("/usr/bin/chromium", "/usr/bin/chromium-browser", "/usr/bin/google-chrome")
FLAGS = ("--no-sandbox", "--disable-gpu", "--disable-background-networking", "--disable-component-update",
         "--disable-sync", "--no-first-run")  # fmt: skip
THEMES = ("light", "dark")
VIEWPORT = (1440, 900)
START_SECONDS = 60.0
# A line of the file in which `triage run` keeps its logins: role, login, password.
LOGIN = re.compile(r"^\s+([a-z_]+)\s+(\S+)\s+(\S+)$", re.MULTILINE)
INDEX = "index.html"
HEAD = """<!doctype html><html lang="en"><meta charset="utf-8"><title>Every page</title><style>
body { margin: 24px; font: 14px system-ui, sans-serif; background: #ddd; } main { display: grid; gap: 24px; }
section { display: grid; grid-template-columns: 1fr 1fr; gap: 8px; }
h2 { grid-column: 1 / -1; margin: 0; font-size: 14px; }
img { width: 100%; border: 1px solid #999; }</style><h1>Every page, in light and dark</h1><main>
"""
Logins = Mapping[str, tuple[str, str]]


def screenshots(
    out: Annotated[Path, typer.Argument(help="Folder for the PNG files and their index.html.")] = Path(
        "docs/screenshots"
    ),
    url: Annotated[str | None, typer.Option(help="A running service; without it, one is started.")] = None,
    *,
    logins: Annotated[
        Path | None, typer.Option(help="File with a login for each role, as `triage run` keeps it; with --url.")
    ] = None,
    stage: Annotated[
        bool, typer.Option(help="Also claim, ask and decide on the way: for a firm that is made for showing.")
    ] = False,
    full: Annotated[bool, typer.Option(help="Whole pages, not what 1440 by 900 pixels show.")] = False,
    only: Annotated[str, typer.Option(help="Only pictures whose name begins so.")] = "",
    firm: Annotated[str | None, typer.Option(help="Firm to start a service on.")] = None,
) -> None:
    """Write each page in light and dark, and a page over all of them."""
    if find_spec("playwright") is None:
        raise PlainError("pictures need a browser driven by playwright: `make screenshots` installs both")
    stops = tuple(stop for stop in STOPS if stop.name.startswith(only) and (stage or not stop.stages))
    out.mkdir(parents=True, exist_ok=True)
    if url is not None:
        _shoot(url, _read(logins), stops, out, full=full)
    else:
        with _own_service(firm) as (address, made):
            _shoot(address, made, stops, out, full=full)
    typer.echo(str(_index(out)))


def browser_path() -> str | None:
    """An installed Chromium: ``CHROMIUM_PATH``, the usual places, or ``None`` for playwright's own."""
    named = os.environ.get("CHROMIUM_PATH")
    found = [place for place in (named, *PLACES, shutil.which("chromium")) if place and Path(place).exists()]
    return found[0] if found else None


def _read(place: Path | None) -> Logins:
    if place is None or not place.exists():
        raise PlainError("name the file with the logins of the running service: --logins FILE")
    return {role: (login, password) for role, login, password in LOGIN.findall(place.read_text(encoding="utf-8"))}


def _shoot(url: str, logins: Logins, stops: tuple[Stop, ...], out: Path, *, full: bool) -> None:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=browser_path(), args=list(FLAGS))
        try:
            for theme in THEMES:
                pages = _pages(browser, url, logins, {stop.role for stop in stops}, theme)
                for stop in stops:
                    if stop.role in pages:
                        _picture(pages[stop.role], stop, out / f"{stop.name}-{theme}.png", full=full)
        finally:
            browser.close()


def _pages(browser: "Browser", url: str, logins: Logins, roles: set[str], theme: str) -> "dict[str, Page]":
    """A page for each role that can log in, in a browser profile of its own, and one for nobody."""
    width, height = VIEWPORT
    made = {}
    for role in roles & {"", *logins}:
        made[role] = browser.new_page(
            base_url=url,
            color_scheme="dark" if theme == "dark" else "light",
            viewport={"width": width, "height": height},
        )
        if role:
            made[role].goto("/login")
            log_in(made[role], *logins[role])
    return made


def log_in(page: "Page", login: str, password: str) -> None:
    """Fill in the form on the page and send it."""
    page.get_by_label("Login").fill(login)
    page.get_by_label("Password").fill(password)
    page.get_by_role("button", name="Log in").click()
    page.wait_for_url(lambda address: "/login" not in address)


def _picture(page: "Page", stop: Stop, place: Path, *, full: bool) -> None:
    if stop.way(page):
        page.screenshot(path=place, full_page=full)
        typer.echo(str(place))
    else:
        place.unlink(missing_ok=True)
        typer.echo(f"{stop.name}: nothing to show on this firm")


def _index(out: Path) -> Path:
    """A page with all pictures beside each other, sorted by name."""
    names = sorted({place.stem.rpartition("-")[0] for theme in THEMES for place in out.glob(f"*-{theme}.png")})
    sheets = (_sheet(name, [f"{name}-{theme}.png" for theme in THEMES if (out / f"{name}-{theme}.png").exists()])
              for name in names)  # fmt: skip
    place = out / INDEX
    place.write_text(HEAD + "\n".join(sheets) + "\n</main></html>\n", encoding="utf-8")
    return place


def _sheet(name: str, files: list[str]) -> str:
    shown = "".join(f'<a href="{escape(file)}"><img src="{escape(file)}" alt="{escape(file)}"></a>' for file in files)
    return f"<section><h2>{escape(name)}</h2>{shown}</section>"


@contextmanager
def _own_service(firm: str | None) -> Iterator[tuple[str, Logins]]:
    """A service on a free port over the firm's database, with accounts made for this one run."""
    import uvicorn

    from cli.firm import open_firm
    from models.champions import Champions
    from serving.app import create_app, load_state
    from serving.auth.repository import deactivate_account

    settings, engine = open_firm(firm)
    app, port = create_app(load_state(engine, models=Champions(settings.model_cache))), free_port()
    server = uvicorn.Server(uvicorn.Config(app, host="127.0.0.1", port=port, log_level="warning", ws="none"))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    logins = _photographers(engine)
    try:
        deadline = time.monotonic() + START_SECONDS
        while not server.started and thread.is_alive() and time.monotonic() < deadline:
            time.sleep(0.05)
        yield f"http://127.0.0.1:{port}", logins
    finally:
        with engine.begin() as connection:
            for login, _ in logins.values():
                deactivate_account(connection, login)
        server.should_exit = True
        thread.join()


def _photographers(engine: "Engine") -> Logins:
    """An account for each role that looks, with random passwords; they are switched off afterwards."""
    from secrets import token_hex

    from serving import audit
    from serving.auth.scopes import Role
    from serving.auth.secrets import new_password
    from serving.auth.service import NewAccount, create_account

    made = {role: (f"camera-{role}-{token_hex(4)}", new_password()) for role in ROLES}
    with engine.begin() as connection:
        for role, (login, password) in made.items():
            account = NewAccount(login, Role(role).value.replace("_", " ").capitalize(), password, (Role(role),))
            create_account(connection, account, actor=audit.SYSTEM)
    return made


def free_port() -> int:
    """A port that nobody listens on now."""
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port
