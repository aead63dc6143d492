"""Models in force, and the reports of monitoring."""

from dataclasses import dataclass
from pathlib import Path
from typing import Any

from fastapi import APIRouter, Request, Response
from fastapi.responses import HTMLResponse

from serving.api.dependencies import ModelReader, PathId, State, Transaction
from serving.problems import NotFound
from serving.verdicts import run
from serving.web.presenters.models import ModelCard, model_card
from serving.web.render import render

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)

# The report is a document of its own with inline scripts: it runs in a sandbox without an origin, cookies or network.
REPORT_POLICY = (
    "sandbox allow-scripts; default-src 'none'; script-src 'unsafe-inline' 'unsafe-eval' data: blob:; "
    "style-src 'unsafe-inline'; img-src data: blob:; font-src data:; connect-src data:"
)


@dataclass(frozen=True)
class ModelsPage:
    """Context of ``models.html``."""

    cards: tuple[ModelCard, ...]
    policy: str
    controls: str
    auto_clear: bool


@router.get("/models")
def read_models(request: Request, state: State, principal: ModelReader) -> Response:
    """What speaks for each risk, and how well it did on rows that it had not seen."""
    described: list[dict[str, Any]] = state.models.describe()
    now = state.clock().date()
    page = ModelsPage(
        cards=tuple(model_card(model, now) for model in described),
        policy=state.policy.version,
        controls=state.controls.version,
        auto_clear=state.policy.auto_clear,
    )
    return render(request, "models.html", page, principal=principal)


@router.get("/monitoring/{run_id}/report")
def read_report(run_id: PathId, connection: Transaction, principal: ModelReader) -> Response:  # noqa: ARG001 - checked
    """The HTML report of a run."""
    place = run(connection, run_id)["report_path"]
    if place is None or not (path := Path(place)).is_file() or path.suffix != ".html":
        raise NotFound("there is no report for this run; it is written when monitoring runs with a report folder")
    return HTMLResponse(path.read_bytes(), headers={"Content-Security-Policy": REPORT_POLICY})
