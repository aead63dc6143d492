"""Studies of the procedure on public data and on simulated firms, run by ``triage evaluate --suite``."""
