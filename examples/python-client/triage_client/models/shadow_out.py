from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.shadow_out_gone import ShadowOutGone
    from ..models.shadow_out_newly import ShadowOutNewly


T = TypeVar("T", bound="ShadowOut")


@_attrs_define
class ShadowOut:
    """How a set in shadow differed from the active one."""

    different: int
    """ of these, with another hit """
    gone: ShadowOutGone
    """ control:severity that only the active set said, counted """
    newest: list[Any]
    """ the newest differences """
    newly: ShadowOutNewly
    """ control:severity that only the proposed set says, counted """
    newly_held: int
    """ a hard stop fires only in the proposed set """
    no_longer_held: int
    """ a hard stop fires only in the active set """
    scores: int
    """ live scores looked at """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        different = self.different

        gone = self.gone.to_dict()

        newest = self.newest

        newly = self.newly.to_dict()

        newly_held = self.newly_held

        no_longer_held = self.no_longer_held

        scores = self.scores

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "different": different,
                "gone": gone,
                "newest": newest,
                "newly": newly,
                "newly_held": newly_held,
                "no_longer_held": no_longer_held,
                "scores": scores,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.shadow_out_gone import ShadowOutGone
        from ..models.shadow_out_newly import ShadowOutNewly

        d = dict(src_dict)
        different = d.pop("different")

        gone = ShadowOutGone.from_dict(d.pop("gone"))

        newest = cast("list[Any]", d.pop("newest"))

        newly = ShadowOutNewly.from_dict(d.pop("newly"))

        newly_held = d.pop("newly_held")

        no_longer_held = d.pop("no_longer_held")

        scores = d.pop("scores")

        shadow_out = cls(
            different=different,
            gone=gone,
            newest=newest,
            newly=newly,
            newly_held=newly_held,
            no_longer_held=no_longer_held,
            scores=scores,
        )

        shadow_out.additional_properties = d
        return shadow_out

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
