"""Reads control files: one bad word anywhere refuses the whole set, with its file and place."""

import hashlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import BaseModel, ConfigDict, Field, ValidationError

from serving.controls.checks import ControlError, compiled
from serving.controls.control import CompiledControl, Control, ControlSet

SHIPPED = Path(__file__).parent / "controls.yaml"


class ControlFile(BaseModel):
    """A YAML document of controls."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    number: int = Field(ge=1, description="number of this edition of the file")
    controls: tuple[Control, ...] = Field(min_length=1)


def load_controls(path: Path = SHIPPED) -> ControlSet:
    """Read, check and compile a control file.

    Raises ``ControlError``, whose message names the file, the control and the field.
    """
    document = _document(path)
    compiled_controls = [_compiled(control, path) for control in document.controls]
    _refuse_twice(document.controls, path)
    content = document.model_dump(mode="json")
    digest = hashlib.sha256(orjson.dumps(content, option=orjson.OPT_SORT_KEYS)).hexdigest()
    return ControlSet(f"controls-{document.number}-{digest[:12]}", tuple(compiled_controls), content)


def _document(path: Path) -> ControlFile:
    try:
        raw: Any = yaml.safe_load(path.read_text(encoding="utf-8"))
        return ControlFile.model_validate(raw)
    except yaml.YAMLError as error:
        raise ControlError(f"{path.name}: not YAML: {error}") from error
    except ValidationError as error:
        first = error.errors()[0]
        raise ControlError(f"{path.name}: {_place(raw, first['loc'])}: {first['msg']}") from error


def _place(raw: Any, location: tuple[int | str, ...]) -> str:
    place = ".".join(map(str, location))
    if len(location) > 1 and location[0] == "controls" and isinstance(location[1], int):
        name = raw["controls"][location[1]]
        return f"{place} ({name.get('id', 'no id') if isinstance(name, dict) else 'not a mapping'})"
    return place


def _compiled(control: Control, path: Path) -> CompiledControl:
    return CompiledControl(control, compiled(control, place=f"{path.name}: control {control.id}"))


def _refuse_twice(controls: Sequence[Control], path: Path) -> None:
    seen: set[str] = set()
    for control in controls:
        if control.id in seen:
            raise ControlError(f"{path.name}: control {control.id}: the id is used twice")
        seen.add(control.id)
