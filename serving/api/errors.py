"""The refusals that any endpoint may give, as every router publishes them."""

from typing import Any

from serving.problems import MEDIA_TYPE, ProblemDocument

_MEANINGS = {
    400: "the request cannot be read",
    401: "nobody known is asking",
    403: "the caller may not do this",
    404: "what is named does not exist",
    405: "the path has no such method; Allow says which it has",
    406: "no acceptable answer exists: answers are JSON",
    408: "the body did not arrive in time",
    409: "in conflict with what is recorded",
    413: "the body is too large",
    415: "the body is not JSON",
    422: "a field is wrong",
    429: "too many requests; Retry-After says when to ask again",
    500: "an unexpected error; nothing was changed",
    503: "temporarily unavailable; send the request again, with the same Idempotency-Key it is done once",
}
_SCHEMA = {MEDIA_TYPE: {"schema": {"$ref": f"#/components/schemas/{ProblemDocument.__name__}"}}}
_RETRY = {"Retry-After": {"description": "seconds to wait before asking again", "schema": {"type": "string"}}}


def _refusal(status: int) -> dict[str, Any]:
    headers = {"headers": _RETRY} if status in (429, 503) else {}
    return {"description": _MEANINGS[status], "content": _SCHEMA, **headers}


def errors(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """The refusals with these statuses."""
    return {status: _refusal(status) for status in statuses}


ERRORS = errors(*_MEANINGS)
