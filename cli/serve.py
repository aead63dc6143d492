"""``triage serve``: the HTTP service on this machine."""

import socket
from typing import Annotated

import typer


def serve(
    port: Annotated[int | None, typer.Option(help="Port to listen on; default TRIAGE_PORT or 8000.")] = None,
    firm: Annotated[str | None, typer.Option(help="Firm whose database and models are used.")] = None,
) -> None:
    """Start the score API and the review pages."""
    # Serving sets the thread limits of the numeric libraries on import, before anything loads them.
    from ledger.database import DatabaseUnavailableError, locate
    from ledger.migrate import migrate
    from ledger.settings import Settings
    from serving.settings import ServingSettings

    settings = ServingSettings()
    chosen = settings if port is None else settings.model_copy(update={"port": port})
    refuse_taken_port(chosen.host, chosen.port)
    installation = Settings().for_firm(firm)
    try:
        database = locate(installation)
    except DatabaseUnavailableError as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from error
    engine = database.engine(pool_size=20)
    migrate(engine)
    with engine.begin() as connection:
        announce_demo(connection, embedded=database.embedded)
    _run(engine, installation, chosen)


def refuse_taken_port(host: str, port: int) -> None:
    """One line and the remedy when somebody else listens there."""
    with socket.socket(socket.AF_INET6 if ":" in host else socket.AF_INET, socket.SOCK_STREAM) as probe:
        probe.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            probe.bind((host, port))
        except OSError as error:
            typer.echo(
                f"error: cannot listen on {host}:{port} ({error.strerror}): stop what runs there, "
                "or choose another port with --port or TRIAGE_PORT",
                err=True,
            )
            raise typer.Exit(1) from error


def announce_demo(connection: object, *, embedded: bool) -> None:
    """Make demo accounts on an empty embedded database and print them, once."""
    from sqlalchemy import Connection

    from serving.auth.demo import create_demo_accounts

    assert isinstance(connection, Connection)
    made = create_demo_accounts(connection, embedded=embedded)
    if made is None:
        return
    typer.echo("Demo logins (printed once, only on the embedded database):")
    for login, password, role in made.logins:
        typer.echo(f"  {role.value:<16} {login:<6} {password}")
    typer.echo(f"Demo API key: {made.api_key}")


def _run(engine: object, installation: object, settings: object) -> None:
    import uvicorn
    from sqlalchemy import Engine

    from ledger.settings import Settings
    from models.champions import Champions
    from serving.app import create_app, load_state
    from serving.controls.checks import ControlError
    from serving.policy import PolicyError
    from serving.settings import ServingSettings

    assert isinstance(engine, Engine)
    assert isinstance(installation, Settings)
    assert isinstance(settings, ServingSettings)
    try:
        state = load_state(engine, settings, models=Champions(installation.model_cache))
    except (ControlError, PolicyError) as error:
        typer.echo(f"error: {error}", err=True)
        raise typer.Exit(1) from error
    typer.echo(f"Listening on http://{settings.host}:{settings.port} (documentation: /docs)")
    uvicorn.run(create_app(state), host=settings.host, port=settings.port, log_level="warning")
