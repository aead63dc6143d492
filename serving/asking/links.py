"""Links to requests and where they are sent.

A token is made at the moment in which its link is shown or sent and kept nowhere: not in the database, not in a task's
arguments, not in a log. A reminder therefore carries a new link; every link of a request ends with the request.
"""

from urllib.parse import quote

from sqlalchemy import Connection

from serving.asking import repository
from serving.auth.secrets import digest, new_token
from serving.settings import ServingSettings
from serving.sql import Row, first

PLACE = "{address}"


def new_link(connection: Connection, settings: ServingSettings, request_id: str, *, made_for: str) -> str:
    """A link that leads to a request: 256 random bits, whose digest is written down."""
    token = new_token()
    repository.add_link(connection, request_id, digest(token), made_for=made_for)
    return f"{settings.public_url.rstrip('/')}/answer/{token}"


def target_of(settings: ServingSettings, request: Row) -> str | None:
    """The apprise URL by which a person is reached: their own address, their role's channel, or the common one."""
    general = None if settings.notify_url is None else settings.notify_url.get_secret_value()
    if request["address"] and general and PLACE in general:
        return general.replace(PLACE, quote(request["address"], safe="@"))
    channel = settings.notify_channels.get(request["asked_role"] or "")
    if channel is not None:
        return channel.get_secret_value()
    return general if general and PLACE not in general else None


def address_of(connection: Connection, resource_id: str | None) -> str | None:
    """The e-mail address of a person who has an account here under it."""
    query = """
        SELECT login FROM account WHERE resource_id = %(id)s AND active AND login LIKE '%%_@_%%' ORDER BY login LIMIT 1
    """
    found = None if resource_id is None else first(connection, query, {"id": resource_id})
    return None if found is None else str(found["login"])
