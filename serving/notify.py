"""Sends a text to people's mail, Slack, Teams and the like through ``apprise``: the one place that knows it.

The library is imported when something is sent: it is large, and most processes never send.
"""

from collections.abc import Sequence

import structlog
from structlog.stdlib import BoundLogger

log: BoundLogger = structlog.get_logger(__name__)


def send(urls: Sequence[str], title: str, body_text: str, body_html: str | None = None) -> int:
    """Send to every address; how many took it.

    Addresses that want HTML (mail) get ``body_html``, all others the text. An address that cannot be used or reached
    is counted as not sent and never raises: whoever sends says what a miss means. Addresses carry passwords, so that
    only their place in the list is logged.
    """
    return sum(_sent(url, number, (title, body_text, body_html)) for number, url in enumerate(urls, start=1))


def _sent(url: str, number: int, message: tuple[str, str, str | None]) -> bool:
    import apprise

    title, body, html = message
    service = apprise.Apprise.instantiate(url)
    if service is None:
        log.warning("an address to notify cannot be used", number=number)
        return False
    form = apprise.NotifyFormat.TEXT
    if html is not None and service.resolve_format() is apprise.NotifyFormat.HTML:
        form, body = apprise.NotifyFormat.HTML, html
    client = apprise.Apprise()
    client.add(service)
    if client.notify(body=body, title=title, body_format=form):
        return True
    log.warning("a notification was not taken", number=number, service=str(service.service_name))
    return False
