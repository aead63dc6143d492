"""Answers of one JSON document per line."""

from typing import Any, Final

from fastapi.responses import StreamingResponse

NDJSON: Final = "application/x-ndjson"


def lines_content(example: str, *, line: str | None = None) -> dict[str, Any]:
    """Published content of JSON lines: bytes that the reader splits; ``line`` names the schema of one line."""
    schema: dict[str, Any] = {"type": "string", "format": "binary", "title": "Lines"}
    if line is not None:
        schema["x-line"] = {"$ref": f"#/components/schemas/{line}"}
    return {NDJSON: {"schema": schema, "example": example}}


class LinesResponse(StreamingResponse):
    """JSON lines, sent as they come."""

    media_type = NDJSON
