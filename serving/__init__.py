"""Who decides, and the record of it: score API, controls, queue, accounts, audit and pages."""

import os

# Spinning OpenMP threads make one-row predictions up to 170 times slower, and the setting only counts when it is made
# before the libraries load: this is the first line of ours that a serving process runs.
os.environ.setdefault("OMP_WAIT_POLICY", "passive")
os.environ.setdefault("OMP_NUM_THREADS", "1")
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")
