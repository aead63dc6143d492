"""Style sheet and scripts, served under a name that carries the digest of their content, so that browsers keep them.

Beside our own there are the files of Swagger UI for ``/docs``: they come pinned in a package, so that no browser with a
session loads a script from somewhere else.
"""

import gzip
import hashlib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from importlib.resources.abc import Traversable
from pathlib import Path
from typing import Final

from fastapi import APIRouter, Request, Response

from serving.delivery import takes_gzip
from serving.problems import NotFound

FOLDER = Path(__file__).parent / "static"
SWAGGER: Final = ("swagger-ui-bundle.js", "swagger-ui.css")
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file as it is served; compressed once, for some are large."""

    content: bytes
    compressed: bytes
    digest: str
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every static file by name; read once."""
    own = [path for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES]
    swagger = files("fastapi_offline") / "static"
    return {path.name: _asset(path) for path in (*own, *(swagger / name for name in SWAGGER))}


def _asset(path: Traversable) -> Asset:
    content, kind = path.read_bytes(), TYPES["." + path.name.rpartition(".")[2]]
    return Asset(content, gzip.compress(content, mtime=0), hashlib.sha256(content).hexdigest()[:12], kind)


def asset_url(name: str) -> str:
    """Where pages find a file; a changed file has another address."""
    return f"/static/{assets()[name].digest}/{name}"


@router.get("/static/{digest}/{name}")
async def static_file(request: Request, digest: str, name: str) -> Response:
    """A static file; an address with an old digest gets the present file, and keeps it for a minute only."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound(f"there is no file {name!r}")
    headers = {"Cache-Control": FOREVER if digest == asset.digest else BRIEFLY, "Vary": "Accept-Encoding"}
    if not takes_gzip(request.headers.get("accept-encoding", "")):
        return Response(asset.content, media_type=asset.media_type, headers=headers)
    return Response(asset.compressed, media_type=asset.media_type, headers=headers | {"Content-Encoding": "gzip"})


@router.get("/favicon.ico")
async def favicon(request: Request) -> Response:
    """The mark of the service."""
    return await static_file(request, "", "mark.svg")
