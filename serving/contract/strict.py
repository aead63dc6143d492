"""Request bodies taken by the letter: JSON types as they are, unknown fields and repeated names refused.

FastAPI reads JSON into Python objects before pydantic sees it, and pydantic then has to be lenient (a date is text in
JSON), so that ``"yes"`` passes for a truth value and ``0`` for a moment. Here pydantic reads the bytes itself, in its
strict JSON mode, and no value passes for another type. What is no JSON at all is a 400.
"""

from collections.abc import Callable, Coroutine
from typing import Any

from fastapi import Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import AfterValidator, BaseModel, ConfigDict, ValidationError, ValidationInfo
from pydantic_core import InitErrorDetails, PydanticCustomError

from serving.contract.twins import name_given_twice
from serving.problems import http_problem


def instead_of(other: str) -> AfterValidator:
    """A field that is sent instead of ``other``, which is declared before it: exactly one of the two is not null.

    The field needs ``validate_default=True``. The refusal points at the field. The published schema leaves the rule
    to the description, because code generators cannot read conditions between fields.
    """

    def check(value: Any, info: ValidationInfo) -> Any:
        if other in info.data and (value is None) == (info.data[other] is None):
            raise ValueError(f"send exactly one of {other} and {info.field_name}")
        return value

    return AfterValidator(check)


def refused_at(title: str, *wrong: tuple[tuple[str | int, ...], str]) -> ValidationError:
    """A refusal that points at fields below a model; pydantic adds the way down to the model."""
    kinds = [(place, PydanticCustomError("value_error", "{words}", {"words": words})) for place, words in wrong]
    details = [InitErrorDetails(type=kind, loc=place, input=None) for place, kind in kinds]
    return ValidationError.from_exception_data(title, details)


class Sent(BaseModel):
    """A request body; the routers that take one have ``route_class=StrictRoute``."""

    model_config = ConfigDict(extra="forbid", frozen=True, allow_inf_nan=False)


class _StrictRequest(Request):
    """A request whose JSON is read by the model of its body."""

    body_type: type[BaseModel]
    refused: ValidationError | None = None

    async def json(self) -> Any:
        """The body as its model; ``None`` when it is not valid, and then ``refused`` says why."""
        content = await self.body()
        try:
            return _read(self.body_type, content)
        except ValidationError as error:
            # Not raised yet: who is asking is found out first, and a stranger hears nothing of fields.
            self.refused = error
            return None


def _read(body_type: type[BaseModel], content: bytes) -> BaseModel:
    read = body_type.model_validate_json(content, strict=True)
    twice = name_given_twice(content)
    if twice is not None:
        raise refused_at(body_type.__name__, (twice, "is given twice"))
    return read


class StrictRoute(APIRoute):
    """A route whose body is read by pydantic in strict JSON mode."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """FastAPI's handler, with the body read by its model."""
        handle = super().get_route_handler()
        body_type = None if self.body_field is None else self.body_field.field_info.annotation
        if not (isinstance(body_type, type) and issubclass(body_type, BaseModel)):
            return handle

        async def handle_strictly(request: Request) -> Response:
            strict = _StrictRequest(request.scope, request.receive)
            strict.body_type = body_type
            try:
                return await handle(strict)
            except RequestValidationError as error:
                raise _with_fields(error, strict.refused) from error

        return handle_strictly


def _with_fields(error: RequestValidationError, refused: ValidationError | None) -> RequestValidationError:
    """The same refusal, with the fields of the body that are at fault instead of a missing body."""
    if refused is None:
        return error
    broken = next((found for found in refused.errors() if found["type"] == "json_invalid"), None)
    if broken is not None:
        raise http_problem(400, f"the body is not valid JSON: {broken['ctx']['error']}")
    others = [found for found in error.errors() if found["loc"][0] != "body"]
    return RequestValidationError(others + [{**found, "loc": ("body", *found["loc"])} for found in refused.errors()])
