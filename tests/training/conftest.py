"""The registry's fixtures, for this folder."""

from tests.training.installation import installation, registry

__all__ = ["installation", "registry"]
