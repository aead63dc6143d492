"""What an identity provider says of itself (OpenID Connect Discovery), and the one way in which it is asked."""

from typing import Any, Final

import httpx
from pydantic import BaseModel, ValidationError

from serving.auth.oidc.settings import secure

TIMEOUT_SECONDS: Final = 5.0
LARGEST_BYTES: Final = 1_000_000


class ProviderError(Exception):
    """The provider did not answer, or not as agreed."""


class Metadata(BaseModel):
    """Where a provider does what."""

    issuer: str
    jwks_uri: str | None = None
    authorization_endpoint: str | None = None
    token_endpoint: str | None = None
    end_session_endpoint: str | None = None
    token_endpoint_auth_methods_supported: tuple[str, ...] = ("client_secret_basic",)
    authorization_response_iss_parameter_supported: bool = False

    def place(self, name: str) -> str:
        """An address of the provider's by its name in the document; raises ``ProviderError`` where it has none."""
        url: str | None = getattr(self, name)
        if url is None or not secure(url):
            raise ProviderError(f"the discovery document names no https {name}")
        return url


def discover(client: httpx.Client, issuer: str) -> Metadata:
    """The discovery document of an issuer; raises ``ProviderError``."""
    found = document(client, issuer.rstrip("/") + "/.well-known/openid-configuration")
    if found.get("issuer") != issuer:
        raise ProviderError(f"the discovery document is of {found.get('issuer')!r}, not of {issuer!r}")
    try:
        return Metadata.model_validate(found)
    except ValidationError as error:
        raise ProviderError(f"the discovery document cannot be read: {error.error_count()} fields") from error


def document(client: httpx.Client, url: str) -> dict[str, Any]:
    """The JSON object at an address; raises ``ProviderError``."""
    status, found = ask(client, "GET", url)
    if status != httpx.codes.OK:
        raise ProviderError(f"{url} answered {status}")
    return found


def ask(
    client: httpx.Client,
    method: str,
    url: str,
    *,
    form: dict[str, str] | None = None,
    headers: dict[str, str] | None = None,
) -> tuple[int, dict[str, Any]]:
    """Status and JSON object of an answer, whatever its status; redirects are not followed.

    Raises ``ProviderError`` when nothing comes in time, too much comes, or no JSON object.
    """
    try:
        with client.stream(method, url, data=form, headers={"Accept": "application/json"} | (headers or {})) as answer:
            body = b""
            for part in answer.iter_bytes():
                body += part
                if len(body) > LARGEST_BYTES:
                    raise ProviderError(f"{url} is larger than {LARGEST_BYTES} bytes")
        found = httpx.Response(200, content=body).json()
    except (httpx.HTTPError, ValueError) as error:
        raise ProviderError(f"{url}: {error!r}") from error
    if not isinstance(found, dict):
        raise ProviderError(f"{url} is no JSON object")
    return answer.status_code, found
