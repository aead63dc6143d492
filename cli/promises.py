"""What the review policy promises, handed to training: the two rooms never import each other."""

from pathlib import Path

from ledger.errors import PlainError
from serving.policy import SHIPPED, PolicyError, load_policy
from serving.settings import ServingSettings
from training.config import TrainingConfig


def training_config(*, seed: int, holdout_share: float | None = None) -> TrainingConfig:
    """Settings of a training run, with the tolerances of the policy in force (``TRIAGE_POLICY`` or the shipped one).

    Raises ``PlainError`` when the policy cannot be used.
    """
    chosen = ServingSettings().policy_file
    try:
        policy = load_policy(Path(chosen) if chosen else SHIPPED)
    except PolicyError as error:
        raise PlainError(str(error)) from error
    shares = {} if holdout_share is None else {"holdout_share": holdout_share}
    return TrainingConfig(
        seed=seed,
        alpha=policy.alpha,
        alpha_money=policy.alpha_money,
        money_cap=float(policy.money_cap),
        delta=policy.delta,
        **shares,
    )
