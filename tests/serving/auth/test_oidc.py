"""Bearer tokens of a real local identity provider: who gets in, as whom, and who does not."""

import base64
import hmac
import json
import time
from typing import Any

import pytest
from fastapi.testclient import TestClient
from joserfc.jwk import OctKey
from sqlalchemy import text

from serving.auth.oidc.people import account_id_of
from serving.auth.oidc.settings import OidcSettings, ProviderSettingsError
from serving.auth.scopes import Role, Scope
from serving.state import ServingState
from tests.serving.auth.conftest import Ask, Time
from tests.serving.auth.provider import LocalProvider, elliptic_key, signing_key
from tests.serving.kit import api_key, person


def accounts(state: ServingState) -> list[Any]:
    with state.engine.connect() as connection:
        return list(connection.execute(text("SELECT * FROM account ORDER BY account_id")))


def told(state: ServingState) -> list[str]:
    query = "SELECT action FROM audit_entry WHERE action LIKE 'account%' ORDER BY written_at"
    with state.engine.connect() as connection:
        return list(connection.execute(text(query)).scalars())


def test_a_person_comes_in_with_the_roles_of_the_map_and_a_stable_account(
    ask: Ask, local: LocalProvider, trusting: ServingState
) -> None:
    first = ask(local.token(groups=["ar-team", "unknown"], employee="R-12")).json()
    second = ask(local.token(employee="R-12")).json()
    assert first == second
    assert (first["principal_id"], first["kind"], first["roles"]) == (
        account_id_of(f"{local.issuer}|rita"),
        "account",
        ["reviewer"],
    )
    [account] = accounts(trusting)
    assert (account.login, account.resource_id, account.password_hash) == (f"{local.issuer}|rita", "R-12", None)
    assert told(trusting) == ["account_created"]


def test_what_the_provider_changes_is_taken_over_and_told(
    ask: Ask, local: LocalProvider, trusting: ServingState
) -> None:
    ask(local.token())
    assert ask(local.token(name="Rita R.", groups=["it"])).json()["roles"] == ["admin"]
    assert [(account.name, account.roles) for account in accounts(trusting)] == [("Rita R.", ["admin"])]
    assert told(trusting) == ["account_created", "account_roles_changed"]


def test_two_people_of_one_provider_are_two(ask: Ask, local: LocalProvider) -> None:
    ids = {ask(local.token(sub=subject)).json()["principal_id"] for subject in ("rita", "sam")}
    assert len(ids) == 2


@pytest.mark.parametrize("groups", [[], ["unknown"], "unknown ar-team-2", None, 7, [["ar-team"]]])
def test_without_a_mapped_role_nobody_comes_in(
    ask: Ask, local: LocalProvider, trusting: ServingState, groups: Any
) -> None:
    assert ask(local.token(groups=groups)).status_code == 403
    assert accounts(trusting) == []


def test_groups_that_would_administer_and_decide_are_refused(ask: Ask, local: LocalProvider) -> None:
    assert ask(local.token(groups=["it", "ar-team"])).status_code == 403


def test_roles_bound_what_a_token_may_do(ask: Ask, local: LocalProvider) -> None:
    assert ask(local.token(), "/v1/keys").status_code == 403
    assert ask(local.token(), "/v1/cases/next", "POST").status_code == 204
    assert ask(local.token(groups=["it"]), "/v1/keys").status_code == 200


def test_an_account_deactivated_here_stays_out(ask: Ask, local: LocalProvider, trusting: ServingState) -> None:
    ask(local.token())
    with trusting.engine.begin() as connection:
        connection.execute(text("UPDATE account SET active = false"))
    assert ask(local.token()).status_code == 403


def test_one_person_of_the_ledger_is_one_account(ask: Ask, local: LocalProvider, trusting: ServingState) -> None:
    person(trusting.engine, "rita", Role.REVIEWER, resource_id="R-12")
    assert ask(local.token(employee="R-13")).status_code == 200
    refused = ask(local.token(employee="R-12"))
    assert (refused.status_code, "another account has your id" in refused.text) == (403, True)


def test_nobody_logs_in_with_a_password_as_a_person_of_the_provider(ask: Ask, local: LocalProvider, app: Any) -> None:
    ask(local.token())
    body = {"login": f"{local.issuer}|rita", "password": "!"}
    assert TestClient(app).post("/v1/session", json=body).status_code == 401


NOW = int(time.time())
UNFIT: dict[str, dict[str, Any]] = {
    "wrong audience": {"aud": "payroll"},
    "no audience": {"aud": None},
    "wrong issuer": {"iss": "http://127.0.0.1:1"},
    "expired": {"exp": NOW - 3_600},
    "never expires": {"exp": None},
    "expires at no number": {"exp": "tomorrow"},
    "not valid yet": {"nbf": NOW + 3_600},
    "issued in the future": {"iat": NOW + 3_600},
    "no subject": {"sub": None},
    "subject is no text": {"sub": 7},
    "signed for another use": {"header": {"typ": "logout+jwt"}},
    "unknown critical header": {"header": {"crit": ["b64"], "b64": False}},
}


@pytest.mark.parametrize("unfit", UNFIT.values(), ids=UNFIT)
def test_a_token_that_does_not_hold_is_refused(
    ask: Ask, local: LocalProvider, trusting: ServingState, unfit: dict[str, Any]
) -> None:
    answer = ask(local.token(**unfit))
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, 'Bearer realm="triage"')
    assert accounts(trusting) == []


def test_a_few_seconds_between_clocks_are_forgiven(ask: Ask, local: LocalProvider) -> None:
    now = int(time.time())
    assert ask(local.token(exp=now - 5, nbf=now + 5, iat=now + 5)).status_code == 200


