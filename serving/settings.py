"""Settings of the serving process: the environment variables it reads, in one place."""

from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Literal

from pydantic import Field, SecretStr

from serving.edge_settings import EdgeSettings


class ServingSettings(EdgeSettings):
    """How the service listens, how long sessions and leases live, and how much it accepts."""

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
    password_memory_kib: int = Field(
        65_536,
        ge=32,
        validation_alias="TRIAGE_PASSWORD_MEMORY_KIB",
        description="memory (KiB) that Argon2id takes to hash a password; the default is RFC 9106's, less is weaker",
    )
    policy_file: str | None = Field(
        None, validation_alias="TRIAGE_POLICY", description="policy YAML; unset: the shipped one"
    )
    home: Path = Field(Path("var"), validation_alias="TRIAGE_HOME", description="folder of all local data")
    secret_key: SecretStr | None = Field(
        None,
        validation_alias="TRIAGE_SECRET_KEY",
        description="seals stored secrets: 32 random characters or more; several, by commas: the first seals; "
        "unset: a key file in TRIAGE_HOME",
    )
    callback_http: bool = Field(
        default=False, validation_alias="TRIAGE_CALLBACK_HTTP", description="call back over plain http too"
    )
    callback_private: bool = Field(
        default=False, validation_alias="TRIAGE_CALLBACK_PRIVATE", description="call back to private addresses too"
    )
    callback_ports: tuple[int, ...] = Field(
        (443, 8443), validation_alias="TRIAGE_CALLBACK_PORTS", description="ports called back, as JSON; []: any"
    )
    callback_certificates: str | None = Field(
        None,
        validation_alias="TRIAGE_CALLBACK_CERTIFICATES",
        description="file of certificate authorities that receivers may have besides the public ones",
    )
    callback_timeout_seconds: float = Field(
        15, gt=0, le=60, validation_alias="TRIAGE_CALLBACK_TIMEOUT_SECONDS", description="seconds for one attempt"
    )
    callback_attempts: int = Field(
        12, ge=1, le=50, validation_alias="TRIAGE_CALLBACK_ATTEMPTS", description="attempts until a callback is dead"
    )
    callback_first_wait_seconds: float = Field(
        5,
        gt=0,
        le=3600,
        validation_alias="TRIAGE_CALLBACK_FIRST_WAIT_SECONDS",
        description="seconds until the second attempt; each wait after it is three times as long, up to six hours",
    )
    max_run_body_bytes: int = Field(
        10_000_000,
        ge=1024,
        validation_alias="TRIAGE_MAX_RUN_BODY_BYTES",
        description="largest body of POST /v1/runs, which may name 100,000 invoices",
    )
    max_stream_bytes: int = Field(
        2_000_000_000,
        ge=1024,
        validation_alias="TRIAGE_MAX_STREAM_BYTES",
        description="largest body of POST /v1/records/stream, which is never held in memory",
    )
    run_workers: int = Field(
        2, ge=1, le=64, validation_alias="TRIAGE_RUN_WORKERS", description="workers on one billing run at a time"
    )
    worker_threads: int = Field(
        4, ge=1, le=64, validation_alias="TRIAGE_WORKER_THREADS", description="jobs of one worker at the same time"
    )
    worker_stalled_seconds: float = Field(
        30,
        ge=1,
        validation_alias="TRIAGE_WORKER_STALLED_SECONDS",
        description="seconds without a heartbeat until a worker counts as gone and its jobs are run again",
    )
    key_requests_per_second: float | None = Field(
        None,
        gt=0,
        validation_alias="TRIAGE_KEY_REQUESTS_PER_SECOND",
        description="requests a second of one API key, counted by each process; unset: no limit",
    )
    key_requests_per_day: int | None = Field(
        None,
        gt=0,
        validation_alias="TRIAGE_KEY_REQUESTS_PER_DAY",
        description="requests a day (UTC) of one API key, counted by all processes together; unset: no limit",
    )
    max_in_flight: int = Field(
        100,
        ge=1,
        validation_alias="TRIAGE_MAX_IN_FLIGHT",
        description="requests in hand at once; the next one is refused with 429",
    )
    statement_seconds: float = Field(
        10, gt=0, validation_alias="TRIAGE_STATEMENT_SECONDS", description="seconds for one statement of a request"
    )
    lock_seconds: float = Field(
        5, gt=0, validation_alias="TRIAGE_LOCK_SECONDS", description="seconds that a request waits for a lock"
    )
    pool_seconds: float = Field(
        5, gt=0, validation_alias="TRIAGE_POOL_SECONDS", description="seconds that a request waits for a connection"
    )
    drain_seconds: float = Field(
        1,
        ge=0,
        le=600,
        validation_alias="TRIAGE_DRAIN_SECONDS",
        description="seconds of serving on after SIGTERM while readiness says no; let balancers notice",
    )
    shutdown_seconds: int = Field(
        30, ge=1, validation_alias="TRIAGE_SHUTDOWN_SECONDS", description="seconds that requests in hand get to finish"
    )

    notify_url: SecretStr | None = Field(
        None,
        validation_alias="TRIAGE_NOTIFY_URL",
        description="apprise URL by which people are asked, with {address} where theirs goes; unset: links are shown",
    )
    notify_channels: dict[str, SecretStr] = Field(
        {},
        validation_alias="TRIAGE_NOTIFY_CHANNELS",
        description="role → apprise URL of its channel, as JSON, for people without an address",
    )
    request_days: float = Field(
        7, gt=0, le=90, validation_alias="TRIAGE_REQUEST_DAYS", description="days until a request expires"
    )
    remind_days: float = Field(
        3, gt=0, le=90, validation_alias="TRIAGE_REMIND_DAYS", description="days until who was asked is reminded, once"
    )
    attachment_bytes: int = Field(
        5_000_000, ge=1024, validation_alias="TRIAGE_ATTACHMENT_BYTES", description="largest file taken with a case"
    )
    attachments_per_case: int = Field(
        50, ge=1, le=1000, validation_alias="TRIAGE_ATTACHMENTS_PER_CASE", description="files that a case may have"
    )
    bulk_cases: int = Field(
        100, ge=1, le=1000, validation_alias="TRIAGE_BULK_CASES", description="cases that one bulk decision may hold"
    )
    bulk_cash: Decimal = Field(
        Decimal(250_000),
        ge=0,
        validation_alias="TRIAGE_BULK_CASH",
        description="money that one bulk decision may hold, in the group currency",
    )
    undo_minutes: float = Field(
        10, gt=0, le=24 * 60, validation_alias="TRIAGE_UNDO_MINUTES", description="minutes to undo a bulk decision"
    )
    second_look_share: float = Field(
        0.03,
        ge=0,
        le=1,
        validation_alias="TRIAGE_SECOND_LOOK_SHARE",
        description="share of decided cases that a second person looks at blindly",
    )
    hidden_score_share: float = Field(
        0.02,
        ge=0,
        le=1,
        validation_alias="TRIAGE_HIDDEN_SCORE_SHARE",
        description="share of cases whose score a reviewer does not see before deciding",
    )

    brief_urls: SecretStr | None = Field(
        None,
        validation_alias="TRIAGE_BRIEF_URLS",
        description="apprise URLs, by blanks, to which the weekly brief is sent on Mondays; unset: to nobody",
    )
    polish_url: str | None = Field(
        None,
        pattern=r"^https?://[^\s?#]+$",
        validation_alias="TRIAGE_POLISH_URL",
        description="OpenAI-compatible endpoint, up to /chat/completions, that may reword briefs; unset: none does",
    )
    polish_model: str | None = Field(
        None, validation_alias="TRIAGE_POLISH_MODEL", description="model that the endpoint is asked for"
    )
    polish_key: SecretStr | None = Field(
        None, validation_alias="TRIAGE_POLISH_KEY", description="key sent to the endpoint, where it wants one"
    )

    log_level: Literal["debug", "info", "warning", "error"] = Field(
        "info", validation_alias="TRIAGE_LOG_LEVEL", description="level from which servers and workers log JSON lines"
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
    def undo_window(self) -> timedelta:
        """How long a bulk decision can be undone."""
        return timedelta(minutes=self.undo_minutes)

    @property
    def request_length(self) -> timedelta:
        """How long a person may take to answer."""
        return timedelta(days=self.request_days)

    @property
    def remind_after(self) -> timedelta:
        """How long nobody answers until a reminder goes out."""
        return timedelta(days=self.remind_days)

    @property
    def callback_first_wait(self) -> timedelta:
        """How long the second attempt of a callback waits for."""
        return timedelta(seconds=self.callback_first_wait_seconds)
