"""What a key may ask for, the refusal when it asked for more, and the headers that tell how much is left."""

import math
from dataclasses import dataclass
from typing import Final

from serving.problems import Problem

SECONDS_PER_DAY: Final = 86_400


@dataclass(frozen=True)
class Allowance:
    """Requests per second and per day (UTC); ``None`` is no limit, or for a key: what the settings say."""

    per_second: float | None = None
    per_day: int | None = None

    @property
    def burst(self) -> int:
        """Requests that may come at once: one second's worth, at least one."""
        return max(1, math.floor(self.per_second or 0))

    def over(self, general: "Allowance") -> "Allowance":
        """This key's own limits, the general ones where it has none."""
        return Allowance(self.per_second or general.per_second, self.per_day or general.per_day)


@dataclass(frozen=True)
class Standing:
    """How a key stands after a request.

    Attributes:
        left: requests that may follow at once; ``None`` without a limit per second.
        left_today: requests left until midnight UTC; ``None`` without a limit per day.
        refill: seconds until the burst is whole again.
        midnight: seconds until the day is over.
    """

    allowance: Allowance
    left: int | None = None
    left_today: int | None = None
    refill: float = 0.0
    midnight: float = 0.0

    def headers(self) -> dict[str, str]:
        """``RateLimit`` and ``RateLimit-Policy`` as draft-ietf-httpapi-ratelimit-headers-10 writes them."""
        policies, limits = [], []
        if self.left is not None:
            burst = self.allowance.burst
            window = math.ceil(burst / (self.allowance.per_second or 1))
            policies.append(f'"second";q={burst};w={window}')
            limits.append(f'"second";r={self.left};t={math.ceil(self.refill)}')
        if self.left_today is not None:
            policies.append(f'"day";q={self.allowance.per_day};w={SECONDS_PER_DAY}')
            limits.append(f'"day";r={self.left_today};t={math.ceil(self.midnight)}')
        return {"RateLimit-Policy": ", ".join(policies), "RateLimit": ", ".join(limits)} if limits else {}


class TooManyRequests(Problem):
    """The key asks more often than it may."""

    status = 429
    slug = "too-many-requests"
    title = "Too many requests"

    def __init__(self, detail: str, *, wait: float, standing: Standing) -> None:
        super().__init__(detail)
        self.headers = {"Retry-After": str(max(1, math.ceil(wait))), **standing.headers()}
