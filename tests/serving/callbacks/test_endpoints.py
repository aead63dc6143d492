"""The allow-list: checked, audited, rotated with overlap, and secrets that the database alone does not give away."""

from datetime import timedelta

import pytest
from sqlalchemy import text
from standardwebhooks import Webhook, WebhookVerificationError

from serving.callbacks import endpoints
from serving.callbacks.urls import parse_url
from serving.callbacks.vault import Vault
from serving.problems import Invalid
from serving.settings import ServingSettings
from serving.sql import Row
from serving.state import ServingState
from tests.serving.callbacks.kit import ask, decide_case, deliver, fill, reviewer, sent
from tests.serving.callbacks.receiver import Receiver


def rotate(state: ServingState, endpoint: Row, overlap: timedelta) -> str:
    with state.engine.begin() as connection:
        return endpoints.rotate(connection, state, endpoint["endpoint_id"], actor="ada", overlap=overlap)


def verifies(secret: str, receiver: Receiver) -> bool:
    got = receiver.got[-1]
    try:
        Webhook(secret).verify(got.body, got.headers)
    except WebhookVerificationError:
        return False
    return True


def test_during_a_rotation_both_secrets_sign(
    state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]
) -> None:
    row, old = endpoint
    new = rotate(state, row, timedelta(hours=1))
    fill(state.engine)
    decide_case(ask(state, receiver.url), reviewer(state.engine))
    deliver(state, sent(state)[0])
    assert len(receiver.got[0].headers["webhook-signature"].split(" ")) == 2
    assert verifies(old, receiver)
    assert verifies(new, receiver)


def test_after_the_overlap_the_old_secret_signs_no_more(
    state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]
) -> None:
    row, old = endpoint
    new = rotate(state, row, timedelta(0))
    fill(state.engine)
    decide_case(ask(state, receiver.url), reviewer(state.engine))
    deliver(state, sent(state)[0])
    assert (verifies(old, receiver), verifies(new, receiver)) == (False, True)


def test_the_database_alone_does_not_give_a_secret_away(state: ServingState, endpoint: tuple[Row, str]) -> None:
    with state.engine.begin() as connection:
        sealed = connection.execute(text("SELECT sealed FROM callback_secret")).scalars().all()
        kept = str(connection.execute(text("SELECT body FROM audit_entry")).scalars().all())
        live = endpoints.live_secrets(connection, endpoint[0]["endpoint_id"], Vault.of(state.settings))
    assert live == [endpoint[1]]
    assert endpoint[1].removeprefix("whsec_") not in str(sealed) + kept


def test_every_change_is_audited(state: ServingState, endpoint: tuple[Row, str]) -> None:
    endpoint_id = endpoint[0]["endpoint_id"]
    rotate(state, endpoint[0], timedelta(hours=1))
    with state.engine.begin() as connection:
        for _ in range(2):
            endpoints.disable(connection, endpoint_id, actor="ada", because="moved")
        for _ in range(2):
            endpoints.enable(connection, endpoint_id, actor="ada")
        query = text("SELECT action FROM audit_entry WHERE subject_id = :id ORDER BY position")
        actions = connection.execute(query, {"id": endpoint_id}).scalars().all()
    assert [action.removeprefix("callback_") for action in actions] == [
        "endpoint_created",
        "secret_rotated",
        "endpoint_disabled",
        "endpoint_enabled",
    ]


def test_a_prefix_is_on_the_list_once(state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]) -> None:
    with state.engine.begin() as connection, pytest.raises(endpoints.EndpointExists):
        endpoints.create(connection, state, receiver.url, name="again", actor="ada")


def test_the_longest_prefix_signs(state: ServingState, receiver: Receiver, endpoint: tuple[Row, str]) -> None:
    with state.engine.begin() as connection:
        below, _ = endpoints.create(connection, state, receiver.url + "/deep", name="deep", actor="ada")
        found = endpoints.allowing(connection, parse_url(receiver.url + "/deep/x", plain_http=True))
        assert found is not None
        assert found["endpoint_id"] == below["endpoint_id"]
        endpoints.disable(connection, below["endpoint_id"], actor="ada", because="moved")
        found = endpoints.allowing(connection, parse_url(receiver.url + "/deep/x", plain_http=True))
        assert found is not None
        assert found["endpoint_id"] == endpoint[0]["endpoint_id"]


REFUSED = [
    "http://flows.example.com/x",
    "https://flows.example.com:22/x",
    "https://127.0.0.1/x",
    "https://169.254.169.254/latest/meta-data",
    "https://[::1]/x",
    "https://[::ffff:10.0.0.1]/x",
    "https://flows.example.com/x?secret=1",
]


@pytest.mark.parametrize("prefix", REFUSED)
def test_a_prefix_that_could_not_be_called_is_refused(plain_state: ServingState, prefix: str) -> None:
    with plain_state.engine.begin() as connection, pytest.raises(Invalid) as refused:
        endpoints.create(connection, plain_state, prefix, name="x", actor="ada")
    assert refused.value.errors[0].pointer == "/prefix"


def test_the_metadata_address_stays_refused_where_private_ones_are_allowed(state: ServingState) -> None:
    settings: ServingSettings = state.settings
    with pytest.raises(Invalid, match="link-local"):
        endpoints.checked_url("http://169.254.169.254/x", settings, pointer="/prefix")
