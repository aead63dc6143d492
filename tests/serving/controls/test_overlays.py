"""An overlay raises and tightens; nothing it says, alone or with others, lowers a hard stop or passes a minimum."""

from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from models.assessment import AnomalyRisk, Assessment, DelayRisk, DisputeRisk, RiskStatus
from serving.controls.checks import ControlError
from serving.controls.control import SEVERITIES, Minimum, Severity
from serving.controls.evaluate import evaluate
from serving.controls.load import compiled_set, document_of
from serving.controls.overlays import Overlay, Setting, tightened
from serving.controls.ruleset import ControlSet
from serving.controls.snooze import Snooze, Snoozes
from serving.policy import load_policy
from serving.routing import Layer, Route, Subject, route
from tests.serving import factories as make
from tests.serving.controls.firm import CONTROLS, V2, facts, hits
from tests.serving.factories import KNOWN, NOW

EXTRA = {
    "id": "acme_wants_descriptions", "version": 1, "family": "contract", "title": "Description missing",
    "catches": "This client refuses invoices without a description.", "severity": "review", "owner": "billing",
    "cause": "other", "expression": "invoice.known && invoice.description == null", "message": "No description.",
    "remedy": "Describe the work.",
}  # fmt: skip


def overlay(**changes: Any) -> dict[str, Any]:
    return {"name": "acme", "reason": "their contract says so", "client_ids": ["C1"], **changes}


def under(*overlays: dict[str, Any]) -> ControlSet:
    return compiled_set(document_of(CONTROLS.content | {"overlays": list(overlays)}, place="mine"), place="mine")


def test_a_severity_is_raised_for_the_client_alone() -> None:
    strict = under(overlay(controls={"rate_off_card": {"severity": "hard_stop"}}))
    spoiled = [make.line(**V2, unit_rate="240", quantity="7.5")]
    assert hits(*spoiled, controls=strict)["rate_off_card"].severity is Severity.HARD_STOP
    elsewhere = under(overlay(client_ids=["C2"], controls={"rate_off_card": {"severity": "hard_stop"}}))
    assert hits(*spoiled, controls=elsewhere)["rate_off_card"].severity is Severity.REVIEW


def test_a_threshold_is_tightened_and_the_message_says_so() -> None:
    strict = under(
        overlay(client_ids=[], legal_entity_ids=["E1"], controls={"cap_nearly_used": {"thresholds": {"share": 0.5}}})
    )
    capped = make.contract(**V2, cap_amount="3000")
    assert "cap_nearly_used" not in hits(capped)
    assert "more than 0.50 of the cap" in hits(capped, controls=strict)["cap_nearly_used"].message


def test_a_control_is_switched_off_where_its_minimum_is_none() -> None:
    off = under(overlay(controls={"billing_contact_missing": {"enabled": False}}))
    assert "billing_contact_missing" not in hits(make.client(**V2, billing_contact=None), controls=off)


def test_an_additional_control_fires_for_the_client_alone() -> None:
    assert set(hits(controls=under(overlay(additional=[EXTRA])))) == {EXTRA["id"]}
    assert hits(controls=under(overlay(client_ids=["C2"], additional=[EXTRA]))) == {}


def test_of_several_overlays_the_strictest_word_counts() -> None:
    off = overlay(controls={"late_timesheets": {"enabled": False}})
    loud = overlay(name="loud", legal_entity_ids=["E1"], controls={"late_timesheets": {"severity": "review"}})
    [control] = [c.control for c in under(off, loud).for_invoice("C1", "E1") if c.control.id == "late_timesheets"]
    assert control.severity is Severity.REVIEW


REFUSED = {
    "may not become off": overlay(controls={"rate_off_card": {"enabled": False}}),
    "may not become warning: its global minimum is review": overlay(
        controls={"rate_off_card": {"severity": "warning"}}
    ),
    "may not become review: its global minimum is hard_stop": overlay(controls={"po_missing": {"severity": "review"}}),
    "0.95 is looser than the global 0.9": overlay(controls={"cap_nearly_used": {"thresholds": {"share": 0.95}}}),
    "has no threshold 'days'": overlay(controls={"po_missing": {"thresholds": {"days": 1}}}),
    "there is no such control": overlay(controls={"po_mising": {}}),
    "covers nobody": overlay(client_ids=[]),
    "the id is used twice": overlay(additional=[EXTRA | {"id": "po_missing"}]),
    "has no field 'colour'": overlay(additional=[EXTRA | {"expression": "invoice.colour == 1"}]),
}


