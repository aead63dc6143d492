"""Fixtures of every test that needs the running service: a state, people, keys, and HTTP clients for them."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import Any

import pytest
from fastapi import FastAPI
from fastapi.testclient import TestClient
from sqlalchemy import Engine

from features.matrix import FeatureMatrix
from models.assessment import AnomalyRisk, Assessment, Confidence, DelayRisk, DisputeRisk, Guarantee, Reason, RiskStatus
from serving.app import create_app, load_state
from serving.auditing.verifying import carry_out
from serving.auth import service as auth
from serving.auth.principal import Principal
from serving.auth.scopes import Role, Scope, scopes_of
from serving.policy import Policy
from serving.rules import register_rules
from serving.scoring.scorer import FixedModels
from serving.settings import ServingSettings
from serving.state import ServingState
from tests.serving.factories import NOW, clean, master, write

PASSWORD = "correct horse"
GUARANTEE = Guarantee("milestone", 0.03, 0.05, 0.05, 25_000.0, 0.1, 0.04, 900, "2099-12-31", "d" * 64)
REASON = Reason("po_missing", "dispute", "no purchase order", "po_missing", 1.0, 0.0, 0.7, ("invoice",))


@dataclass(frozen=True)
class FakeScorer:
    """Says the same of every invoice; stands in for loaded models beside the Scorer protocol."""

    dispute: float = 0.02
    clearable: bool = True

    def assess(self, matrix: FeatureMatrix, context: Any) -> list[Assessment]:
        """One equal assessment per row."""
        return [self._one(due) for due, _ in zip(context.due_on, matrix.values, strict=True)]

    def _one(self, due: date | None) -> Assessment:
        ok, high = RiskStatus.OK, Confidence.HIGH
        return Assessment(
            delay=DelayRisk(ok, high, 30, 0.1, 0.08, ((0, 0.5), (30, 0.1)), 3.0, due),
            dispute=DisputeRisk(ok, high, self.dispute, 0.06, {"rate": 1.0}),
            anomaly=AnomalyRisk(ok, high, 0.4),
            reasons=() if self.clearable else (REASON,),
            clear_score=1 - max(0.1, self.dispute),
            clearable=self.clearable,
            guarantee=GUARANTEE,
            model_digests={"delay": "d" * 64, "dispute": "e" * 64, "anomaly": "f" * 64},
        )


@pytest.fixture
def state(engine: Engine) -> ServingState:
    """A state without models whose clock stands still; its rules are registered."""
    made = replace(load_state(engine, ServingSettings()), clock=lambda: NOW)
    with engine.begin() as connection:
        register_rules(connection, made)
    return made


@pytest.fixture
def clearing(state: ServingState) -> ServingState:
    """The same, with models that clear everything, and without the audit sample's chance."""
    sampling = [stratum.model_dump() | {"rate": 1e-12} for stratum in state.policy.sampling]
    policy = Policy.model_validate(state.policy.model_dump() | {"sampling": sampling})
    made = replace(state, models=FixedModels(FakeScorer()), policy=policy)
    with state.engine.begin() as connection:
        register_rules(connection, made)
    return made


@pytest.fixture
def firm(engine: Engine) -> Engine:
    """A database with the small firm and one clean invoice, INV-1."""
    write(engine, [*master(), *clean()])
    return engine


def person(engine: Engine, name: str, *roles: Role, resource_id: str | None = None) -> Principal:
    """An account, made and recognised."""
    with engine.begin() as connection:
        new = auth.NewAccount(name, name.title(), PASSWORD, roles, resource_id)
        account_id = auth.create_account(connection, new, actor="test")
    return Principal(account_id, "account", name.title(), roles, scopes_of(roles), resource_id)


def api_key(engine: Engine, *scopes: Scope, valid: timedelta = timedelta(days=1)) -> str:
    """An API key."""
    with engine.begin() as connection:
        return auth.create_key(connection, "test", scopes, actor="test", valid=valid)


def carry_out_verifications(state: ServingState) -> None:
    """What a worker does about the verifications of the audit log that were asked for."""
    with state.engine.connect() as connection:
        query = "SELECT args FROM procrastinate_jobs WHERE task_name = 'audit.verify'"
        asked = [job["verification_id"] for job in connection.exec_driver_sql(query).scalars()]
    for verification_id in asked:
        assert carry_out(state, verification_id)


MACHINE = (Scope.SCORES_WRITE, Scope.SCORES_READ, Scope.CASES_READ, Scope.RULES_READ, Scope.MODELS_READ)
OpenClient = Callable[..., TestClient]


@pytest.fixture
def app(state: ServingState) -> FastAPI:
    """The application on the state."""
    return create_app(state)


@pytest.fixture
def machine(app: FastAPI, engine: Engine) -> Iterator[TestClient]:
    """A client with an API key that may score."""
    headers = {"Authorization": f"Bearer {api_key(engine, *MACHINE)}"}
    with TestClient(app, headers=headers, raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def log_in(app: FastAPI, engine: Engine) -> OpenClient:
    """Makes an account with roles and gives a client that is logged in as it."""

    def make(name: str, *roles: Role, resource_id: str | None = None) -> TestClient:
        person(engine, name, *roles, resource_id=resource_id)
        client = TestClient(app, raise_server_exceptions=False)
        assert client.post("/v1/session", json={"login": name, "password": PASSWORD}).status_code == 200
        return client

    return make
