"""Settings of the service's edge: which proxies stand in front, and how cookies travel."""

from ipaddress import IPv4Network, IPv6Network, ip_network
from typing import Annotated

from pydantic import BeforeValidator, Field
from pydantic_settings import BaseSettings, NoDecode, SettingsConfigDict

Network = IPv4Network | IPv6Network


def _networks(given: object) -> object:
    """Networks out of text: ``10.0.0.0/8, 192.0.2.7``; raises ``ValueError`` for anything else."""
    if not isinstance(given, str):
        return given
    return tuple(ip_network(part.strip()) for part in given.split(",") if part.strip())


class EdgeSettings(BaseSettings):
    """How the service meets the network."""

    # The prefix keeps field names out of the environment: HOME, HOST and PORT belong to others.
    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, frozen=True, env_prefix="TRIAGE_")

    proxies: Annotated[tuple[Network, ...], NoDecode, BeforeValidator(_networks)] = Field(
        (),
        validation_alias="TRIAGE_PROXIES",
        description="addresses or networks of the proxies in front, by commas: only their X-Forwarded-For and "
        "X-Forwarded-Proto are read; unset: nobody's",
    )
    public_url: str = Field(
        "http://127.0.0.1:8000",
        pattern=r"^https?://[^\s?#]+$",
        validation_alias="TRIAGE_PUBLIC_URL",
        description="address under which people reach the pages; links that are sent begin with it",
    )
    secure_cookies: bool | None = Field(
        None,
        validation_alias="TRIAGE_SECURE_COOKIES",
        description="send cookies over HTTPS only; unset: if TRIAGE_PUBLIC_URL is https",
    )

    @property
    def cookies_are_secure(self) -> bool:
        """Whether browsers send our cookies over HTTPS only."""
        return self.public_url.startswith("https:") if self.secure_cookies is None else self.secure_cookies
