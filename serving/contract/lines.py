"""Answers of one JSON document per line."""

from typing import Final

from fastapi.responses import StreamingResponse

NDJSON: Final = "application/x-ndjson"


class LinesResponse(StreamingResponse):
    """JSON lines, sent as they come."""

    media_type = NDJSON
