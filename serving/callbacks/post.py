"""Sends one message as if the receiver were hostile: pinned address, no redirects, limits on time and size."""

import asyncio
import ssl
import time
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import httpx

from serving.callbacks.addresses import Address, AddressRefusedError, resolve
from serving.callbacks.urls import CallbackUrl

READ_BYTES: Final = 4_096
KEPT_CHARACTERS: Final = 500
LONGEST_ERROR: Final = 300


@dataclass(frozen=True)
class PostRules:
    """How messages are sent.

    Attributes:
        seconds: for everything together: name, connection, TLS, answer.
        private: addresses of our own networks may be called.
        certificates: file of certificate authorities trusted besides the public ones.
    """

    seconds: float = 15.0
    private: bool = False
    certificates: str | None = None


@dataclass(frozen=True)
class Outcome:
    """What came of an attempt: a status with the answer's beginning, or an error."""

    latency_ms: float
    address: str | None = None
    status: int | None = None
    answer: str = ""
    error: str | None = None


def post(url: CallbackUrl, body: str, headers: Mapping[str, str], rules: PostRules) -> Outcome:
    """Send a message; every failure of the other side is an outcome, none is raised."""
    return asyncio.run(_post(url, body, headers, rules))


async def _post(url: CallbackUrl, body: str, headers: Mapping[str, str], rules: PostRules) -> Outcome:
    started, address = time.perf_counter(), None
    try:
        async with asyncio.timeout(rules.seconds):
            address = await resolve(url.host, url.port, private=rules.private)
            status, answer = await _exchange(url, address, body, headers, rules)
    except TimeoutError:
        error = f"no answer within {rules.seconds:g} seconds"
    except AddressRefusedError as refused:
        error = str(refused)
    except (httpx.HTTPError, OSError) as failed:
        error = f"{type(failed).__name__}: {failed}"
    else:
        return Outcome(_elapsed(started), str(address), status, answer)
    return Outcome(_elapsed(started), None if address is None else str(address), error=_storable(error, LONGEST_ERROR))


def _elapsed(started: float) -> float:
    return round((time.perf_counter() - started) * 1000, 3)


async def _exchange(
    url: CallbackUrl, address: Address, body: str, headers: Mapping[str, str], rules: PostRules
) -> tuple[int, str]:
    # The connection goes to the checked address; name and certificate are still the host's.
    host = f"[{address}]" if address.version == 6 else str(address)
    place = f"{url.scheme}://{host}:{url.port}{url.target}"
    sent = {**headers, "host": url.authority, "accept-encoding": "identity", "user-agent": "invoice-exception-triage"}
    transport = httpx.AsyncHTTPTransport(verify=_trust(rules.certificates), trust_env=False, retries=0)
    async with httpx.AsyncClient(transport=transport, trust_env=False, follow_redirects=False, timeout=None) as client:  # noqa: S113 - asyncio.timeout bounds the whole exchange
        request = client.build_request(
            "POST", place, content=body.encode(), headers=sent, extensions={"sni_hostname": url.host}
        )
        response = await client.send(request, stream=True)
        try:
            return response.status_code, _storable(await _beginning(response), KEPT_CHARACTERS)
        finally:
            await response.aclose()


async def _beginning(response: httpx.Response) -> str:
    read = b""
    async for chunk in response.aiter_raw():
        read += chunk
        if len(read) >= READ_BYTES:
            break
    return read[:READ_BYTES].decode("utf-8", "replace")


def _storable(text: str, longest: int) -> str:
    return text.replace("\x00", "\ufffd").encode("utf-8", "replace").decode()[:longest]


@lru_cache(maxsize=4)
def _trust(certificates: str | None) -> ssl.SSLContext:
    context = httpx.create_ssl_context(trust_env=False)
    if certificates is not None:
        context.load_verify_locations(cafile=certificates)
    return context
