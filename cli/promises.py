"""What the review policy promises, handed to training: the two rooms never import each other."""

from pathlib import Path

from sqlalchemy import Engine

from ledger.errors import PlainError
from serving.policies.source import activated
from serving.policy import SHIPPED, Policy, PolicyError, load_policy
from serving.settings import ServingSettings
from training.config import TrainingConfig


def training_config(*, seed: int, holdout_share: float | None = None, engine: Engine | None = None) -> TrainingConfig:
    """Settings of a training run, with the tolerances of the policy in force.

    That is the one activated in the firm's database, if one was; else that of ``TRIAGE_POLICY``, else the shipped
    one. Raises ``PlainError`` when the policy cannot be used.
    """
    try:
        policy = _policy(engine)
    except PolicyError as error:
        raise PlainError(str(error)) from error
    # Whoever names a share gets it, however few rows that leaves for a certificate.
    shares = {} if holdout_share is None else {"holdout_share": holdout_share, "holdout_rows": 0}
    return TrainingConfig(
        seed=seed,
        alpha=policy.alpha,
        alpha_money=policy.alpha_money,
        money_cap=float(policy.money_cap),
        delta=policy.delta,
        outcome=policy.outcome,
        segments=policy.segments,
        tolerance=policy.tolerance,
        promise=policy.promise,
        **shares,
    )


def _policy(engine: Engine | None) -> Policy:
    if engine is not None:
        with engine.connect() as connection:
            found = activated(connection)
        if found is not None:
            return found
    return filed_policy()


def filed_policy() -> Policy:
    """The policy of the file (``TRIAGE_POLICY``, else the shipped one); raises ``PolicyError``."""
    chosen = ServingSettings().policy_file
    return load_policy(Path(chosen) if chosen else SHIPPED)
