"""The OpenAPI document as published: FastAPI's, with one error shape, credentials and ISO codes written out."""

from collections.abc import Callable, Iterator
from typing import Any, cast

from fastapi import FastAPI
from fastapi.dependencies.models import Dependant
from fastapi.openapi.utils import get_openapi
from fastapi.routing import APIRoute
from pydantic.json_schema import models_json_schema

from ledger.records.base import COUNTRY_FORMAT, CURRENCY_FORMAT, known_countries
from ledger.records.currency import known_currencies
from serving.api.dependencies import SESSION_COOKIE, Authenticator
from serving.api.writes import REPLAYED
from serving.contract.deprecation import deprecation_of, describe
from serving.contract.examples import illustrate
from serving.contract.readable import TAGS, readable, used
from serving.contract.records import record_schemas
from serving.contract.types import MONEY_PATTERN
from serving.contract.webhooks import webhook_schemas, webhooks
from serving.problems import ProblemDocument

Document = dict[str, Any]
METHODS = ("get", "put", "post", "delete", "patch")
REFERENCE = "#/components/schemas/"
_CREDENTIALS: Document = {
    "key": {"type": "http", "scheme": "bearer", "description": "an API key, or a token of the identity provider"},
    "session": {"type": "apiKey", "in": "cookie", "name": SESSION_COOKIE, "description": "set by POST /v1/session"},
}
_ALWAYS = {"X-Request-Id": "quote it when asking for help; your own, if you sent one"}
_UNDER_V1 = {
    "Server-Timing": "milliseconds per stage",
    "RateLimit-Policy": "what the key may ask, where it is limited",
    "RateLimit": "what is left of it, and for how long",
}
_CODES = {
    CURRENCY_FORMAT: ("Currency", "ISO 4217 alphabetic code of money", known_currencies),
    COUNTRY_FORMAT: ("Country", "ISO 3166-1 two-letter code", known_countries),
}


def publish(app: FastAPI) -> None:
    """Make ``app.openapi`` give the published document."""
    app.openapi = lambda: openapi(app)  # type: ignore[method-assign]  # FastAPI's own way to extend the document


def openapi(app: FastAPI) -> Document:
    """The document, made once per application."""
    if app.openapi_schema is None:
        app.openapi_schema = _made(app)
    return app.openapi_schema


def _made(app: FastAPI) -> Document:
    document = get_openapi(title=app.title, version=app.version, description=app.description, routes=app.routes)
    components = document.setdefault("components", {})
    schemas = components.setdefault("schemas", {})
    schemas.update(_problem_schemas())
    schemas.update(record_schemas())
    for name, schema in webhook_schemas().items():
        schemas.setdefault(name, schema)
    document["webhooks"] = webhooks()
    illustrate(schemas)
    for schema in schemas.values():
        for example in schema.get("examples", ()):
            _restore_nulls(example, schema, schemas)
    document = cast("Document", _rewritten(document))
    _tidy(document, str(app.state.serving.settings.public_url))
    document["components"]["securitySchemes"] = _CREDENTIALS
    scopes = _scopes(app)
    marked = {place for place, route in _by_place(app) if deprecation_of(route.endpoint) is not None}
    for place, operation in operations(document):
        if place in marked:
            describe(operation)
        _secure(operation, scopes.get(place))
        _tell_replays(operation)
        _tell_headers(place[1], operation)
    components = document["components"]
    components["headers"] = {name: _header(meaning) for name, meaning in (_ALWAYS | _UNDER_V1).items()}
    return document


def _tidy(document: Document, url: str) -> None:
    """What code generators and linters ask for: servers, tags, names, and schemas that they can read."""
    components = document["components"]
    components["schemas"] = {
        name: readable(schema) for name, schema in (components["schemas"] | _code_schemas()).items()
    }
    components["schemas"] = used(document)
    document["servers"] = [{"url": url.rstrip("/"), "description": "this service"}]
    document["tags"] = [{"name": name, "description": meaning} for name, meaning in TAGS.items()]
    document["info"]["contact"] = {"name": "the administrators of this service"}
    for _, operation in operations(document):
        for parameter in operation.get("parameters", ()):
            parameter["schema"] = readable(parameter["schema"])


