from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

from ..models.models import Models, check_models

if TYPE_CHECKING:
    from ..models.content_out import ContentOut


T = TypeVar("T", bound="ReplayOut")


@_attrs_define
class ReplayOut:
    """A stored score beside what is said when it is made again."""

    differences: list[str]
    """ JSON pointers to what differs; empty when same """
    models: Models
    """ Whose models and rules judge. """
    recomputed: ContentOut
    """ Everything of a score that follows from records, models and rules. """
    same: bool
    """ both contents are the same bytes """
    score_id: str
    """ id of the stored score """
    stored: ContentOut
    """ Everything of a score that follows from records, models and rules. """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        differences = self.differences

        models: str = self.models

        recomputed = self.recomputed.to_dict()

        same = self.same

        score_id = self.score_id

        stored = self.stored.to_dict()

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "differences": differences,
                "models": models,
                "recomputed": recomputed,
                "same": same,
                "score_id": score_id,
                "stored": stored,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.content_out import ContentOut

        d = dict(src_dict)
        differences = cast("list[str]", d.pop("differences"))

        models = check_models(d.pop("models"))

        recomputed = ContentOut.from_dict(d.pop("recomputed"))

        same = d.pop("same")

        score_id = d.pop("score_id")

        stored = ContentOut.from_dict(d.pop("stored"))

        replay_out = cls(
            differences=differences,
            models=models,
            recomputed=recomputed,
            same=same,
            score_id=score_id,
            stored=stored,
        )

        replay_out.additional_properties = d
        return replay_out

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
