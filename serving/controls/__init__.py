"""Deterministic controls: versioned data in YAML, expressions in CEL, typed against the canonical records."""
