"""Callback URLs in one canonical form, so that the allow-list compares like with like.

What parsers of URLs disagree on is refused instead of interpreted: credentials, backslashes, control characters, dot
segments, encoded separators and fragments have no place in a callback URL.
"""

import re
from dataclasses import dataclass
from typing import Final
from urllib.parse import urlsplit

LONGEST: Final = 2_000
DEFAULT_PORTS: Final = {"https": 443, "http": 80}
_PLAIN = re.compile(r"[\x21-\x7e]+")
_LABEL = re.compile(r"[a-z0-9_]([a-z0-9_-]{0,61}[a-z0-9_])?")
_IPV6 = re.compile(r"[0-9a-f:.]+")
# A server may take an encoded slash or dot for a real one: then the path would leave the prefix after the check.
_ENCODED_PATH = re.compile(r"%(2f|5c|2e|00)", re.IGNORECASE)


class CallbackUrlError(ValueError):
    """A URL that cannot be called back; the message says why in words for its author."""


@dataclass(frozen=True)
class CallbackUrl:
    """A URL taken apart.

    Attributes:
        host: lower case; an IPv6 address without brackets.
        path: with a leading slash.
        query: with its question mark, or empty.
    """

    scheme: str
    host: str
    port: int
    path: str
    query: str

    @property
    def authority(self) -> str:
        """Host and, where it is not the scheme's own, port: as the ``Host`` header wants it."""
        host = f"[{self.host}]" if ":" in self.host else self.host
        return host if self.port == DEFAULT_PORTS[self.scheme] else f"{host}:{self.port}"

    @property
    def target(self) -> str:
        """Path and query."""
        return self.path + self.query

    def __str__(self) -> str:
        return f"{self.scheme}://{self.authority}{self.target}"

    def lies_below(self, prefix: "CallbackUrl") -> bool:
        """Whether this is the prefix itself or lies below it, at the border of a path segment."""
        if (self.scheme, self.host, self.port) != (prefix.scheme, prefix.host, prefix.port):
            return False
        folder = prefix.path if prefix.path.endswith("/") else prefix.path + "/"
        return self.path == prefix.path or self.path.startswith(folder)


def parse_url(text: str, *, plain_http: bool = False) -> CallbackUrl:
    """The URL in canonical form; raises ``CallbackUrlError`` for anything doubtful."""
    if len(text) > LONGEST or not _PLAIN.fullmatch(text) or "\\" in text:
        raise CallbackUrlError(f"write the URL in at most {LONGEST} printable ASCII characters without backslashes")
    try:
        parts = urlsplit(text)
        host, port = parts.hostname, parts.port
    except ValueError as error:
        raise CallbackUrlError("this is not a URL") from error
    if parts.scheme not in (("https", "http") if plain_http else ("https",)):
        raise CallbackUrlError("only https is called back" if not plain_http else "only https and http are called back")
    if "@" in parts.netloc:
        raise CallbackUrlError("a callback URL carries no credentials; messages are signed instead")
    if "#" in text:
        raise CallbackUrlError("a fragment is never sent; leave it out")
    _check_host(host or "")
    _check_path(parts.path)
    chosen = DEFAULT_PORTS[parts.scheme] if port is None else port
    query = f"?{parts.query}" if parts.query else ""
    return CallbackUrl(parts.scheme, host or "", _port(chosen), parts.path or "/", query)


def _port(port: int) -> int:
    if not port:
        raise CallbackUrlError("port 0 cannot be called")
    return port


def _check_host(host: str) -> None:
    named = len(host) <= 253 and all(_LABEL.fullmatch(label) for label in host.split("."))
    if not (named or (":" in host and _IPV6.fullmatch(host))):
        raise CallbackUrlError("the host is missing or not a plain host name (write an international one in punycode)")


def _check_path(path: str) -> None:
    if _ENCODED_PATH.search(path) or any(segment in (".", "..") for segment in path.split("/")):
        raise CallbackUrlError("the path holds dot segments or encoded separators; write it out")
