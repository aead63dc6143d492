"""The service's fixtures, for this folder."""

from tests.serving.kit import app, clearing, firm, log_in, machine, state

__all__ = ["app", "clearing", "firm", "log_in", "machine", "state"]
