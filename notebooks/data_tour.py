"""Data tour: what the ledger of a firm holds, and what one has to know before trusting it.

A percent script: run it as it is, or open it as a notebook with jupytext. It reads the firm that ``TRIAGE_HOME``,
``DATABASE_URL`` and ``TRIAGE_FIRM`` name (the simulated demo by default) and changes nothing.
"""

# %% [markdown]
# # A tour of the ledger
# One question: **how far behind the events is our knowledge, and who pays late or disputes?**

# %%
import matplotlib.pyplot as plt
import numpy as np
import pandas as pd
from sqlalchemy import func, select

from features.asof import DAY_US
from features.history import load_history
from ledger.database import locate
from ledger.migrate import migrate
from ledger.read import read_columns
from ledger.settings import Settings
from ledger.tables import TABLES
from training.dataset import build_dataset

settings = Settings()
engine = locate(settings).engine()
migrate(engine)

# %% [markdown]
# ## How much there is
# One row per version: an invoice that was drafted, issued and settled counts three times.

# %%
with engine.connect() as connection:
    counts = pd.Series(
        {kind: connection.execute(select(func.count()).select_from(TABLES[kind])).scalar_one() for kind in TABLES}
    )
counts = counts[counts > 0].sort_values()
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
axes.barh(counts.index, counts)
axes.set(xscale="log", xlabel="record versions (log)", title="What the ledger holds")
print(counts.sort_values(ascending=False).to_string())

# %% [markdown]
# ## How late we learn
# `known_at - event_at`. Whoever trains on event time looks this far into the future.

# %%
lag_kinds = [kind for kind in ("time_entry", "approval", "invoice", "payment", "dispute", "note") if kind in counts]
with engine.connect() as connection:
    read = {kind: read_columns(connection, kind, ["event_at", "known_at"]) for kind in lag_kinds}
lags = {kind: np.sort((moments["known_at"] - moments["event_at"]) / DAY_US) for kind, moments in read.items()}
shares = pd.DataFrame({kind: np.quantile(days, [0.5, 0.9, 0.99]) for kind, days in lags.items()}, index=[50, 90, 99]).T
figure, axes = plt.subplots(figsize=(7, 4), layout="constrained")
for kind, days in lags.items():
    axes.plot(days, np.linspace(0, 1, len(days)), label=kind)
axes.set(xscale="symlog", xlabel="days from event to knowledge", ylabel="share", title="Arrival lag")
axes.legend()
print(shares.round(2).to_string())

# %% [markdown]
# ## Who pays late
# Outcomes as known today, at one scoring moment per invoice. An open invoice is not "on time": it is unknown.

# %%
with engine.connect() as connection:
    dataset = build_dataset(load_history(connection), dispute_window_days=90)
    clients = pd.read_sql(
        "SELECT DISTINCT ON (client_id) client_id, segment FROM client ORDER BY 1, known_at", connection
    )
labels = dataset.labels
outcomes = pd.DataFrame(
    {
        "client_id": labels.client_id,
        "days_late": labels.days_late,
        "disputed": labels.disputed,
        "cause": labels.dispute_cause,
    }
).merge(clients, on="client_id", how="left")
outcomes["segment"] = outcomes["segment"].fillna("not stated")
settled = outcomes.dropna(subset=["days_late"])
late = (settled["days_late"] > 0).groupby(settled["segment"]).agg(["mean", "size"])
late["error"] = 1.96 * np.sqrt(late["mean"] * (1 - late["mean"]) / late["size"])
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.barh(late.index, late["mean"], xerr=late["error"])
axes.set(xlabel="share paid after the due date (bars: 95 %)", title="Late payment by client segment")
print(late.round(3).to_string())

# %% [markdown]
# ## Why clients dispute

# %%
causes = outcomes.loc[outcomes["disputed"] == 1, "cause"].value_counts()
figure, axes = plt.subplots(figsize=(7, 3), layout="constrained")
axes.barh(causes.index[::-1], causes[::-1])
axes.set(xlabel="disputed invoices", title="Causes of disputes")
print(causes.to_string())

# %% [markdown]
# ## What we learned
# Nothing is known before it happened; some facts arrive days after; and part of the invoices have no outcome yet, which
# is why labels carry a maturity clock.

# %%
unknown = outcomes["days_late"].isna().mean()
print(
    f"{len(outcomes):,} invoices; {unknown:.0%} not settled yet; "
    f"{(settled['days_late'] > 0).mean():.0%} of the rest late"
)
assert (shares[50] >= 0).all(), "half of a kind of record is known before it happened: look at its mapping"
assert len(settled) > 0, "no invoice is settled: nothing can be learned yet"
engine.dispose()
