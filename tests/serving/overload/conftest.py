"""The service's fixtures, for this folder."""

from tests.serving.kit import app, log_in, state

__all__ = ["app", "log_in", "state"]
