from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, TypeVar, cast

from attrs import define as _attrs_define
from attrs import field as _attrs_field

if TYPE_CHECKING:
    from ..models.problem_document import ProblemDocument
    from ..models.score_response import ScoreResponse


T = TypeVar("T", bound="BatchLine")


@_attrs_define
class BatchLine:
    """One line of the answer: a score, or why there is none."""

    index: int
    """ place of the item in the request, from 0 """
    problem: ProblemDocument | None
    """ why there is no score """
    replayed: bool
    """ made by an earlier request with the same Idempotency-Key """
    score: ScoreResponse | None
    """ the stored score """
    status: int
    """ the status that the item alone would have been answered with """
    additional_properties: dict[str, Any] = _attrs_field(init=False, factory=dict)

    def to_dict(self) -> dict[str, Any]:
        from ..models.problem_document import ProblemDocument
        from ..models.score_response import ScoreResponse

        index = self.index

        problem: dict[str, Any] | None
        if isinstance(self.problem, ProblemDocument):
            problem = self.problem.to_dict()
        else:
            problem = self.problem

        replayed = self.replayed

        score: dict[str, Any] | None
        if isinstance(self.score, ScoreResponse):
            score = self.score.to_dict()
        else:
            score = self.score

        status = self.status

        field_dict: dict[str, Any] = {}
        field_dict.update(self.additional_properties)
        field_dict.update(
            {
                "index": index,
                "problem": problem,
                "replayed": replayed,
                "score": score,
                "status": status,
            }
        )

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.problem_document import ProblemDocument
        from ..models.score_response import ScoreResponse

        d = dict(src_dict)
        index = d.pop("index")

        def _parse_problem(data: object) -> ProblemDocument | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError
                problem_type_0 = ProblemDocument.from_dict(data)

                return problem_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | ProblemDocument", data)

        problem = _parse_problem(d.pop("problem"))

        replayed = d.pop("replayed")

        def _parse_score(data: object) -> ScoreResponse | None:
            if data is None:
                return data
            try:
                if not isinstance(data, dict):
                    raise TypeError
                score_type_0 = ScoreResponse.from_dict(data)

                return score_type_0
            except (TypeError, ValueError, AttributeError, KeyError):
                pass
            return cast("None | ScoreResponse", data)

        score = _parse_score(d.pop("score"))

        status = d.pop("status")

        batch_line = cls(
            index=index,
            problem=problem,
            replayed=replayed,
            score=score,
            status=status,
        )

        batch_line.additional_properties = d
        return batch_line

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
