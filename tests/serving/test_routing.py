"""Hard stop before policy before model, for every input; and a sample that is drawn once."""

from dataclasses import replace
from decimal import Decimal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from models.assessment import AnomalyRisk, Assessment, CertificateOff, DelayRisk, DisputeRisk, Guarantee, RiskStatus
from serving.controls.control import Hit, OwnerRole, Severity
from serving.policy import Policy, PolicyOverlay, load_policy
from serving.routing import Layer, Route, Subject, draw, route

POLICY = load_policy()
ORDER = list(Route)
GUARANTEE = Guarantee("all", 0.05, 0.05, 0.08, 25_000.0, 0.1, 0.02, 900, "2099-12-31", "d")


def hit(severity: Severity) -> Hit:
    return Hit("c", 1, "Title", severity, OwnerRole.BILLING, "other", "message", (), "remedy")  # type: ignore[arg-type]  # any cause will do


hits = st.lists(st.sampled_from(list(Severity)).map(hit), max_size=4)
shares = st.floats(0, 1)
limits = st.decimals(0, 10**7, places=2)
overlays = st.builds(
    PolicyOverlay,
    client_ids=st.just(frozenset({"C1"})),
    auto_clear=st.booleans(),
    auto_clear_cap=st.none() | limits,
    senior_review_amount=st.none() | limits,
)
policies = st.builds(
    lambda auto, cap, senior, over: POLICY.model_copy(
        update={"auto_clear": auto, "auto_clear_cap": cap, "senior_review_amount": senior, "overlays": tuple(over)}
    ),
    st.booleans(),
    limits,
    limits,
    st.lists(overlays, max_size=3),
)
statuses = st.sampled_from(list(RiskStatus))
assessments = st.builds(
    lambda delay, dispute, anomaly, p, clearable: Assessment(
        DelayRisk(delay, probability_late=p), DisputeRisk(dispute, probability=p), AnomalyRisk(anomaly, p_value=p),
        clearable=clearable,
    ),
    statuses, statuses, statuses, shares, st.booleans(),
)  # fmt: skip
subjects = st.builds(
    Subject, st.text(max_size=8), st.just("C1"), st.none(), st.none() | st.decimals(-(10**8), 10**8, places=2)
)


@given(subjects, hits, assessments, policies)
def test_nothing_lowers_a_hard_stop(subject, fired, assessment, policy) -> None:  # type: ignore[no-untyped-def]  # Hypothesis fills these
    routed = route(subject, [*fired, hit(Severity.HARD_STOP)], assessment, policy)
    assert (routed.route, routed.layer) == (Route.HOLD, Layer.HARD_STOP)


@given(subjects, hits, assessments, policies)
def test_only_the_model_layer_clears_and_only_what_nothing_above_touched(subject, fired, assessment, policy) -> None:  # type: ignore[no-untyped-def]  # as above
    routed = route(subject, fired, assessment, policy)
    if routed.route is Route.AUTO_CLEAR:
        assert all(h.severity is Severity.WARNING for h in fired)
        assert assessment.clearable
        assert abs(subject.group_amount) <= policy.auto_clear_cap
        assert {assessment.delay.status, assessment.dispute.status, assessment.anomaly.status} == {RiskStatus.OK}


@given(subjects, hits, assessments, policies, overlays)
def test_an_overlay_never_lowers_the_care(subject, fired, assessment, policy, overlay) -> None:  # type: ignore[no-untyped-def]  # as above
    with_one_more = policy.model_copy(update={"overlays": (*policy.overlays, overlay)})
    # The sample's draw depends on the policy's version; take chance out, so that only the limits differ.
    certain = {"sampling": tuple(s.model_copy(update={"rate": 1e-12}) for s in policy.sampling)}
    plain = route(subject, fired, assessment, policy.model_copy(update=certain))
    tight = route(subject, fired, assessment, with_one_more.model_copy(update=certain))
    assert ORDER.index(tight.route) >= ORDER.index(plain.route)


@given(st.text(max_size=20))
def test_the_draw_is_the_same_every_time(invoice_id: str) -> None:
    assert draw(invoice_id, "p") == draw(invoice_id, "p")
    assert 0 <= draw(invoice_id, "p") < 1


def test_the_draw_is_the_whole_policys_whatever_was_tightened_and_whoever_asked_before() -> None:
    ok = RiskStatus.OK
    clear = Assessment(DelayRisk(ok), DisputeRisk(ok), AnomalyRisk(ok), clearable=True)
    half = [stratum.model_dump() | {"rate": 0.5} for stratum in POLICY.sampling]
    overlay = {"client_ids": ["C"], "auto_clear_cap": 1000}
    policy = Policy.model_validate(POLICY.model_dump() | {"sampling": half, "overlays": [overlay]})
    subjects = [Subject(f"I{n}", "C", None, Decimal(100)) for n in range(50)]
    before = [route(subject, [], clear, policy).sampled for subject in subjects]
    assert before == [draw(subject.invoice_id, policy.version) < 0.5 for subject in subjects]


