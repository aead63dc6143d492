"""Settings of the service's edge: proxies, cookies, and how long and how often one address may keep it waiting."""

from datetime import timedelta
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

    header_seconds: float = Field(
        10, gt=0, le=600, validation_alias="TRIAGE_HEADER_SECONDS", description="seconds for the headers of a request"
    )
    body_seconds: float = Field(
        20,
        gt=0,
        le=600,
        validation_alias="TRIAGE_BODY_SECONDS",
        description="seconds for the body of a request, and one more for each 1,000 bytes of it",
    )
    idle_seconds: int = Field(
        5,
        ge=1,
        le=3600,
        validation_alias="TRIAGE_IDLE_SECONDS",
        description="seconds that a connection stays open between requests; longer than your balancer's own",
    )
    send_seconds: float = Field(
        30,
        gt=0,
        le=600,
        validation_alias="TRIAGE_SEND_SECONDS",
        description="seconds in which a caller takes a piece of the answer",
    )
    connections_per_address: int = Field(
        400,
        ge=1,
        validation_alias="TRIAGE_CONNECTIONS_PER_ADDRESS",
        description="open connections of one address that is no proxy; requests on further ones get 429",
    )
    max_connections: int = Field(
        2_000,
        ge=1,
        validation_alias="TRIAGE_MAX_CONNECTIONS",
        description="open connections altogether; further ones are closed at once",
    )
    max_strangers: int = Field(
        32,
        ge=1,
        validation_alias="TRIAGE_MAX_STRANGERS",
        description="requests in hand at once of callers without credentials; the next one is refused with 429",
    )
    scores_at_once: int = Field(
        4,
        ge=1,
        le=32,
        validation_alias="TRIAGE_SCORES_AT_ONCE",
        description="scores worked on at the same time; others wait for their turn",
    )
    turn_seconds: float = Field(
        5, gt=0, le=600, validation_alias="TRIAGE_TURN_SECONDS", description="seconds that a score waits for its turn"
    )

    failed_logins: int = Field(
        5,
        ge=2,
        le=100,
        validation_alias="TRIAGE_FAILED_LOGINS",
        description="wrong passwords for one name from one address, or in one known browser, until it has to wait",
    )
    failed_logins_per_address: int = Field(
        50,
        ge=2,
        le=100_000,
        validation_alias="TRIAGE_FAILED_LOGINS_PER_ADDRESS",
        description="wrong passwords from one address, whatever the name, and wrong keys, until it has to wait",
    )
    lock_minutes: float = Field(
        15, gt=0, validation_alias="TRIAGE_LOCK_MINUTES", description="minutes to wait after too many failed log-ins"
    )

    @property
    def lock_length(self) -> timedelta:
        """How long to wait after too many failed log-ins."""
        return timedelta(minutes=self.lock_minutes)

    @property
    def cookies_are_secure(self) -> bool:
        """Whether browsers send our cookies over HTTPS only."""
        return self.public_url.startswith("https:") if self.secure_cookies is None else self.secure_cookies
