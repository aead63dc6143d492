"""The interactive documentation of the API, with scripts and styles of our own address alone."""

from fastapi import APIRouter
from fastapi.responses import HTMLResponse

from serving.web.render import ENVIRONMENT

router = APIRouter(include_in_schema=False, default_response_class=HTMLResponse)


@router.get("/docs")
async def read_documentation() -> HTMLResponse:
    """Swagger UI on ``/openapi.json``."""
    return HTMLResponse(ENVIRONMENT.get_template("docs.html").render())
