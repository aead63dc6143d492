from __future__ import annotations

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, TypeVar, cast

from attrs import define as _attrs_define

from ..types import UNSET, Unset

if TYPE_CHECKING:
    from ..models.explained_reason_out import ExplainedReasonOut
    from ..models.explanation_response_models import ExplanationResponseModels
    from ..models.finding_out import FindingOut
    from ..models.remedy_out import RemedyOut


T = TypeVar("T", bound="ExplanationResponse")


@_attrs_define
class ExplanationResponse:
    """What stands behind a score, worked out when it was asked for."""

    degraded: list[str]
    """ what was missing when this was answered; empty when nothing was """
    findings: list[FindingOut]
    """ most unusual first """
    invoice_id: str
    """ id of the invoice """
    models: ExplanationResponseModels
    """ risk → SHA-256 of the models in force now, with which this was found """
    no_remedies_because: str | None
    """ already_out, clearable, nothing_helps, models_unavailable or models_failed; null: there are some """
    reasons: list[ExplainedReasonOut]
    """ the reasons of the score """
    remedies: list[RemedyOut]
    """ cheapest first where they clear it, else lowest risk first """
    score_id: str
    """ id of the score """
    object_: Literal["explanation"] | Unset = "explanation"
    """ kind of document """

    def to_dict(self) -> dict[str, Any]:
        degraded = self.degraded

        findings = []
        for findings_item_data in self.findings:
            findings_item = findings_item_data.to_dict()
            findings.append(findings_item)

        invoice_id = self.invoice_id

        models = self.models.to_dict()

        no_remedies_because: str | None
        no_remedies_because = self.no_remedies_because

        reasons = []
        for reasons_item_data in self.reasons:
            reasons_item = reasons_item_data.to_dict()
            reasons.append(reasons_item)

        remedies = []
        for remedies_item_data in self.remedies:
            remedies_item = remedies_item_data.to_dict()
            remedies.append(remedies_item)

        score_id = self.score_id

        object_ = self.object_

        field_dict: dict[str, Any] = {}

        field_dict.update(
            {
                "degraded": degraded,
                "findings": findings,
                "invoice_id": invoice_id,
                "models": models,
                "no_remedies_because": no_remedies_because,
                "reasons": reasons,
                "remedies": remedies,
                "score_id": score_id,
            }
        )
        if object_ is not UNSET:
            field_dict["object"] = object_

        return field_dict

    @classmethod
    def from_dict(cls: type[T], src_dict: Mapping[str, Any]) -> T:
        from ..models.explained_reason_out import ExplainedReasonOut
        from ..models.explanation_response_models import ExplanationResponseModels
        from ..models.finding_out import FindingOut
        from ..models.remedy_out import RemedyOut

        d = dict(src_dict)
        degraded = cast("list[str]", d.pop("degraded"))

        findings = []
        _findings = d.pop("findings")
        for findings_item_data in _findings:
            findings_item = FindingOut.from_dict(findings_item_data)

            findings.append(findings_item)

        invoice_id = d.pop("invoice_id")

        models = ExplanationResponseModels.from_dict(d.pop("models"))

        def _parse_no_remedies_because(data: object) -> str | None:
            if data is None:
                return data
            return cast("None | str", data)

        no_remedies_because = _parse_no_remedies_because(d.pop("no_remedies_because"))

        reasons = []
        _reasons = d.pop("reasons")
        for reasons_item_data in _reasons:
            reasons_item = ExplainedReasonOut.from_dict(reasons_item_data)

            reasons.append(reasons_item)

        remedies = []
        _remedies = d.pop("remedies")
        for remedies_item_data in _remedies:
            remedies_item = RemedyOut.from_dict(remedies_item_data)

            remedies.append(remedies_item)

        score_id = d.pop("score_id")

        object_ = cast("Literal['explanation'] | Unset", d.pop("object", UNSET))
        if object_ != "explanation" and not isinstance(object_, Unset):
            raise ValueError(f"object must match const 'explanation', got '{object_}'")

        explanation_response = cls(
            degraded=degraded,
            findings=findings,
            invoice_id=invoice_id,
            models=models,
            no_remedies_because=no_remedies_because,
            reasons=reasons,
            remedies=remedies,
            score_id=score_id,
            object_=object_,
        )

        return explanation_response
