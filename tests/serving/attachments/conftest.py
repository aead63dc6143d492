"""The service's fixtures, for the tests of files."""

from tests.serving.kit import app, clearing, firm, log_in, machine, state

__all__ = ["app", "clearing", "firm", "log_in", "machine", "state"]
