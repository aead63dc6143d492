"""Reads control documents: one bad word anywhere refuses the whole set, with its file and place."""

import hashlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import orjson
import yaml
from pydantic import Field, ValidationError

from serving.controls.checks import ControlError, compiled
from serving.controls.control import Control, Frozen
from serving.controls.overlays import Overlay, weaker_than_allowed
from serving.controls.ruleset import ControlSet
from serving.yaml_files import read_yaml

SHIPPED = Path(__file__).parent / "controls.yaml"


class ControlDocument(Frozen):
    """A set of controls as written: YAML in a file, JSON over the API and in the database."""

    number: int = Field(ge=1, le=1_000_000, description="number of this edition")
    controls: tuple[Control, ...] = Field(min_length=1, max_length=500, description="in the order in which they speak")
    overlays: tuple[Overlay, ...] = Field(default=(), max_length=500, description="what differs for some")

    @property
    def version(self) -> str:
        """``controls-<number>-<digest of the content>``."""
        digest = hashlib.sha256(orjson.dumps(self.content, option=orjson.OPT_SORT_KEYS)).hexdigest()
        return f"controls-{self.number}-{digest[:12]}"

    @property
    def content(self) -> dict[str, Any]:
        """The document as plain data; sets are sorted, so that one document has one digest."""
        content = self.model_dump(mode="json")
        for overlay in content["overlays"]:
            overlay["client_ids"] = sorted(overlay["client_ids"])
            overlay["legal_entity_ids"] = sorted(overlay["legal_entity_ids"])
        return content

    def every_control(self) -> Iterator[tuple[str, Control]]:
        """All controls with their place in the document."""
        for control in self.controls:
            yield f"control {control.id}", control
        for overlay in self.overlays:
            for control in overlay.additional:
                yield f"overlay {overlay.name}: control {control.id}", control


def load_controls(path: Path = SHIPPED) -> ControlSet:
    """Read, check and compile a control file.

    Raises ``ControlError``, whose message names the file, the control and the field.
    """
    return compiled_set(read_document(path), place=path.name)


def read_document(path: Path) -> ControlDocument:
    """A control file as data, its fields checked and its expressions not; raises ``ControlError``."""
    try:
        raw: Any = read_yaml(path)
    except (OSError, UnicodeDecodeError, yaml.YAMLError) as error:
        raise ControlError(f"{path.name}: cannot be read: {error}") from error
    return document_of(raw, place=path.name)


def document_of(raw: Any, *, place: str) -> ControlDocument:
    """Plain data as a control document; raises ``ControlError``."""
    try:
        return ControlDocument.model_validate(raw)
    except ValidationError as error:
        first = error.errors()[0]
        raise ControlError(f"{place}: {_place(raw, first['loc'])}: {first['msg']}") from error


def compiled_set(document: ControlDocument, *, place: str) -> ControlSet:
    """Check and compile a document; raises ``ControlError`` with the place of what is wrong."""
    for where, control in document.every_control():
        compiled(control, place=f"{place}: {where}")
    _refuse_twice(document, place)
    for overlay in document.overlays:
        complaint = weaker_than_allowed(overlay, document.controls)
        if complaint:
            raise ControlError(f"{place}: overlay {overlay.name}: {complaint}")
    return ControlSet(document.version, document.content, document.controls, document.overlays)


def _place(raw: Any, location: tuple[int | str, ...]) -> str:
    place = ".".join(map(str, location))
    if len(location) > 1 and location[0] == "controls" and isinstance(location[1], int):
        name = raw["controls"][location[1]]
        return f"{place} ({name.get('id', 'no id') if isinstance(name, dict) else 'not a mapping'})"
    return place


def _refuse_twice(document: ControlDocument, place: str) -> None:
    seen: set[str] = set()
    for where, control in document.every_control():
        if control.id in seen:
            raise ControlError(f"{place}: {where}: the id is used twice")
        seen.add(control.id)
    names = [overlay.name for overlay in document.overlays]
    for name in names:
        if names.count(name) > 1:
            raise ControlError(f"{place}: overlay {name}: the name is used twice")