def _restore_nulls(example: Any, schema: Document, schemas: Document) -> None:
    """FastAPI drops nulls from examples; a required field that is not there was one."""
    while "$ref" in schema:
        schema = schemas[schema["$ref"].removeprefix(REFERENCE)]
    for choice in schema.get("anyOf", ()):
        _restore_nulls(example, choice, schemas)
    if isinstance(example, list) and isinstance(schema.get("items"), dict):
        for part in example:
            _restore_nulls(part, schema["items"], schemas)
    if isinstance(example, dict) and "properties" in schema:
        for name in schema.get("required", ()):
            example.setdefault(name, None)
        for name, part in example.items():
            _restore_nulls(part, schema["properties"].get(name, {}), schemas)


def operations(document: Document) -> Iterator[tuple[tuple[str, str], Document]]:
    """((method, path), operation) of a document."""
    for path, item in document["paths"].items():
        for method in METHODS:
            if method in item:
                yield (method, path), item[method]


def _problem_schemas() -> Document:
    template = REFERENCE + "{model}"
    _, definitions = models_json_schema([(ProblemDocument, "serialization")], ref_template=template)
    return dict(definitions["$defs"])


def _code_schemas() -> Document:
    return {
        name: {"type": "string", "enum": sorted(codes()), "title": name, "description": words}
        for name, words, codes in _CODES.values()
    }


def _rewritten(node: Any) -> Any:
    """The same document with codes as references, and decimals of requests as the text that they are."""
    if isinstance(node, list):
        return [_rewritten(part) for part in node]
    if not isinstance(node, dict):
        return node
    if node.get("type") == "string" and node.get("format") in _CODES:
        rest = {name: part for name, part in node.items() if name not in ("type", "format", "pattern")}
        return {"$ref": REFERENCE + _CODES[node["format"]][0], **rest}
    if _is_decimal(node):
        node = _as_text(node)
    return {name: _rewritten(part) for name, part in node.items()}


def _is_decimal(node: Document) -> bool:
    kinds = [part.get("type") for part in node.get("anyOf", ()) if isinstance(part, dict)]
    return kinds[:2] == ["number", "string"]


def _as_text(node: Document) -> Document:
    number, _, *others = node["anyOf"]
    pattern = MONEY_PATTERN.replace("-?", "") if number.get("minimum") == 0 else MONEY_PATTERN
    text = {"type": "string", "pattern": pattern}
    rest = {name: part for name, part in node.items() if name != "anyOf"}
    return {**rest, "anyOf": [text, *others]} if others else {**rest, **text}


def _scopes(app: FastAPI) -> dict[tuple[str, str], str]:
    """What each route asks of its caller."""
    return {place: scope for place, route in _by_place(app) for scope in _scopes_below(route.dependant)}


def _by_place(app: FastAPI) -> Iterator[tuple[tuple[str, str], APIRoute]]:
    for route in _routes(app.routes):
        for method in route.methods or ():
            yield (method.lower(), route.path), route


def _routes(routes: Any) -> Iterator[APIRoute]:
    for route in routes:
        if isinstance(route, APIRoute):
            yield route
        elif hasattr(route, "original_router"):
            yield from _routes(route.original_router.routes)


def _scopes_below(dependant: Dependant) -> Iterator[str]:
    call: Callable[..., Any] | None = dependant.call
    if isinstance(call, Authenticator):
        yield call.scope.value
    for below in dependant.dependencies:
        yield from _scopes_below(below)


def _secure(operation: Document, scope: str | None) -> None:
    if scope is None:
        operation["security"] = []
        return
    operation["security"] = [{name: []} for name in _CREDENTIALS]
    operation["x-scope"] = scope


def _header(meaning: str) -> Document:
    return {"description": meaning, "schema": {"type": "string"}}


def _tell_headers(path: str, operation: Document) -> None:
    """What every answer carries, whichever endpoint gives it; of refusals docs/api.md tells it once."""
    names = _ALWAYS | (_UNDER_V1 if path.startswith("/v1/") else {})
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            carried = response.setdefault("headers", {})
            carried.update({name: {"$ref": f"#/components/headers/{name}"} for name in names})


def _tell_replays(operation: Document) -> None:
    """Writes that can be repeated say how a repetition is marked."""
    names = [parameter["name"].lower() for parameter in operation.get("parameters", ())]
    if "idempotency-key" not in names:
        return
    for status, response in operation["responses"].items():
        if status.startswith("2"):
            response.setdefault("headers", {})[REPLAYED] = {
                "description": "true when this answer was made by an earlier request with the same key",
                "schema": {"type": "string", "enum": ["true"]},
            }
