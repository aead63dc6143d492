"""What one serving process holds: its database, its rules, its models and its clock. No business state."""

from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime

from sqlalchemy import Engine

from serving.auth.keyring import KeyRing
from serving.controls.control import ControlSet
from serving.policy import Policy
from serving.scoring.scorer import ModelSource, NoModels
from serving.settings import ServingSettings


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class ServingState:
    """Everything an endpoint may reach; made once by ``create_app``'s caller and never changed."""

    engine: Engine
    settings: ServingSettings
    controls: ControlSet
    policy: Policy
    models: ModelSource = field(default_factory=NoModels)
    clock: Callable[[], datetime] = utc_now
    keys: KeyRing = field(default_factory=KeyRing)
