"""Style sheet and scripts, served under a name that carries the digest of their content, so that browsers keep them."""

import hashlib
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from fastapi import APIRouter, Response

from serving.problems import NotFound

FOLDER = Path(__file__).parent / "static"
TYPES = {".css": "text/css; charset=utf-8", ".js": "text/javascript; charset=utf-8", ".svg": "image/svg+xml"}
FOREVER = "public, max-age=31536000, immutable"
BRIEFLY = "public, max-age=60"

router = APIRouter(include_in_schema=False)


@dataclass(frozen=True)
class Asset:
    """One file as it is served."""

    content: bytes
    digest: str
    media_type: str


@cache
def assets() -> dict[str, Asset]:
    """Every static file by name; read once."""
    return {path.name: _asset(path) for path in sorted(FOLDER.iterdir()) if path.suffix in TYPES}


def _asset(path: Path) -> Asset:
    content = path.read_bytes()
    return Asset(content, hashlib.sha256(content).hexdigest()[:12], TYPES[path.suffix])


def asset_url(name: str) -> str:
    """Where pages find a file; a changed file has another address."""
    return f"/static/{assets()[name].digest}/{name}"


@router.get("/static/{digest}/{name}")
def static_file(digest: str, name: str) -> Response:
    """A static file; an address with an old digest gets the present file, and keeps it for a minute only."""
    asset = assets().get(name)
    if asset is None:
        raise NotFound(f"there is no file {name!r}")
    keep = FOREVER if digest == asset.digest else BRIEFLY
    return Response(asset.content, media_type=asset.media_type, headers={"Cache-Control": keep})


@router.get("/favicon.ico")
def favicon() -> Response:
    """The mark of the service."""
    return static_file("", "mark.svg")
