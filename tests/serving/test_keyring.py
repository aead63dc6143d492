"""A key is remembered for a moment, and forgotten when told so."""

import pytest

from serving.auth import keyring
from serving.auth.keyring import KeyRing
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope

ROBOT = Principal("k1", "key", "robot", (Role.SERVICE,), frozenset({Scope.SELF}))


def test_a_key_is_remembered_until_its_time_is_over() -> None:
    now = [0.0]
    ring = KeyRing(seconds=2, clock=lambda: now[0])
    ring.keep("triage_k1_secret", ROBOT)
    now[0] = 1.9
    assert ring.recall("triage_k1_secret") is ROBOT
    now[0] = 2.0
    assert ring.recall("triage_k1_secret") is None


def test_another_secret_is_another_key() -> None:
    ring = KeyRing()
    ring.keep("triage_k1_secret", ROBOT)
    assert ring.recall("triage_k1_other") is None


def test_a_revoked_key_is_asked_for_again_at_once() -> None:
    ring = KeyRing()
    ring.keep("triage_k1_secret", ROBOT)
    ring.forget("k1")
    assert ring.recall("triage_k1_secret") is None


def test_the_ring_does_not_grow_without_end(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keyring, "MOST_KEYS", 2)
    ring = KeyRing()
    for number in range(3):
        ring.keep(f"triage_k1_{number}", ROBOT)
    assert [ring.recall(f"triage_k1_{number}") is ROBOT for number in range(3)] == [False, True, True]