def test_about_the_stated_share_is_sampled_with_its_propensity() -> None:
    ok = RiskStatus.OK
    clear = Assessment(DelayRisk(ok), DisputeRisk(ok), AnomalyRisk(ok), clearable=True)
    made = [route(Subject(f"I{n}", "C", None, Decimal(100)), [], clear, POLICY) for n in range(20_000)]
    sampled = [routed for routed in made if routed.sampled]
    assert 0.017 < len(sampled) / len(made) < 0.023
    assert {routed.propensity for routed in made} == {0.02}
    assert {(routed.route, routed.layer) for routed in sampled} == {(Route.REVIEW, Layer.POLICY)}


@pytest.mark.parametrize(
    ("asked", "cleared"),
    [
        ({}, True),
        ({"outcome": "preventable"}, False),
        ({"segments": "by_billing_method"}, False),
        ({"tolerance": "half_of_own_rate"}, False),
        ({"promise": "in_expectation"}, False),
    ],
)
def test_nothing_is_cleared_under_another_promise_than_the_policy_asks_for(
    asked: dict[str, str], cleared: bool
) -> None:
    ok = RiskStatus.OK
    clear = Assessment(DelayRisk(ok), DisputeRisk(ok), AnomalyRisk(ok), clearable=True, guarantee=GUARANTEE)
    certain = [stratum.model_dump() | {"rate": 1e-12} for stratum in POLICY.sampling]
    policy = Policy.model_validate(POLICY.model_dump() | {"sampling": certain} | asked)
    made = route(Subject("I", "C", None, Decimal(100)), [], clear, policy)
    assert (made.route is Route.AUTO_CLEAR) == cleared
    assert cleared or (made.layer is Layer.POLICY and "makes another promise" in made.because)


def _grounds(hit_: list[Hit], assessment: Assessment, amount: int = 100, **changes: object) -> tuple[str, str | None]:
    certain = [stratum.model_dump() | {"rate": 1e-12} for stratum in POLICY.sampling]
    policy = Policy.model_validate(POLICY.model_dump() | {"sampling": certain} | changes)
    said = route(Subject("I", "C", None, Decimal(amount)), hit_, assessment, policy).not_cleared
    assert said is not None
    assert said.sentence.endswith(".")
    return said.ground.value, said.certificate


def test_what_kept_an_invoice_from_being_cleared_is_named_whatever_it_was() -> None:
    ok = RiskStatus.OK
    sure = Assessment(DelayRisk(ok), DisputeRisk(ok, probability=0.2), AnomalyRisk(ok), guarantee=GUARANTEE)
    clear, lapsed = (
        replace(sure, clearable=True),
        CertificateOff("lapsed", "the certificate was valid until 1 May 2026"),
    )
    assert _grounds([hit(Severity.HARD_STOP)], clear) == ("control", None)
    assert _grounds([hit(Severity.REVIEW)], clear) == ("control", None)
    assert _grounds([], clear, amount=10**6) == ("policy_limit", None)
    assert _grounds([], clear, auto_clear=False) == ("policy_limit", None)
    assert _grounds([], replace(clear, delay=DelayRisk(RiskStatus.ABSTAINED))) == ("abstained", None)
    assert _grounds([], replace(clear, delay=DelayRisk(RiskStatus.UNAVAILABLE))) == ("model_unavailable", None)
    assert _grounds([], clear, outcome="preventable") == ("certificate_off", "other_form")
    assert _grounds([], replace(sure, certificate_off=lapsed)) == ("certificate_off", "lapsed")
    assert _grounds([], sure) == ("above_threshold", None)
    assert _grounds([], clear, sampling=[{"from_amount": 0, "rate": 1}]) == ("sampled", None)


def test_the_sentence_names_the_risk_and_the_limit() -> None:
    ok = RiskStatus.OK
    sure = Assessment(DelayRisk(ok), DisputeRisk(ok, probability=0.2), AnomalyRisk(ok), guarantee=GUARANTEE)
    said = route(Subject("I", "C", None, Decimal(100)), [], sure, POLICY).not_cleared
    assert said is not None
    assert said.sentence == "Its dispute risk of 20% is above the certified limit of 5%."


@given(subjects, hits, assessments, policies)
def test_whatever_is_not_cleared_says_why_and_nothing_else_does(subject, fired, assessment, policy) -> None:  # type: ignore[no-untyped-def]  # as above
    routed = route(subject, fired, assessment, policy)
    assert (routed.not_cleared is None) == (routed.route is Route.AUTO_CLEAR)
