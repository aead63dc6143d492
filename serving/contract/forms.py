"""Addresses as a page's form makes them."""

from typing import Any

from pydantic import BaseModel, ConfigDict, model_validator


class FormQuery(BaseModel):
    """A form sends every field; those left empty are not set. What else an address carries is passed over."""

    model_config = ConfigDict(extra="ignore", frozen=True)

    @model_validator(mode="before")
    @classmethod
    def _without_blanks(cls, values: Any) -> Any:
        if not isinstance(values, dict):
            return values
        return {name: value for name, value in values.items() if value not in ("", [""])}