@pytest.mark.parametrize("complaint", REFUSED)
def test_an_overlay_that_weakens_is_refused_at_load(complaint: str) -> None:
    with pytest.raises(ControlError, match="mine: overlay acme: ") as caught:
        under(REFUSED[complaint])
    assert complaint in str(caught.value)


def test_two_overlays_of_one_name_are_refused() -> None:
    with pytest.raises(ControlError, match="the name is used twice"):
        under(overlay(), overlay())


# Nothing below was checked at load: what holds here holds whatever somebody writes.
IDS = [control.id for control in CONTROLS.base]
BLOCKED = facts(make.client(**V2, status="blocked", credit_hold=True, billing_contact=None))
STOPS = {hit.control_id for hit in hits(make.client(**V2, status="blocked")).values()}
FIRING = ["client_master_invalid", "credit_hold", "billing_contact_missing"]
settings_of = st.builds(Setting, severity=st.none() | st.sampled_from(list(Severity)), enabled=st.booleans())
some_overlays = st.lists(
    st.builds(
        Overlay, name=st.just("any"), reason=st.just("because"), client_ids=st.just(frozenset({"C1"})),
        controls=st.dictionaries(st.sampled_from(FIRING), settings_of),
    ),
    max_size=3,
)  # fmt: skip
some_snoozes = st.lists(
    st.builds(
        Snooze, snooze_id=st.text("abc", min_size=1), control_id=st.sampled_from(IDS), client_id=st.just("C1"),
        project_id=st.none(), created_at=st.just(KNOWN), until=st.just(NOW.replace(year=2027)),
    )
)  # fmt: skip
shares = st.floats(0, 1)
assessments = st.builds(
    lambda status, p, clearable: Assessment(
        DelayRisk(status, probability_late=p), DisputeRisk(status, probability=p), AnomalyRisk(status, p_value=p),
        clear_score=p, clearable=clearable,
    ),
    st.sampled_from(list(RiskStatus)), shares, st.booleans(),
)  # fmt: skip
POLICY = load_policy()
policies = st.builds(
    lambda auto, cap: POLICY.model_copy(
        update={"auto_clear": auto, "auto_clear_cap": cap, "senior_review_amount": cap}
    ),
    st.booleans(),
    st.decimals(0, 10**9, places=2),
)


@settings(max_examples=60, deadline=None)
@given(some_overlays, some_snoozes, assessments, policies)
def test_no_model_policy_overlay_or_snooze_lowers_a_hard_stop(
    overlays: list[Overlay], snoozes: list[Snooze], assessment: Assessment, policy: Any
) -> None:
    controls = ControlSet("v", {}, CONTROLS.base, tuple(overlays), Snoozes.of(snoozes))
    found = tuple(hits_of(controls))
    assert {hit.control_id for hit in found if hit.severity is Severity.HARD_STOP} >= STOPS
    assert all(hit.snoozed is None for hit in found if hit.severity is Severity.HARD_STOP)
    routed = route(Subject("INV-1", "C1", "E1", None), found, assessment, policy)
    assert (routed.route, routed.layer) == (Route.HOLD, Layer.HARD_STOP)


def hits_of(controls: ControlSet) -> Any:
    return evaluate(controls, BLOCKED)


@given(st.sampled_from(CONTROLS.base), st.lists(settings_of, min_size=1, max_size=4))
def test_no_settings_pass_the_global_minimum(control: Any, found: list[Setting]) -> None:
    made = tightened(control, found)
    if made is None:
        assert control.least is Minimum.NONE
    else:
        assert SEVERITIES.index(made.severity) <= list(Minimum).index(control.least)
