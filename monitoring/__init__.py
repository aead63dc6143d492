"""Whether a model still holds: drift, performance and alarms."""
