"""Settings of the identity provider: whose tokens and logins are taken, and what their claims mean here."""

from typing import Literal
from urllib.parse import urlsplit

from pydantic import Field, SecretStr, model_validator
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.errors import PlainError
from serving.auth.scopes import Role

# Signatures that only the provider can make. Symmetric ones and "none" are no choice: with them everybody who may check
# a token can make one.
Algorithm = Literal["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "Ed25519"]


class ProviderSettingsError(PlainError):
    """The identity provider is not set up completely; the message is one line with the remedy."""


def secure(url: str) -> bool:
    """Whether nobody on the way can change what comes from there: https, or this very machine."""
    parts = urlsplit(url)
    return parts.scheme == "https" or (parts.scheme == "http" and parts.hostname in ("localhost", "127.0.0.1", "::1"))


class OidcSettings(BaseSettings):
    """OpenID Connect; without an issuer no bearer token but an API key is taken, and no login but a local one."""

    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, frozen=True, env_prefix="TRIAGE_OIDC_")

    issuer: str | None = Field(
        None, max_length=200, validation_alias="TRIAGE_OIDC_ISSUER", description="issuer URL of the identity provider"
    )
    audience: str | None = Field(
        None,
        validation_alias="TRIAGE_OIDC_AUDIENCE",
        description="what its bearer tokens for us name as audience; unset: none is taken",
    )
    client_id: str | None = Field(
        None,
        min_length=1,
        max_length=200,
        validation_alias="TRIAGE_OIDC_CLIENT_ID",
        description="our id with the provider; with it people log in on the pages with the company's account",
    )
    client_secret: SecretStr | None = Field(
        None,
        min_length=1,
        validation_alias="TRIAGE_OIDC_CLIENT_SECRET",
        description="our secret with the provider; unset: we are a public client",
    )
    scope: str = Field(
        "openid profile email",
        pattern=r"^(\S+ )*openid( \S+)*$",
        validation_alias="TRIAGE_OIDC_SCOPE",
        description="what is asked of the provider at a login; some tell groups only for a scope of that name",
    )
    name: str = Field(
        "the company account",
        min_length=1,
        max_length=60,
        validation_alias="TRIAGE_OIDC_NAME",
        description="what people call it: the button says *Log in with …*",
    )
    roles_claim: str = Field(
        "roles",
        validation_alias="TRIAGE_OIDC_ROLES_CLAIM",
        description="claim with roles or groups; a.b looks inside a",
    )
    role_map: dict[str, Role] = Field(
        {},
        validation_alias="TRIAGE_OIDC_ROLE_MAP",
        description='value of the claim → our role, as JSON: {"ar": "reviewer"}',
    )
    resource_claim: str | None = Field(
        None,
        validation_alias="TRIAGE_OIDC_RESOURCE_CLAIM",
        description="claim with the person's id in the ledger, which segregation of duties compares",
    )
    algorithms: tuple[Algorithm, ...] = Field(
        ("RS256", "PS256", "ES256"),
        min_length=1,
        validation_alias="TRIAGE_OIDC_ALGORITHMS",
        description="signatures that are taken, as JSON; only such that nobody but the provider can make",
    )
    skew_seconds: int = Field(
        30, ge=0, le=300, validation_alias="TRIAGE_OIDC_SKEW_SECONDS", description="tolerated difference of clocks"
    )

    @model_validator(mode="after")
    def _complete(self) -> "OidcSettings":
        if self.issuer is None:
            return self
        if not secure(self.issuer):
            raise ProviderSettingsError("TRIAGE_OIDC_ISSUER must be an https URL: its keys decide who gets in")
        if not self.audience and not self.client_id:
            raise ProviderSettingsError(
                "set TRIAGE_OIDC_AUDIENCE (bearer tokens), TRIAGE_OIDC_CLIENT_ID (log-in on the pages) or both:"
                " tokens made for other services must not open this one"
            )
        return self
