"""``triage serve``: the HTTP service on this machine."""

import resource
import signal
import socket
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Annotated, Final

import typer
import uvicorn
from sqlalchemy import Engine

from cli.firm import FirmOption, open_firm
from cli.memory import share_arenas
from cli.worker import WorkerOption, worker_beside
from ledger.errors import PlainError
from ledger.settings import Settings
from models.champions import Champions
from serving.app import create_app, load_state
from serving.auth.demo import DemoCredentials, create_demo_accounts
from serving.controls.checks import ControlError
from serving.observe.logs import log_as_json
from serving.overload.budget import within_budget
from serving.overload.connections import Connections, guarded
from serving.overload.drain import Server
from serving.policy import PolicyError
from serving.runs.repository import unsent as unsent_invoices
from serving.settings import ServingSettings
from serving.state import ServingState

SPARE_FILES: Final = 500  # beside connections: the database, models, logs
PortOption = Annotated[int | None, typer.Option(help="Port to listen on; default TRIAGE_PORT or 8000.")]


def serve(*, port: PortOption = None, worker: WorkerOption = None, firm: FirmOption = None) -> None:
    """Start the score API and the review pages; beside the embedded database also a worker."""
    serving = settings_for(port)
    log_as_json(serving.log_level)
    refuse_taken_port(serving.host, serving.port)
    settings, engine = open_firm(firm, pool_size=20)
    serve_firm(settings, engine, serving, worker=worker)


def settings_for(port: int | None) -> ServingSettings:
    """Settings of the service, with the port of the command line if one is given."""
    settings = ServingSettings()
    return settings if port is None else settings.model_copy(update={"port": port})


def refuse_taken_port(host: str, port: int) -> None:
    """Raises ``PlainError`` with the remedy when somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            raise PlainError(
                f"cannot listen on {host}:{port} ({error.strerror}): stop what runs there, "
                "or choose another port with --port or TRIAGE_PORT"
            ) from error


def serve_firm(settings: Settings, engine: Engine, serving: ServingSettings, *, worker: bool | None = None) -> None:
    """Serve until interrupted; the embedded database stops with the last process that uses it.

    A worker process runs beside the server; ``None`` for ``worker`` means: when the database is embedded.
    """
    share_arenas()
    announce_demo(settings, engine)
    try:
        state = load_state(within_budget(engine, serving), serving, models=Champions(settings.model_cache))
    except (ControlError, PolicyError) as error:
        raise PlainError(str(error)) from error
    place = f"http://{serving.host}:{serving.port}"
    typer.echo(f"Review queue: {place}/   API documentation: {place}/docs   (Ctrl-C stops everything)")
    # uvicorn shuts down in order and then raises the signal again: as an ordinary exit, so that the embedded database
    # is stopped as well.
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    with worker_beside(settings, wanted=worker):
        server_of(state).run()
    engine.dispose()


def server_of(state: ServingState) -> Server:
    """The server, which leaves in order: readiness says no, requests in hand are finished, then the process ends."""
    config = uvicorn.Config(
        create_app(state),
        host=state.settings.host,
        port=state.settings.port,
        log_level="warning",
        http=guarded(connections_of(state.settings)),
        ws="none",
        timeout_keep_alive=state.settings.idle_seconds,
        timeout_graceful_shutdown=state.settings.shutdown_seconds,
        # Whoever is not declared as a proxy speaks for itself alone, on this machine too.
        proxy_headers=bool(state.settings.proxies),
        forwarded_allow_ips=[str(network) for network in state.settings.proxies],
    )
    return Server(config, state.drain, seconds=state.settings.drain_seconds)


def connections_of(settings: ServingSettings) -> Connections:
    """How many connections the server takes, and from whom; lets the process open that many files."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = settings.max_connections + SPARE_FILES
    if soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (min(wanted, hard), hard))
    return Connections(
        per_address=settings.connections_per_address,
        most=settings.max_connections,
        proxies=settings.proxies,
        header_seconds=settings.header_seconds,
    )


def announce_demo(settings: Settings, engine: Engine) -> None:
    """Make demo accounts on an empty embedded database, and say on any embedded one which there are."""
    make_demo(settings, engine)
    place = _logins(settings)
    if settings.embedded and place.exists():
        typer.echo(place.read_text(encoding="utf-8").rstrip())
        _name_an_invoice(engine)
        typer.echo(f"(kept in {place}; demo logins exist only on the embedded database)")


def _name_an_invoice(engine: Engine) -> None:
    """Something to ask the API about: what was sent or decided would only be told so."""
    with engine.connect() as connection:
        unsent = unsent_invoices(connection, datetime.now(UTC))
    if unsent:
        typer.echo(f"An invoice to ask about: {max(unsent)}")


def make_demo(settings: Settings, engine: Engine) -> None:
    """Make demo accounts on an empty embedded database; their logins stay in a file that only its owner can read."""
    with engine.begin() as connection:
        made = create_demo_accounts(connection, embedded=settings.embedded)
        if made is not None:
            _keep(_logins(settings), made)


def _logins(settings: Settings) -> Path:
    return settings.home / f"demo-logins-{settings.firm}.txt"


def _keep(place: Path, made: DemoCredentials) -> None:
    lines = ["Demo logins:", *(f"  {role.value:<16} {login:<6} {password}" for login, password, role in made.logins)]
    place.touch(mode=0o600)
    place.write_text("\n".join([*lines, f"Demo API key: {made.api_key}", ""]), encoding="utf-8")
