from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.control import Control
    from ..models.overlay import Overlay


T = TypeVar("T", bound="ControlsOut")


@_attrs_define
class ControlsOut:
    """The controls in force."""

    controls: list[Control]
    """ in the order in which they speak """
    overlays: list[Overlay]
    """ what differs for some clients or companies """
    problem: str | None
    """ why these may not be the newest; null when they are """
    version: str
    """ version of the set, as scores name it """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        controls = []
        for controls_item_data in self.controls:
            controls_item = controls_item_data.to_dict()
            controls.append(controls_item)

        overlays = []
        for overlays_item_data in self.overlays:
            overlays_item = overlays_item_data.to_dict()
            overlays.append(overlays_item)

        problem: str | None
        problem = self.problem

        version = self.version

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "controls": controls,
                "overlays": overlays,
                "problem": problem,
                "version": version,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.control import Control
        from ..models.overlay import Overlay

        d = dict(src_dict)
        controls = []
        _controls = d.pop("controls")
        for controls_item_data in _controls:
            controls_item = Control.from_dict(controls_item_data)

            controls.append(controls_item)

        overlays = []
        _overlays = d.pop("overlays")
        for overlays_item_data in _overlays:
            overlays_item = Overlay.from_dict(overlays_item_data)

            overlays.append(overlays_item)

        def _parse_problem(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        problem = _parse_problem(d.pop("problem"))

        version = d.pop("version")

        controls_out = cls(
            controls=controls,
            overlays=overlays,
            problem=problem,
            version=version,
        )

        controls_out.additional_properties = d
        return controls_out

    @property
    def additional_keys(self) -> list[str]:
        return list(self.additional_properties.keys())

    def __getitem__(self, key: str) -> Any:
        return self.additional_properties[key]

    def __setitem__(self, key: str, value: Any) -> None:
        self.additional_properties[key] = value

    def __delitem__(self, key: str) -> None:
        del self.additional_properties[key]

    def __contains__(self, key: str) -> bool:
        return key in self.additional_properties
