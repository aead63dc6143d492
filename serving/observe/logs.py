"""Structured logs: one JSON document a line on standard error, each with the id of the request it belongs to."""

import logging
import sys
from typing import Literal

import orjson
import structlog

Level = Literal["debug", "info", "warning", "error"]


def log_as_json(level: Level) -> None:
    """Log from ``level`` on as JSON lines; called once, by the command that starts a process."""
    structlog.configure(
        processors=[
            structlog.contextvars.merge_contextvars,
            structlog.processors.add_log_level,
            structlog.processors.TimeStamper(fmt="iso", utc=True),
            structlog.processors.format_exc_info,
            structlog.processors.JSONRenderer(serializer=_line),
        ],
        wrapper_class=structlog.make_filtering_bound_logger(getattr(logging, level.upper())),
        # Not remembered: whoever puts another standard error in place of this one finds the lines there.
        logger_factory=lambda *_: structlog.BytesLogger(sys.stderr.buffer),
        cache_logger_on_first_use=False,
    )


def _line(document: object, **_: object) -> bytes:
    return orjson.dumps(document, default=str, option=orjson.OPT_NON_STR_KEYS)
