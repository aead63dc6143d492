"""The allow-list: where messages may go, and the secrets that sign them; every change is audited."""

import base64
import os
from collections.abc import Sequence
from datetime import timedelta
from ipaddress import ip_address
from typing import Final

from psycopg.errors import UniqueViolation
from sqlalchemy import Connection

from serving import audit
from serving.callbacks.addresses import why_not
from serving.callbacks.urls import CallbackUrl, CallbackUrlError, parse_url
from serving.callbacks.vault import Vault
from serving.ids import new_id
from serving.problems import Conflict, Invalid, NotFound
from serving.settings import ServingSettings
from serving.sql import Row, change, first, insert, rows
from serving.state import ServingState

SECRET_BYTES: Final = 32
SECRET_PREFIX: Final = "whsec_"  # noqa: S105 - the public prefix of the Standard Webhooks format
OVERLAP: Final = timedelta(days=1)
GONE: Final = "the receiver answered 410 Gone"


class UnknownEndpoint(NotFound):
    """No such endpoint."""

    slug = "unknown-endpoint"
    title = "Unknown callback endpoint"

    def __init__(self, endpoint_id: str) -> None:
        super().__init__(f"there is no callback endpoint {endpoint_id!r}")


class EndpointExists(Conflict):
    """The prefix is on the list already."""

    slug = "endpoint-exists"
    title = "The prefix is on the list already"


def checked_url(text: str, settings: ServingSettings, *, pointer: str) -> CallbackUrl:
    """A URL that could be called as the service is configured; raises ``Invalid`` at the pointer.

    Names are not resolved here: what a name stands for is looked at when a message is sent.
    """
    try:
        url = parse_url(text, plain_http=settings.callback_http)
    except CallbackUrlError as error:
        raise Invalid.at(pointer, str(error)) from error
    if settings.callback_ports and url.port not in settings.callback_ports:
        allowed = ", ".join(map(str, settings.callback_ports))
        raise Invalid.at(pointer, f"port {url.port} is not called; allowed: {allowed} (TRIAGE_CALLBACK_PORTS)")
    refusal = _literal_refusal(url.host, private=settings.callback_private)
    if refusal is not None:
        raise Invalid.at(pointer, refusal)
    return url


def _literal_refusal(host: str, *, private: bool) -> str | None:
    try:
        address = ip_address(host)
    except ValueError:
        return None
    return why_not(address, private=private)


def create(connection: Connection, state: ServingState, prefix: str, *, name: str, actor: str) -> tuple[Row, str]:
    """Put a prefix on the list; its row and its secret, which is shown this once.

    Raises ``Invalid`` for a prefix that cannot be called and ``EndpointExists``.
    """
    url = checked_url(prefix, state.settings, pointer="/prefix")
    if url.query:
        raise Invalid.at("/prefix", "a prefix has no query; every query below it is allowed")
    endpoint_id = new_id()
    values = {"endpoint_id": endpoint_id, "name": name, "prefix": str(url), "created_by": actor}
    try:
        with connection.begin_nested():
            insert(connection, "callback_endpoint", values)
    except UniqueViolation as error:
        raise EndpointExists(f"{url} is on the list already; rotate its secret or enable it") from error
    secret = _add_secret(connection, state, endpoint_id)
    _tell(connection, "callback_endpoint_created", endpoint_id, actor, {"name": name, "prefix": str(url)})
    return find(connection, endpoint_id), secret


def rotate(
    connection: Connection, state: ServingState, endpoint_id: str, *, actor: str, overlap: timedelta = OVERLAP
) -> str:
    """A new secret; those before it sign along until the overlap is over, so that the receiver can change in peace."""
    _locked(connection, endpoint_id)
    statement = """
        UPDATE callback_secret SET retires_at = clock_timestamp() + %(overlap)s
        WHERE endpoint_id = %(id)s AND retires_at IS NULL
    """
    change(connection, statement, {"id": endpoint_id, "overlap": overlap})
    secret = _add_secret(connection, state, endpoint_id)
    detail = {"overlap_hours": overlap.total_seconds() / 3600}
    _tell(connection, "callback_secret_rotated", endpoint_id, actor, detail)
    return secret


