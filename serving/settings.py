"""Settings of the serving process: the environment variables it reads, in one place."""

from datetime import timedelta

from pydantic import Field
from pydantic_settings import BaseSettings, SettingsConfigDict


class ServingSettings(BaseSettings):
    """How the service listens, how long sessions and leases live, and how much it accepts."""

    # The prefix keeps field names out of the environment: HOME, HOST and PORT belong to others.
    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, frozen=True, env_prefix="TRIAGE_")

    host: str = Field("127.0.0.1", validation_alias="TRIAGE_HOST", description="address to listen on")
    port: int = Field(8000, ge=1, le=65535, validation_alias="TRIAGE_PORT", description="port to listen on")
    max_body_bytes: int = Field(
        1_000_000, ge=1024, validation_alias="TRIAGE_MAX_BODY_BYTES", description="largest request body accepted"
    )
    session_hours: float = Field(
        10, gt=0, le=24 * 7, validation_alias="TRIAGE_SESSION_HOURS", description="hours until a login expires"
    )
    lease_minutes: float = Field(
        15, gt=0, le=24 * 60, validation_alias="TRIAGE_LEASE_MINUTES", description="minutes a claim lasts unrenewed"
    )
    failed_logins: int = Field(
        5, ge=2, le=100, validation_alias="TRIAGE_FAILED_LOGINS", description="wrong passwords until an account locks"
    )
    lock_minutes: float = Field(
        15, gt=0, validation_alias="TRIAGE_LOCK_MINUTES", description="minutes an account stays locked"
    )
    password_memory_kib: int = Field(
        65_536,
        ge=32,
        validation_alias="TRIAGE_PASSWORD_MEMORY_KIB",
        description="memory (KiB) that Argon2id takes to hash a password; the default is RFC 9106's, less is weaker",
    )
    secure_cookies: bool = Field(
        default=False, validation_alias="TRIAGE_SECURE_COOKIES", description="send the cookie over HTTPS only"
    )
    policy_file: str | None = Field(
        None, validation_alias="TRIAGE_POLICY", description="policy YAML; unset: the shipped one"
    )

    @property
    def session_length(self) -> timedelta:
        """How long a login lasts."""
        return timedelta(hours=self.session_hours)

    @property
    def lease(self) -> timedelta:
        """How long a claim lasts without a heartbeat."""
        return timedelta(minutes=self.lease_minutes)

    @property
    def lock_length(self) -> timedelta:
        """How long an account stays locked after too many wrong passwords."""
        return timedelta(minutes=self.lock_minutes)
