"""Promotion and rollback: the only ways an alias moves, each written to the deployment ledger with who and why."""

from dataclasses import dataclass

import orjson
from sqlalchemy import Connection, Engine, text

from ledger.errors import PlainError
from training.gates import Gate, gates
from training.registry import CHALLENGER, CHAMPION, Registry


class PromotionError(PlainError):
    """The alias was not moved; the message says why."""


@dataclass(frozen=True)
class Deployment:
    """One move of the champion alias."""

    risk: str
    version: str
    previous_version: str | None
    gates: tuple[Gate, ...]


def promote(
    engine: Engine,
    registry: Registry,
    risk: str,
    *,
    who: str,
    why: str,
    version: str | None = None,
    unproven: bool = False,
) -> Deployment:
    """Make a version (by default the challenger) champion if it passes every gate.

    A gate that too few rows could tell stops it too, unless ``unproven`` accepts that.
    The move is written to the deployment ledger in a transaction that commits only after the alias has moved.
    Raises ``PromotionError`` naming the failed gates, when there is nothing to promote, or without a name and a reason.
    """
    _refuse_nameless(who, why)
    chosen = version or registry.version_at(risk, CHALLENGER)
    previous = registry.version_at(risk, CHAMPION)
    if chosen is None:
        raise PromotionError(f"{risk}: there is no challenger; run `triage retrain` first")
    if chosen == previous:
        raise PromotionError(f"{risk}: version {chosen} is champion already")
    if not registry.holds(risk, chosen):
        raise PromotionError(f"{risk}: there is no version {chosen}")
    artifact = registry.load(risk, chosen)
    verdicts = gates(artifact)
    if stopped := [gate for gate in verdicts if not gate.passed and (gate.told or not unproven)]:
        raise PromotionError(f"{risk}: version {chosen} stays challenger: {_reasons(stopped)}")
    deployment = Deployment(risk, chosen, previous, tuple(verdicts))
    _deploy(engine, registry, deployment, digest=artifact.digest, action="promote", who=who, why=why)
    return deployment


def rollback(engine: Engine, registry: Registry, risk: str, *, who: str, why: str) -> Deployment:
    """Make the version that was champion before the current one champion again.

    Raises ``PromotionError`` when the deployment ledger knows of none, or without a name and a reason.
    """
    _refuse_nameless(who, why)
    current = registry.version_at(risk, CHAMPION)
    with engine.connect() as connection:
        target = _champion_before(connection, risk, current)
    if current is None or target is None:
        raise PromotionError(f"{risk}: no earlier champion to go back to")
    deployment = Deployment(risk, target, current, ())
    digest = registry.load(risk, target).digest
    _deploy(engine, registry, deployment, digest=digest, action="rollback", who=who, why=why)
    return deployment


def _reasons(stopped: list[Gate]) -> str:
    """Gates that say no; where only rows were wanting, also the way on."""
    said = "; ".join(f"{gate.name} ({gate.detail})" for gate in stopped)
    return said if any(gate.told for gate in stopped) else f"{said}; `--unproven` promotes it all the same"


def _refuse_nameless(who: str, why: str) -> None:
    if not (who.strip() and why.strip()):
        raise PromotionError("say who and why: the deployment ledger keeps both")


def _champion_before(connection: Connection, risk: str, current: str | None) -> str | None:
    """The version replaced when ``current`` was last promoted."""
    query = text(
        "SELECT previous_version FROM deployment WHERE risk = :risk AND version = :current AND action = 'promote' "
        "ORDER BY deployment_id DESC LIMIT 1"
    )
    found: str | None = connection.execute(query, {"risk": risk, "current": current}).scalar()
    return found


def _deploy(
    engine: Engine, registry: Registry, deployment: Deployment, *, digest: str, action: str, who: str, why: str
) -> None:
    with engine.begin() as connection:
        connection.execute(
            text(
                "INSERT INTO deployment (action, risk, version, digest, previous_version, gates, who, why) "
                "VALUES (:action, :risk, :version, :digest, :previous, CAST(:gates AS jsonb), :who, :why)"
            ),
            {
                "action": action,
                "risk": deployment.risk,
                "version": deployment.version,
                "digest": digest,
                "previous": deployment.previous_version,
                "gates": orjson.dumps([_kept(gate) for gate in deployment.gates]).decode(),
                "who": who,
                "why": why,
            },
        )
        registry.move_champion(deployment.risk, deployment.version)
    registry.publish()


def _kept(gate: Gate) -> dict[str, object]:
    return {"name": gate.name, "passed": gate.passed, "detail": gate.detail}
