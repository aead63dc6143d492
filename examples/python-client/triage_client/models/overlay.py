from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.control import Control
    from ..models.overlay_controls import OverlayControls


T = TypeVar("T", bound="Overlay")


@_attrs_define
class Overlay:
    """Settings and additional controls for some clients or companies."""

    name: str
    """ stable name """
    reason: str
    """ why it exists """
    additional: list[Control] | Unset = UNSET
    """ controls that only these clients or companies have """
    client_ids: list[str] | Unset = UNSET
    """ clients it covers """
    controls: OverlayControls | Unset = UNSET
    """ control id → what becomes of it """
    legal_entity_ids: list[str] | Unset = UNSET
    """ companies of ours it covers """

    def to_dict(self) -> dict[str, Any]:
        name = self.name

        reason = self.reason

        additional: list[dict[str, Any]] | Unset = UNSET
        if not isinstance(self.additional, Unset):
            additional = []
            for additional_item_data in self.additional:
                additional_item = additional_item_data.to_dict()
                additional.append(additional_item)

        client_ids: list[str] | Unset = UNSET
        if not isinstance(self.client_ids, Unset):
            client_ids = self.client_ids

        controls: dict[str, Any] | Unset = UNSET
        if not isinstance(self.controls, Unset):
            controls = self.controls.to_dict()

        legal_entity_ids: list[str] | Unset = UNSET
        if not isinstance(self.legal_entity_ids, Unset):
            legal_entity_ids = self.legal_entity_ids

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "name": name,
                "reason": reason,
            }
        )
        if additional is not UNSET:
            field_dict["additional"] = additional
        if client_ids is not UNSET:
            field_dict["client_ids"] = client_ids
        if controls is not UNSET:
            field_dict["controls"] = controls
        if legal_entity_ids is not UNSET:
            field_dict["legal_entity_ids"] = legal_entity_ids

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.control import Control
        from ..models.overlay_controls import OverlayControls

        d = dict(src_dict)
        name = d.pop("name")

        reason = d.pop("reason")

        _additional = d.pop("additional", UNSET)
        additional: list[Control] | Unset = UNSET
        if _additional is not UNSET:
            additional = []
            for additional_item_data in _additional:
                additional_item = Control.from_dict(additional_item_data)

                additional.append(additional_item)

        client_ids = cast("list[str]", d.pop("client_ids", UNSET))

        _controls = d.pop("controls", UNSET)
        controls: OverlayControls | Unset
        if isinstance(_controls, Unset):
            controls = UNSET
        else:
            controls = OverlayControls.from_dict(_controls)

        legal_entity_ids = cast("list[str]", d.pop("legal_entity_ids", UNSET))

        overlay = cls(
            name=name,
            reason=reason,
            additional=additional,
            client_ids=client_ids,
            controls=controls,
            legal_entity_ids=legal_entity_ids,
        )

        return overlay
