"""Operations that will go: marked once on the route, told in every answer and in the published document.

    @router.get("/old", deprecated=True)
    @deprecated(since=datetime(2026, 3, 1, tzinfo=UTC), until=datetime(2027, 3, 1, tzinfo=UTC), see="/docs/versioning")
    def read_old() -> OldOut: ...

The headers are those of RFC 9745 (``Deprecation``) and RFC 8594 (``Sunset``), with a ``Link`` to what to use instead.
"""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime, timedelta
from email.utils import format_datetime
from typing import Any, Final, TypeVar

from starlette.datastructures import MutableHeaders
from starlette.types import Scope

SHORTEST: Final = timedelta(days=365)
_MARK: Final = "deprecation"
_HEADERS: Final[dict[str, str]] = {
    "Deprecation": "since when it is deprecated (RFC 9745): @ and seconds since 1970",
    "Sunset": "when it goes (RFC 8594)",
    "Link": 'what to use instead, with rel="deprecation"',
}
Endpoint = TypeVar("Endpoint", bound=Callable[..., Any])


@dataclass(frozen=True)
class Deprecation:
    """That an operation will go.

    Attributes:
        since: when it was deprecated, UTC.
        until: when it goes, UTC.
        see: URL of the page that says what to use instead.
    """

    since: datetime
    until: datetime
    see: str

    def headers(self) -> dict[str, str]:
        """What every answer carries."""
        return {
            "Deprecation": f"@{int(self.since.timestamp())}",
            "Sunset": format_datetime(self.until, usegmt=True),
            "Link": f'<{self.see}>; rel="deprecation"; type="text/html"',
        }


def deprecated(*, since: datetime, until: datetime, see: str) -> Callable[[Endpoint], Endpoint]:
    """Mark an endpoint; raises ``ValueError`` for less notice than twelve months (docs/versioning.md)."""
    if until - since < SHORTEST:
        raise ValueError(f"callers get at least {SHORTEST.days} days of notice, not {(until - since).days}")

    def mark(endpoint: Endpoint) -> Endpoint:
        setattr(endpoint, _MARK, Deprecation(since, until, see))
        return endpoint

    return mark


def deprecation_of(endpoint: Any) -> Deprecation | None:
    """What an endpoint is marked with."""
    found = getattr(endpoint, _MARK, None)
    return found if isinstance(found, Deprecation) else None


def describe(operation: dict[str, Any]) -> None:
    """Mark an operation of the document, and its headers in every answer."""
    operation["deprecated"] = True
    for response in operation["responses"].values():
        for name, meaning in _HEADERS.items():
            response.setdefault("headers", {})[name] = {"description": meaning, "schema": {"type": "string"}}


def tell(scope: Scope, headers: MutableHeaders) -> None:
    """Add to an answer what its endpoint is marked with; the router has put the endpoint into the scope by then."""
    found = deprecation_of(scope.get("endpoint"))
    if found is not None:
        headers.update(found.headers())
