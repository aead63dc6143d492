"""A request's wish to be called back, checked against the allow-list."""

from dataclasses import dataclass
from typing import Final

from sqlalchemy import Connection

from serving.callbacks.endpoints import allowing, checked_url
from serving.problems import Invalid
from serving.state import ServingState

POINTER: Final = "/callback_url"


@dataclass(frozen=True)
class Wish:
    """A wish to be called back, checked against the allow-list."""

    url: str
    endpoint_id: str
    correlation_id: str | None


def wish_of(connection: Connection, state: ServingState, url: str | None, correlation_id: str | None) -> Wish | None:
    """The wish of a request, or ``None``; raises ``Invalid`` at ``/callback_url`` for a URL that is not allowed."""
    if url is None:
        return None
    asked = checked_url(url, state.settings, pointer=POINTER)
    endpoint = allowing(connection, asked)
    if endpoint is None:
        raise Invalid.at(POINTER, "is not on the list of callback endpoints; an administrator can add it")
    return Wish(str(asked), endpoint["endpoint_id"], correlation_id)
