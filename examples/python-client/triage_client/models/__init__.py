"""Contains all the data models used in inputs/outputs"""

from .activation_out import ActivationOut
from .activation_out_action import ActivationOutAction
from .activations_out import ActivationsOut
from .anomaly_out import AnomalyOut
from .backtest_out import BacktestOut
from .batch_item import BatchItem
from .batch_line import BatchLine
from .batch_request import BatchRequest
from .billing_method import BillingMethod
from .case_detail_out import CaseDetailOut
from .case_event import CaseEvent
from .case_event_out import CaseEventOut
from .case_event_out_detail import CaseEventOutDetail
from .case_order import CaseOrder
from .case_out import CaseOut
from .case_out_priority_parts import CaseOutPriorityParts
from .case_page_out import CasePageOut
from .case_state import CaseState
from .cause import Cause
from .certificate_out import CertificateOut
from .certificates_out import CertificatesOut
from .confidence import Confidence
from .content_out import ContentOut
from .control import Control
from .control_hit_out import ControlHitOut
from .control_thresholds import ControlThresholds
from .controls_out import ControlsOut
from .currency import Currency
from .decision_out import DecisionOut
from .delay_out import DelayOut
from .deployment_out import DeploymentOut
from .deployment_out_action import DeploymentOutAction
from .deployment_page_out import DeploymentPageOut
from .dispute_out import DisputeOut
from .dispute_out_causes import DisputeOutCauses
from .document_out import DocumentOut
from .event_out import EventOut
from .event_out_to_state import EventOutToState
from .explained_reason_out import ExplainedReasonOut
from .explanation_response import ExplanationResponse
from .explanation_response_models import ExplanationResponseModels
from .family import Family
from .fate import Fate
from .field_error import FieldError
from .finding_out import FindingOut
from .finding_out_level import FindingOutLevel
from .gate_out import GateOut
from .guarantee_out import GuaranteeOut
from .health_out import HealthOut
from .inline_document import InlineDocument
from .inline_expense import InlineExpense
from .inline_invoice import InlineInvoice
from .inline_invoice_line import InlineInvoiceLine
from .inline_milestone import InlineMilestone
from .inline_note import InlineNote
from .inline_time_entry import InlineTimeEntry
from .invoice_status import InvoiceStatus
from .layer import Layer
from .line_kind import LineKind
from .milestone_status import MilestoneStatus
from .minimum import Minimum
from .model_out import ModelOut
from .model_out_facts import ModelOutFacts
from .models import Models
from .models_out import ModelsOut
from .overlay import Overlay
from .overlay_controls import OverlayControls
from .owner_out import OwnerOut
from .owner_role import OwnerRole
from .policy_out import PolicyOut
from .policy_out_policy import PolicyOutPolicy
from .policy_version_out import PolicyVersionOut
from .policy_versions_out import PolicyVersionsOut
from .problem_document import ProblemDocument
from .proof_out import ProofOut
from .proposal_out import ProposalOut
from .proposal_out_state import ProposalOutState
from .proposals_out import ProposalsOut
from .quarantine_page_out import QuarantinePageOut
from .quarantined_out import QuarantinedOut
from .quarantined_out_raw import QuarantinedOutRaw
from .read_proposals_state_type_0 import ReadProposalsStateType0
from .ready_out import ReadyOut
from .reason_out import ReasonOut
from .record_out import RecordOut
from .record_result import RecordResult
from .records_request import RecordsRequest
from .records_request_records_item import RecordsRequestRecordsItem
from .records_response import RecordsResponse
from .remedy_out import RemedyOut
from .repair_request import RepairRequest
from .repair_request_repairs import RepairRequestRepairs
from .replay_out import ReplayOut
from .review_action import ReviewAction
from .risk_status import RiskStatus
from .risks_out import RisksOut
from .route import Route
from .run_filter import RunFilter
from .run_out import RunOut
from .run_out_routes import RunOutRoutes
from .run_request import RunRequest
from .run_result_out import RunResultOut
from .run_results_out import RunResultsOut
from .run_state import RunState
from .score_request import ScoreRequest
from .score_response import ScoreResponse
from .setting import Setting
from .setting_thresholds import SettingThresholds
from .severity import Severity
from .shadow_out import ShadowOut
from .shadow_out_gone import ShadowOutGone
from .shadow_out_newly import ShadowOutNewly
from .snooze_mark_out import SnoozeMarkOut
from .snooze_out import SnoozeOut
from .snoozes_out import SnoozesOut
from .threshold import Threshold
from .threshold_tighter import ThresholdTighter
from .versions_out import VersionsOut
from .versions_out_models import VersionsOutModels
from .work_status import WorkStatus

