"""The service's fixtures, for this folder."""

from tests.serving.kit import app, firm, log_in, machine, state

__all__ = ["app", "firm", "log_in", "machine", "state"]
