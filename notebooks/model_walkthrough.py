"""Model walk-through: the champions, one invoice from features to reasons, and whether the probabilities are true.

A percent script: run it as it is, or open it as a notebook with jupytext. It reads the firm that ``TRIAGE_HOME``,
``DATABASE_URL`` and ``TRIAGE_FIRM`` name and the champions in its model cache, and changes nothing.
"""

# %% [markdown]
# # The models at work
# One question: **when the champion says 30 %, does it happen three times in ten?**

# %%
from datetime import UTC, date, datetime, timedelta
from types import SimpleNamespace

import matplotlib.pyplot as plt
import numpy as np
import orjson

from features.history import load_history
from ledger.database import locate
from ledger.settings import Settings
from models.artifact import read_artifact
from models.champions import POINTER
from models.scorer import Scorer
from training.dataset import build_dataset, late_outcome

settings = Settings()
pointer = orjson.loads((settings.model_cache / POINTER).read_bytes())
champions = {risk: read_artifact(settings.model_cache / entry["folder"]) for risk, entry in pointer.items()}
for risk, artifact in champions.items():
    facts = artifact.facts
    print(f"{risk}: version {pointer[risk]['version']}, trained until {facts['trained_until']}, {artifact.digest[:12]}")

# %% [markdown]
# ## Invoices that no fit has seen
# The rows after the delay champion's training period, each with what was known when it was scored.

# %%
engine = locate(settings).engine()
with engine.connect() as connection:
    dataset = build_dataset(load_history(connection), dispute_window_days=90)
engine.dispose()
until = datetime.fromisoformat(champions["delay"].facts["trained_until"]).replace(tzinfo=UTC) + timedelta(days=1)
recent = dataset.rows(dataset.as_of >= int(until.timestamp() * 1e6))
due = [date(1970, 1, 1) + timedelta(days=int(day)) if np.isfinite(day) else None for day in recent.labels.due_date]
labels = recent.labels
unsent = [
    date(1970, 1, 1) + timedelta(days=int(day)) if np.isfinite(day) and sent_at >= moment else None
    for day, sent_at, moment in zip(labels.billable_on, labels.release_known_at, recent.as_of, strict=True)
]
assessed = Scorer(champions).assess(recent.matrix, SimpleNamespace(due_on=due, unsent_since=unsent))
print(f"{len(recent):,} invoices scored")

# %% [markdown]
# ## One invoice
# The one with the highest risk of a dispute.

# %%
riskiest = max(range(len(assessed)), key=lambda place: assessed[place].dispute.probability or 0.0)
one = assessed[riskiest]
days, survival = zip(*one.delay.curve, strict=True)
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.step(days, survival, where="post")
axes.set(xlabel="days late", ylabel="P(later than this)", ylim=(0, 1), title="When will it be paid?")
delay, dispute = one.delay, one.dispute
print(f"invoice {recent.matrix.invoice_ids[riskiest]}")
print(f"late by more than {delay.late_after_days} days: {delay.probability_late:.0%} (usual {delay.usual:.0%})")
print(f"disputed: {dispute.probability:.0%} (usual {dispute.usual:.0%})")
print(f"unusual billing: p = {one.anomaly.p_value:.2f}")
for reason in one.reasons:
    print(f"- [{reason.risk}] {reason.sentence}")

# %% [markdown]
# ## Are the probabilities true?
# Ten groups of equal size by predicted risk; a calibrated model lies on the diagonal within the bars. An open invoice
# that is already later than that counts as late; one that still has time counts for nothing.

# %%
late_after = champions["delay"].model.late_after_days
predicted = np.array([item.delay.probability_late for item in assessed], dtype=float)
outcome = late_outcome(recent, after_days=late_after, until=recent.observed_until)
known = np.isfinite(outcome) & np.isfinite(predicted)
happened = outcome[known]
groups = np.array_split(np.argsort(predicted[known], kind="stable"), 10)
said = np.array([predicted[known][group].mean() for group in groups])
came = np.array([happened[group].mean() for group in groups])
error = np.array([1.96 * np.sqrt(max(p * (1 - p), 0.01) / len(group)) for p, group in zip(came, groups, strict=True)])
figure, axes = plt.subplots(figsize=(4.5, 4), layout="constrained")
axes.errorbar(said, came, yerr=error, fmt="o")
axes.plot([0, 1], [0, 1], linestyle="--", color="grey")
axes.set(xlabel="said", ylabel="came true", title=f"Late by more than {late_after} days")
print(f"{known.sum():,} invoices with an outcome; said {predicted[known].mean():.1%}, came true {happened.mean():.1%}")

# %% [markdown]
# ## What we learned
# Ranking is one thing, honest numbers another: the Brier score compares with a forecast that only knows the average.
# A gap between what was said and what came true, beyond the bars, is a reason to calibrate again.

# %%
brier = float(np.mean((predicted[known] - happened) ** 2))
constant = float(np.mean((happened.mean() - happened) ** 2))
print(f"Brier score {brier:.3f}; always saying the average would give {constant:.3f}")
assert brier < constant, "the champion's probabilities say less than the average does: retrain before relying on them"
assert one.reasons, "the riskiest invoice has no reason to show"