def disable(connection: Connection, endpoint_id: str, *, actor: str, because: str) -> Row:
    """Send nothing there from now on: what waits for it dies at its next attempt and may be redelivered later."""
    if _locked(connection, endpoint_id)["active"]:
        _set_active(connection, endpoint_id, because=because)
        _tell(connection, "callback_endpoint_disabled", endpoint_id, actor, {"because": because})
    return find(connection, endpoint_id)


def enable(connection: Connection, endpoint_id: str, *, actor: str) -> Row:
    """Allow the endpoint again."""
    if not _locked(connection, endpoint_id)["active"]:
        _set_active(connection, endpoint_id, because=None)
        _tell(connection, "callback_endpoint_enabled", endpoint_id, actor, {})
    return find(connection, endpoint_id)


def _set_active(connection: Connection, endpoint_id: str, *, because: str | None) -> None:
    statement = """
        UPDATE callback_endpoint SET active = %(because)s::text IS NULL, because = %(because)s::text
        WHERE endpoint_id = %(id)s
    """
    change(connection, statement, {"id": endpoint_id, "because": because})


def _locked(connection: Connection, endpoint_id: str) -> Row:
    query = "SELECT * FROM callback_endpoint WHERE endpoint_id = %(id)s FOR NO KEY UPDATE"
    found = first(connection, query, {"id": endpoint_id})
    if found is None:
        raise UnknownEndpoint(endpoint_id)
    return found


def _add_secret(connection: Connection, state: ServingState, endpoint_id: str) -> str:
    secret = SECRET_PREFIX + base64.b64encode(os.urandom(SECRET_BYTES)).decode()
    sealed = Vault.of(state.settings).seal(secret)
    insert(connection, "callback_secret", {"secret_id": new_id(), "endpoint_id": endpoint_id, "sealed": sealed})
    return secret


def _tell(connection: Connection, action: str, endpoint_id: str, actor: str, detail: Row) -> None:
    audit.write(connection, action, actor=actor, subject=endpoint_id, detail=detail)


_ENDPOINTS = """
SELECT e.*, (SELECT count(*) FROM callback_secret s WHERE s.endpoint_id = e.endpoint_id
             AND (s.retires_at IS NULL OR s.retires_at > clock_timestamp())) AS live_secrets
FROM callback_endpoint e
"""


def find(connection: Connection, endpoint_id: str) -> Row:
    """An endpoint with the number of its live secrets; raises ``UnknownEndpoint``."""
    found = first(connection, _ENDPOINTS + " WHERE endpoint_id = %(id)s", {"id": endpoint_id})
    if found is None:
        raise UnknownEndpoint(endpoint_id)
    return found


def listed(connection: Connection) -> list[Row]:
    """All endpoints, by name."""
    return rows(connection, _ENDPOINTS + " ORDER BY name, endpoint_id")


def allowing(connection: Connection, url: CallbackUrl) -> Row | None:
    """The active endpoint with the longest prefix that the URL lies below; ``None`` when it is not on the list."""
    found = rows(connection, "SELECT * FROM callback_endpoint WHERE active")
    fitting = [row for row in found if url.lies_below(parse_url(row["prefix"], plain_http=True))]
    return max(fitting, key=lambda row: len(row["prefix"]), default=None)


def live_secrets(connection: Connection, endpoint_id: str, vault: Vault) -> Sequence[str]:
    """The secrets that sign now, newest first."""
    query = """
        SELECT sealed FROM callback_secret
        WHERE endpoint_id = %(id)s AND (retires_at IS NULL OR retires_at > clock_timestamp())
        ORDER BY secret_id DESC
    """
    return [vault.open(row["sealed"]) for row in rows(connection, query, {"id": endpoint_id})]