def encoded(document: Any) -> str:
    return base64.urlsafe_b64encode(json.dumps(document).encode()).rstrip(b"=").decode()


def forgeries(local: LocalProvider) -> dict[str, str]:
    """Tokens that say the right thing and are not signed by the provider."""
    good, public = local.token(), local.keys[0]
    head, body, signature = good.split(".")
    shared = f"{encoded({'alg': 'HS256', 'kid': 'first'})}.{body}"
    mac = hmac.digest(public.as_pem(private=False), shared.encode(), "sha256")
    claims = json.loads(base64.urlsafe_b64decode(body + "=="))
    stolen = signing_key("first", 1)
    return {
        "none": f"{encoded({'alg': 'none', 'kid': 'first'})}.{body}.",
        "public key as a shared secret": f"{shared}.{base64.urlsafe_b64encode(mac).rstrip(b'=').decode()}",
        "another key under the same id": local.token(key=stolen),
        "key sent along": local.token(key=stolen, header={"jwk": stolen.as_dict(private=False), "kid": "sent"}),
        "another algorithm's name": f"{encoded({'alg': 'ES256', 'kid': 'first'})}.{body}.{signature}",
        "algorithm off the list": local.token(alg="RS512"),
        "other claims": f"{head}.{encoded(claims | {'groups': ['it']})}.{signature}",
        "no token": "abc.def.ghi",
        "too long": good + "A" * 20_000,
    }


def test_a_forged_token_is_refused(ask: Ask, local: LocalProvider, subtests: pytest.Subtests) -> None:
    for name, token in forgeries(local).items():
        with subtests.test(forgery=name):
            answer = ask(token)
            assert answer.status_code == 401
            assert token not in answer.text


def test_a_rotated_key_is_taken_up_at_once(ask: Ask, local: LocalProvider, clock: Time) -> None:
    assert ask(local.token()).status_code == 200
    clock.now += 60
    local.keys = [local.keys[0], signing_key("second")]
    assert ask(local.token()).status_code == 200
    assert ask(local.token(key=local.keys[0])).status_code == 200


def test_a_key_that_the_provider_dropped_is_refused_within_the_hour(
    ask: Ask, local: LocalProvider, clock: Time
) -> None:
    old = local.token()
    assert ask(old).status_code == 200
    local.keys = [elliptic_key("second")]
    clock.now += 3_600
    assert ask(old).status_code == 401
    assert ask(local.token(alg="ES256")).status_code == 200


def test_invented_key_ids_do_not_turn_us_against_the_provider(ask: Ask, local: LocalProvider, clock: Time) -> None:
    ask(local.token())
    clock.now += 60
    for number in range(20):
        assert ask(local.token(header={"kid": f"invented {number}"})).status_code == 401
    assert local.asked == 2


def test_the_last_keys_serve_while_the_provider_is_down(ask: Ask, local: LocalProvider, clock: Time) -> None:
    assert ask(local.token()).status_code == 200
    local.down = True
    clock.now += 24 * 3_600
    assert ask(local.token()).status_code == 200
    assert ask(local.token(key=signing_key("unknown"))).status_code == 401


def test_before_the_provider_ever_answered_callers_are_asked_to_come_again(
    ask: Ask, local: LocalProvider, clock: Time
) -> None:
    local.down = True
    answer = ask(local.token())
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    local.down = False
    clock.now += 60
    assert ask(local.token()).status_code == 200


def test_a_discovery_document_of_somebody_else_is_not_followed(ask: Ask, local: LocalProvider) -> None:
    local.claimed_issuer = "https://elsewhere.example"
    assert ask(local.token()).status_code == 503
    assert local.asked == 0


def test_shared_secrets_among_the_keys_are_ignored(ask: Ask, local: LocalProvider) -> None:
    shared = OctKey.generate_key(256, {"kid": "shared", "use": "sig"})
    local.keys = [shared, *local.keys]
    assert ask(local.token(key=shared, alg="HS256")).status_code == 401
    assert ask(local.token()).status_code == 200


def test_api_keys_go_on_working_beside_the_provider(ask: Ask, local: LocalProvider, trusting: ServingState) -> None:
    assert ask(api_key(trusting.engine, Scope.RULES_READ), "/v1/policy").status_code == 200
    assert ask("triage_unknown_secret", "/v1/policy").status_code == 401
    assert local.asked == 0


@pytest.mark.parametrize(
    ("given", "says"),
    [({"issuer": "http://idp.example", "audience": "a"}, "https"), ({"issuer": "https://idp.example"}, "AUDIENCE")],
)
def test_a_half_set_provider_is_one_clear_line(given: dict[str, Any], says: str) -> None:
    with pytest.raises(ProviderSettingsError, match=says):
        OidcSettings.model_validate(given)


@pytest.mark.parametrize("algorithm", ["none", "HS256", "dir"])
def test_signatures_that_others_can_make_are_no_choice(algorithm: str) -> None:
    with pytest.raises(ValueError, match="algorithms"):
        OidcSettings.model_validate({"algorithms": [algorithm]})


def test_settings_come_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("TRIAGE_OIDC_ISSUER", "https://idp.example")
    monkeypatch.setenv("TRIAGE_OIDC_AUDIENCE", "triage")
    monkeypatch.setenv("TRIAGE_OIDC_ROLE_MAP", '{"finance/ar": "reviewer"}')
    monkeypatch.setenv("TRIAGE_OIDC_ROLES_CLAIM", "realm_access.roles")
    settings = OidcSettings()
    assert settings.role_map == {"finance/ar": Role.REVIEWER}
    assert settings.roles_claim == "realm_access.roles"
