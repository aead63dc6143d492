"""Where this installation keeps its data: the environment variables every room shares, read in one place."""

import re
from functools import cached_property
from pathlib import Path
from typing import Annotated

from pydantic import AfterValidator, Field
from pydantic_settings import BaseSettings, SettingsConfigDict

from ledger.errors import PlainError

DEMO_FIRM = "demo"


class FirmNameError(PlainError):
    """A firm's name that cannot name a database."""


def _check_firm(name: str) -> str:
    if not re.fullmatch(r"[a-z][a-z0-9_]{0,39}", name):
        raise FirmNameError(
            f"{name!r} cannot name a firm: use up to 40 lower-case letters, digits and _, starting with a letter"
        )
    return name


class Settings(BaseSettings):
    """Paths, database and firm of one process.

    ``DATABASE_URL`` unset means the embedded PostgreSQL below ``TRIAGE_HOME``; ``MLFLOW_TRACKING_URI`` unset means a
    local store there.
    """

    # The prefix keeps field names out of the environment: HOME, HOST and PORT belong to others.
    model_config = SettingsConfigDict(extra="ignore", populate_by_name=True, frozen=True, env_prefix="TRIAGE_")

    home: Path = Field(Path("var"), validation_alias="TRIAGE_HOME", description="folder of all local data")
    firm: Annotated[str, AfterValidator(_check_firm)] = Field(
        DEMO_FIRM, validation_alias="TRIAGE_FIRM", description="firm whose database, experiments and models are used"
    )
    database_url: str | None = Field(
        None, validation_alias="DATABASE_URL", description="PostgreSQL 15+; unset: the embedded server"
    )
    mlflow_tracking_uri: str | None = Field(
        None, validation_alias="MLFLOW_TRACKING_URI", description="MLflow server; unset: a local store"
    )

    @property
    def embedded(self) -> bool:
        """Whether the embedded PostgreSQL is used."""
        return self.database_url is None

    @cached_property
    def postgres_folder(self) -> Path:
        """Data directory of the embedded server."""
        return (self.home / "pg").resolve()

    @cached_property
    def encoder(self) -> Path:
        """Folder of the exported sentence encoder, one for all firms."""
        return (self.home / "encoder").resolve()

    @cached_property
    def model_cache(self) -> Path:
        """Folder in which loaded champions are kept, by digest."""
        return (self.home / "models" / self.firm).resolve()

    @cached_property
    def tracking_uri(self) -> str:
        """The MLflow tracking and registry URI of this process."""
        if self.mlflow_tracking_uri:
            return self.mlflow_tracking_uri
        return f"sqlite:///{(self.home / 'mlflow' / 'mlflow.db').resolve()}"

    def for_firm(self, firm: str | None) -> "Settings":
        """The same installation, seen by another firm (``None`` keeps the current one)."""
        return self if firm is None else Settings(**{**self.model_dump(), "firm": firm})
