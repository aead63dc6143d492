"""Background work in the same PostgreSQL: jobs that exist if and only if what they tell of was committed."""

from serving.tasks.queue import Depth, Job, depth, enqueue

__all__ = ["Depth", "Job", "depth", "enqueue"]
