"""Signed messages to whoever asked to hear of a decision: allow-listed endpoints, an outbox, careful delivery."""

from serving.callbacks.messages import Counts, counts

__all__ = ["Counts", "counts"]
