"""From a code to a token: the one question to the provider that carries our secret (RFC 6749, section 4.1.3)."""

import base64
from dataclasses import dataclass
from urllib.parse import quote_plus

import httpx
import structlog

from serving.auth.oidc.discovery import TIMEOUT_SECONDS, Metadata, ProviderError, ask
from serving.auth.oidc.settings import OidcSettings

log = structlog.get_logger(__name__)


class Refused(Exception):  # noqa: N818 - it is the provider's word
    """The provider knows us and does not take the code: it is wrong, too old, or was used already."""


@dataclass(frozen=True)
class Grant:
    """What shows that the code is ours to use."""

    code: str
    verifier: str
    redirect_uri: str


def identity_token(metadata: Metadata, settings: OidcSettings, grant: Grant) -> str:
    """The identity token that a code stands for; raises ``Refused`` and ``ProviderError``."""
    form = {
        "grant_type": "authorization_code",
        "code": grant.code,
        "redirect_uri": grant.redirect_uri,
        "code_verifier": grant.verifier,
    }
    more, headers = _credentials(metadata, settings)
    place = metadata.place("token_endpoint")
    with httpx.Client(timeout=TIMEOUT_SECONDS) as client:
        status, found = ask(client, "POST", place, form=form | more, headers=headers)
    if status != httpx.codes.OK:
        raise _refusal(status, found.get("error"))
    token = found.get("id_token")
    if not isinstance(token, str):
        raise ProviderError("the answer holds no identity token; is 'openid' among the scopes?")
    return token


def _credentials(metadata: Metadata, settings: OidcSettings) -> tuple[dict[str, str], dict[str, str]]:
    """Further fields of the form, and headers: who we are, in the way that the provider takes."""
    client = settings.client_id or ""
    if settings.client_secret is None:
        return {"client_id": client}, {}
    secret = settings.client_secret.get_secret_value()
    taken = metadata.token_endpoint_auth_methods_supported
    if "client_secret_basic" not in taken and "client_secret_post" in taken:
        return {"client_id": client, "client_secret": secret}, {}
    pair = f"{quote_plus(client)}:{quote_plus(secret)}"
    return {}, {"Authorization": f"Basic {base64.b64encode(pair.encode()).decode()}"}


def _refusal(status: int, error: object) -> Exception:
    if error == "invalid_grant":
        return Refused()
    # A wrong secret or address of ours is for whoever runs the service, not for the person at the page.
    log.error("the identity provider refused our exchange of a code", status=status, error=str(error)[:100])
    return ProviderError(f"the exchange of the code was answered with {status}")