__all__ = (
    "ActivationOut",
    "ActivationOutAction",
    "ActivationsOut",
    "AnomalyOut",
    "BacktestOut",
    "BatchItem",
    "BatchLine",
    "BatchRequest",
    "BillingMethod",
    "CaseDetailOut",
    "CaseEvent",
    "CaseEventOut",
    "CaseEventOutDetail",
    "CaseOrder",
    "CaseOut",
    "CaseOutPriorityParts",
    "CasePageOut",
    "CaseState",
    "Cause",
    "CertificateOut",
    "CertificatesOut",
    "Confidence",
    "ContentOut",
    "Control",
    "ControlHitOut",
    "ControlThresholds",
    "ControlsOut",
    "Currency",
    "DecisionOut",
    "DelayOut",
    "DeploymentOut",
    "DeploymentOutAction",
    "DeploymentPageOut",
    "DisputeOut",
    "DisputeOutCauses",
    "DocumentOut",
    "EventOut",
    "EventOutToState",
    "ExplainedReasonOut",
    "ExplanationResponse",
    "ExplanationResponseModels",
    "Family",
    "Fate",
    "FieldError",
    "FindingOut",
    "FindingOutLevel",
    "GateOut",
    "GuaranteeOut",
    "HealthOut",
    "InlineDocument",
    "InlineExpense",
    "InlineInvoice",
    "InlineInvoiceLine",
    "InlineMilestone",
    "InlineNote",
    "InlineTimeEntry",
    "InvoiceStatus",
    "Layer",
    "LineKind",
    "MilestoneStatus",
    "Minimum",
    "ModelOut",
    "ModelOutFacts",
    "Models",
    "ModelsOut",
    "Overlay",
    "OverlayControls",
    "OwnerOut",
    "OwnerRole",
    "PolicyOut",
    "PolicyOutPolicy",
    "PolicyVersionOut",
    "PolicyVersionsOut",
    "ProblemDocument",
    "ProofOut",
    "ProposalOut",
    "ProposalOutState",
    "ProposalsOut",
    "QuarantinePageOut",
    "QuarantinedOut",
    "QuarantinedOutRaw",
    "ReadProposalsStateType0",
    "ReadyOut",
    "ReasonOut",
    "RecordOut",
    "RecordResult",
    "RecordsRequest",
    "RecordsRequestRecordsItem",
    "RecordsResponse",
    "RemedyOut",
    "RepairRequest",
    "RepairRequestRepairs",
    "ReplayOut",
    "ReviewAction",
    "RiskStatus",
    "RisksOut",
    "Route",
    "RunFilter",
    "RunOut",
    "RunOutRoutes",
    "RunRequest",
    "RunResultOut",
    "RunResultsOut",
    "RunState",
    "ScoreRequest",
    "ScoreResponse",
    "Setting",
    "SettingThresholds",
    "Severity",
    "ShadowOut",
    "ShadowOutGone",
    "ShadowOutNewly",
    "SnoozeMarkOut",
    "SnoozeOut",
    "SnoozesOut",
    "Threshold",
    "ThresholdTighter",
    "VersionsOut",
    "VersionsOutModels",
    "WorkStatus",
)
