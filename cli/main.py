"""The ``triage`` command: a table of subcommands, each imported only when it is called."""

import os
import sys
from collections.abc import Sequence
from importlib import import_module
from typing import Any

import typer

from ledger.errors import PlainError

# command → (module:function, one-line help). ``triage --help`` reads this table and imports none of the modules.
COMMANDS: dict[str, tuple[str, str]] = {
    "run": ("cli.run:run", "Everything at once: simulate, train, serve (what `make run` calls)."),
    "simulate": ("cli.simulate:simulate", "Write a simulated professional-services firm into the ledger."),
    "import": ("cli.imports:import_files", "Import CSV, Parquet or JSON Lines files through a mapping."),
    "quarantine": ("cli.imports:quarantine_rows", "List quarantined rows, or repair and replay them."),
    "train": ("cli.train:train", "Train, calibrate and register the three models."),
    "retrain": ("cli.train:retrain", "Train challengers on everything known by now."),
    "evaluate": ("cli.evaluate:evaluate", "Out-of-time metrics with intervals, beside the baselines."),
    "report": ("cli.report:report", "Write a registered model's evaluation report and model card."),
    "promote": ("cli.promote:promote", "Make a challenger the champion, through the gates."),
    "rollback": ("cli.promote:rollback", "Make an earlier version the champion again."),
    "rehearse": ("cli.rehearse:rehearse_weeks", "Let simulated people review a simulated firm's last weeks."),
    "score": ("cli.score:score", "Score a billing run and fill the review queue."),
    "classify": ("cli.classify:classify", "Name the dispute cause that a note speaks of."),
    "serve": ("cli.serve:serve", "Serve the score API and the review pages."),
    "worker": ("cli.worker:worker", "Deliver callbacks and score billing runs in the background."),
    "callbacks": ("cli.callbacks:callbacks", "Say where callbacks may go, rotate secrets, redeliver."),
    "cash": ("cli.cash:cash", "Forecast by week when the money of unpaid invoices comes in."),
    "nudges": ("cli.nudges:nudges", "Rank whose pending approvals free the most cash before the period closes."),
    "kpis": ("cli.kpis:kpis", "Show the key figures of the boards, or print their definitions."),
    "brief": ("cli.brief:brief", "Write the weekly brief, or send it."),
    "monitor": ("cli.monitor:monitor", "Compute drift of recent scores against the champion's reference."),
    "controls": (
        "cli.controls:controls",
        "List, check, propose, back-test, approve and activate controls.",
    ),
    "policies": (
        "cli.policies:policies",
        "List, check, propose, preview, approve and activate review policies.",
    ),
    "audit": ("cli.audit:audit", "Verify the audit log's hash chain."),
    "screenshots": ("cli.screenshots:screenshots", "Write every page in light and dark as pictures."),
    "openapi": ("cli.openapi:write_openapi", "Write the published API document; refuse a breaking release."),
    "db": ("cli.db:db", "Migrate, show or stop the database."),
}


def main(arguments: Sequence[str] | None = None) -> None:
    """Run one subcommand; expected failures end in one line with the remedy and exit code 1."""
    # Spinning OpenMP threads cost one-row work up to a hundredfold; this must be said before anything loads OpenMP.
    os.environ.setdefault("OMP_WAIT_POLICY", "passive")
    args = list(sys.argv[1:] if arguments is None else arguments)
    name = args[0] if args and args[0] in COMMANDS else None
    try:
        if name is None:
            _overview()(args=args, prog_name="triage")
        else:
            _application(name)(args=args[1:], prog_name=f"triage {name}")
    except PlainError as error:
        typer.secho(f"triage: {error}", err=True, fg=typer.colors.RED)
        raise SystemExit(1) from None


def _application(name: str) -> typer.Typer:
    """One real subcommand, imported now; a module may offer a whole Typer application instead of a function."""
    place, summary = COMMANDS[name]
    module, attribute = place.split(":")
    target: Any = getattr(import_module(module), attribute)
    if isinstance(target, typer.Typer):
        return target
    application = typer.Typer(add_completion=False, pretty_exceptions_enable=False)
    application.command(help=target.__doc__ or summary)(target)
    return application


def _overview() -> typer.Typer:
    """The help page over all subcommands, without importing any of them."""
    overview = typer.Typer(
        add_completion=False,
        no_args_is_help=True,
        help="Invoice exception triage: models assist, controls and people decide.",
    )
    for name, (_, summary) in COMMANDS.items():
        overview.command(name, help=summary)(_stand_in)
    return overview


def _stand_in() -> None:
    """Never runs: a known subcommand is dispatched before the overview is built."""
