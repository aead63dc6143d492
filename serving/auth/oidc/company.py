"""Logging in on our pages with the provider's account: OpenID Connect's authorization code flow with PKCE (RFC 7636).

What was begun is sealed into a cookie of the browser that began it, so nobody can fill a table by beginning logins, and
nobody can end here what was begun in another browser. Each login that was begun makes at most one session.
"""

import base64
import hashlib
import hmac
import time
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass
from typing import Any, Final

import httpx
import orjson
import structlog

from serving.auth.oidc.discovery import Metadata, ProviderError
from serving.auth.oidc.exchange import Grant, Refused, identity_token
from serving.auth.oidc.provider import Provider
from serving.auth.principal import Unauthenticated
from serving.auth.secrets import new_token
from serving.callbacks.vault import SecretUnreadable, Vault
from serving.problems import Problem, Unavailable
from serving.settings import ServingSettings

log = structlog.get_logger(__name__)
LOGIN_SECONDS: Final = 600
BACK: Final = "/login/company/callback"
_PURPOSE: Final = "company login"
_DOWN: Final = frozenset({"temporarily_unavailable", "server_error"})


class NotBegun(Problem):
    """A login comes back that this browser did not begin, or not lately, or that has ended already."""

    status = 400
    slug = "login-not-begun"
    title = "This login cannot be finished"

    def __init__(self) -> None:
        super().__init__("it was begun in another browser or window, too long ago, or was used already")


class NotAllowedThere(Unauthenticated):
    """The provider itself did not let the person in."""

    slug = "company-login-refused"
    title = "You were not logged in"


@dataclass(frozen=True)
class Flow:
    """A login that was begun.

    Attributes:
        target: the page of ours to go on to.
        until: when it is too late to come back, in seconds since 1970.
    """

    state: str
    nonce: str
    verifier: str
    target: str
    until: float

    def sealed(self, vault: Vault) -> str:
        """The flow as its browser keeps it: unreadable and unchangeable."""
        return vault.seal(orjson.dumps(asdict(self) | {"for": _PURPOSE}).decode())

    @classmethod
    def opened(cls, sealed: str, vault: Vault) -> "Flow":
        """The flow again; raises ``NotBegun`` for anything that was not sealed as one."""
        try:
            found = orjson.loads(vault.open(sealed))
        except (SecretUnreadable, ValueError) as error:
            raise NotBegun from error
        if not isinstance(found, dict) or found.pop("for", None) != _PURPOSE:
            raise NotBegun
        return cls(**found)


@dataclass(frozen=True)
class Proven:
    """Who logged in, as checked claims, and the login that this ends."""

    claims: dict[str, Any]
    flow: Flow


class CompanyLogin:
    """Logging in with one provider."""

    def __init__(self, provider: Provider, settings: ServingSettings, wall: Callable[[], float] = time.time) -> None:
        self.provider = provider
        self._here = settings.public_url.rstrip("/")
        self._vault = Vault.of(settings)
        self._wall = wall

    def begin(self, target: str) -> tuple[str, str]:
        """Where to send the browser, and what its cookie keeps; raises ``Unavailable``."""
        flow = Flow(new_token(), new_token(), new_token(), target, self._wall() + LOGIN_SECONDS)
        asked = {
            "response_type": "code",
            "client_id": self._client,
            "redirect_uri": self._here + BACK,
            "scope": self.provider.settings.scope,
            "state": flow.state,
            "nonce": flow.nonce,
            "code_challenge": challenge_of(flow.verifier),
            "code_challenge_method": "S256",
        }
        return self._at("authorization_endpoint", asked), flow.sealed(self._vault)

    def finish(self, answer: Mapping[str, str], sealed: str) -> Proven:
        """Who came back with the provider's answer.

        Raises ``NotBegun``, ``NotAllowedThere``, ``Unauthenticated`` and ``Unavailable``.
        """
        flow = Flow.opened(sealed, self._vault)
        if flow.until < self._wall() or not hmac.compare_digest(flow.state.encode(), _said(answer, "state").encode()):
            raise NotBegun
        metadata = self.provider.metadata()
        self._refuse_another(answer, metadata)
        if _said(answer, "error"):
            raise _refusal(_said(answer, "error"))
        if not _said(answer, "code"):
            raise NotBegun
        token = self._exchanged(metadata, Grant(_said(answer, "code"), flow.verifier, self._here + BACK))
        return Proven(self.provider.identity(token, nonce=flow.nonce), flow)

    def leave(self) -> str | None:
        """Where to send the browser to log out at the provider too; ``None`` where the provider has no such place."""
        if self.provider.metadata().end_session_endpoint is None:
            return None
        said = {"client_id": self._client, "post_logout_redirect_uri": f"{self._here}/login"}
        return self._at("end_session_endpoint", said)

    @property
    def _client(self) -> str:
        return self.provider.settings.client_id or ""

    def _at(self, name: str, parameters: dict[str, str]) -> str:
        try:
            place = self.provider.metadata().place(name)
        except ProviderError as error:
            raise _unusable(error) from error
        return str(httpx.URL(place).copy_merge_params(parameters))

    def _refuse_another(self, answer: Mapping[str, str], metadata: Metadata) -> None:
        """Refuse an answer that names another issuer, or none where ours always does (RFC 9207)."""
        named = answer.get("iss")
        if named is None and not metadata.authorization_response_iss_parameter_supported:
            return
        if named != metadata.issuer:
            raise Unauthenticated("the answer came from another identity provider than the one that was asked")

    def _exchanged(self, metadata: Metadata, grant: Grant) -> str:
        try:
            return identity_token(metadata, self.provider.settings, grant)
        except Refused as error:
            raise NotBegun from error
        except ProviderError as error:
            raise _unusable(error) from error


def challenge_of(verifier: str) -> str:
    """The S256 challenge of a verifier (RFC 7636, section 4.2)."""
    return base64.urlsafe_b64encode(hashlib.sha256(verifier.encode()).digest()).rstrip(b"=").decode()


def _said(answer: Mapping[str, str], name: str) -> str:
    return answer.get(name, "")


def _unusable(error: ProviderError) -> Unavailable:
    log.error("the identity provider cannot be used to log in", error=str(error))
    return Unavailable("the company's login does not answer as it should")


def _refusal(code: str) -> Problem:
    """What the provider's error code means; its own words are not shown, for anybody can write an address."""
    if code in _DOWN:
        return Unavailable("the company's login says that it cannot be used just now")
    if code == "access_denied":
        return NotAllowedThere("the company's login did not let you in here, or you stopped it")
    return NotAllowedThere("the company's login did not finish")
