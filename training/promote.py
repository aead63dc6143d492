"""Promotion and rollback: the only ways an alias moves, each written to the deployment ledger with who and why."""

from collections.abc import Iterator
from contextlib import contextmanager
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
    The move is in the deployment ledger before the alias moves and is confirmed after; moves that were cut short are
    settled first.
    Raises ``PromotionError`` naming the failed gates, when there is nothing to promote, or without a name and a reason.
    """
    _refuse_nameless(who, why)
    settle(engine, registry, risk)
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
    settle(engine, registry, risk)
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
        "SELECT previous_version FROM deployment JOIN deployment_outcome USING (deployment_id) "
        "WHERE risk = :risk AND version = :current AND action = 'promote' AND outcome = 'confirmed' "
        "ORDER BY deployment_id DESC LIMIT 1"
    )
    found: str | None = connection.execute(query, {"risk": risk, "current": current}).scalar()
    return found


def _deploy(
    engine: Engine, registry: Registry, deployment: Deployment, *, digest: str, action: str, who: str, why: str
) -> None:
    """Write the move, move the alias, confirm; a move without an outcome is settled by the next promotion."""
    values = {
        "action": action,
        "risk": deployment.risk,
        "version": deployment.version,
        "digest": digest,
        "previous": deployment.previous_version,
        "gates": orjson.dumps([_kept(gate) for gate in deployment.gates]).decode(),
        "who": who,
        "why": why,
    }
    with _alone(engine, deployment.risk):
        with engine.begin() as connection:
            written = connection.execute(text(_WRITE), values).scalar_one()
        registry.move_champion(deployment.risk, deployment.version)
        with engine.begin() as connection:
            _note_outcome(connection, written, "confirmed")
    registry.publish()


_WRITE = (
    "INSERT INTO deployment (action, risk, version, digest, previous_version, gates, who, why) "
    "VALUES (:action, :risk, :version, :digest, :previous, CAST(:gates AS jsonb), :who, :why) RETURNING deployment_id"
)


@contextmanager
def _alone(engine: Engine, risk: str) -> Iterator[Connection]:
    """A transaction beside which nobody else moves or settles the champion of this risk."""
    with engine.begin() as connection:
        connection.execute(text("SELECT pg_advisory_xact_lock(hashtext('deployment ' || :risk))"), {"risk": risk})
        yield connection


def settle(engine: Engine, registry: Registry, risk: str) -> list[str]:
    """Give moves of a risk that were cut short the outcome that the registry shows; what was settled, in words.

    The newest open move is confirmed where the alias points at its version; every other was abandoned.
    """
    champion = registry.version_at(risk, CHAMPION)
    with _alone(engine, risk) as connection:
        opened = connection.execute(text(_OPEN), {"risk": risk}).all()
        settled = []
        for place, (move, version) in enumerate(opened):
            outcome = "confirmed" if place == 0 and version == champion else "abandoned"
            _note_outcome(connection, move, outcome)
            settled.append(f"{risk}: the move to version {version} was cut short and is now {outcome}")
    return settled


_OPEN = (
    "SELECT deployment_id, version FROM deployment LEFT JOIN deployment_outcome USING (deployment_id) "
    "WHERE risk = :risk AND outcome IS NULL ORDER BY deployment_id DESC"
)


def _note_outcome(connection: Connection, move: int, outcome: str) -> None:
    connection.execute(
        text("INSERT INTO deployment_outcome (deployment_id, outcome) VALUES (:move, :outcome)"),
        {"move": move, "outcome": outcome},
    )


def _kept(gate: Gate) -> dict[str, object]:
    return {"name": gate.name, "passed": gate.passed, "detail": gate.detail}
