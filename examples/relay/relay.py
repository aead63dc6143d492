"""Checks a callback's signature and hands it to the engine that waits for it: a WSGI application of forty lines.

Most engines cannot verify Standard Webhooks themselves: the signature covers the headers ``webhook-id`` and
``webhook-timestamp`` besides the body, and its secret is base64. This stands in front of them. It answers after the
engine has taken the message, so that whatever goes wrong in between is sent again by the service.
"""

import json
from collections.abc import Callable, Iterable
from typing import Any

import httpx
from standardwebhooks import Webhook, WebhookVerificationError

Event = dict[str, Any]
Forward = Callable[[Event], None]
Start = Callable[[str, list[tuple[str, str]]], object]
NAMES = ("webhook-id", "webhook-timestamp", "webhook-signature")


def relay(secrets: Iterable[str], forward: Forward) -> Callable[[dict[str, Any], Start], list[bytes]]:
    """The application; several secrets while one is being replaced. ``forward`` must not mind a message twice."""
    known = [Webhook(secret) for secret in secrets]

    def application(environ: dict[str, Any], start: Start) -> list[bytes]:
        body = environ["wsgi.input"].read(int(environ.get("CONTENT_LENGTH") or 0))
        headers = {name: environ.get("HTTP_" + name.upper().replace("-", "_"), "") for name in NAMES}
        if not any(_signed(webhook, body, headers) for webhook in known):
            start("401 Unauthorized", [])
            return []
        try:
            forward(json.loads(body))
        except httpx.HTTPError:
            start("502 Bad Gateway", [])  # the service tries again
            return []
        start("204 No Content", [])
        return []

    return application


def _signed(webhook: Webhook, body: bytes, headers: dict[str, str]) -> bool:
    try:
        webhook.verify(body, headers)
    except (WebhookVerificationError, ValueError):
        return False
    return True


def to_camunda(engine: httpx.Client, *, keep: int = 3_600_000) -> Forward:
    """Publish the event as a message; the engine drops a second one with the same id while it keeps the first (ms)."""

    def forward(event: Event) -> None:
        message = {
            "name": "triage.case.ended",
            "correlationKey": event["data"]["correlation_id"],
            "messageId": event["id"],
            "timeToLive": keep,
            "variables": {"ending": event["data"]},
        }
        engine.post("/v2/messages/publication", json=message).raise_for_status()

    return forward


def to_url(engine: httpx.Client, url_of: Callable[[Event], str]) -> Forward:
    """Post the event to the URL at which the engine waits, e.g. one that was kept under the correlation id."""

    def forward(event: Event) -> None:
        engine.post(url_of(event), json=event, headers={"Idempotency-Key": event["id"]}).raise_for_status()

    return forward
