"""What one serving process holds: its database, its rules, its models and its clock. No business state."""

from collections.abc import Callable
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import Engine

from serving.asking.guesses import Guesses
from serving.auth.keyring import KeyRing
from serving.auth.oidc.provider import Provider
from serving.auth.refusals import Refusals
from serving.controls.ruleset import ControlSet
from serving.controls.source import FixedRules, RuleSource
from serving.limits.failures import Failures
from serving.limits.limiter import Limiter
from serving.overload.drain import Drain
from serving.policies.source import PolicyOfFile, PolicySource
from serving.policy import Policy
from serving.remembered import Remembered
from serving.scoring.scorer import ModelSource, NoModels
from serving.settings import ServingSettings
from serving.written import Written

EXPLANATIONS: Final = 256
BOARDS: Final = 64


def utc_now() -> datetime:
    """The wall clock, in UTC."""
    return datetime.now(UTC)


@dataclass(frozen=True)
class ServingState:
    """Everything an endpoint may reach; made once by ``create_app``'s caller and never changed.

    Attributes:
        rules: where the controls come from; they may change while the process runs.
        policy: the one of the file; ``in_force`` and ``pinned`` put the one that people activated in its place.
        policies: says which policy people activated.
        provider: the identity provider whose bearer tokens are taken, if one is.
        explained: what stands behind scores, for a case is looked at several times in a row.
        added_up: boards of the last minutes (``serving/boards/lately.py``).
        written: whether they still say what ledger and queue hold.
    """

    engine: Engine
    settings: ServingSettings
    rules: RuleSource
    policy: Policy
    models: ModelSource = field(default_factory=NoModels)
    policies: PolicySource = field(default_factory=PolicyOfFile)
    clock: Callable[[], datetime] = utc_now
    keys: KeyRing = field(default_factory=KeyRing)
    limits: Limiter = field(default_factory=Limiter)
    refusals: Refusals = field(default_factory=Refusals)
    drain: Drain = field(default_factory=Drain)
    failures: Failures = field(default_factory=Failures)
    guesses: Guesses = field(default_factory=Guesses)
    provider: Provider | None = None
    explained: Remembered[Any] = field(default_factory=lambda: Remembered[Any](EXPLANATIONS))
    added_up: Remembered[Any] = field(default_factory=lambda: Remembered[Any](BOARDS))
    written: Written = field(default_factory=Written)

    @property
    def controls(self) -> ControlSet:
        """The controls in force now."""
        return self.rules.current()

    def in_force(self) -> "ServingState":
        """The same, with the policy of this moment: one request or task decides by one policy."""
        policy = self.policies.current() or self.policy
        return replace(self, policy=policy, policies=PolicyOfFile(self.policies.problem()))

    def pinned(self) -> "ServingState":
        """The same, with the rules of this moment: what one score is judged by and what it names are one set."""
        return replace(self.in_force(), rules=FixedRules(self.rules.current(), self.rules.problem()))
