"""The activation ledger of the controls: which set was in force when, by whom and why."""

from serving.rulebook.ledger import Ledger

SUBJECT = "controls"
LEDGER = Ledger(kind=SUBJECT, prefix="control")

lock = LEDGER.lock
keep = LEDGER.keep
ship = LEDGER.ship
latest_activation = LEDGER.latest
active_version = LEDGER.active_version
version_at = LEDGER.version_at
activations = LEDGER.activations
record = LEDGER.record
