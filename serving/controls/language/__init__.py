"""The language of controls: a strict part of CEL, parsed, typed with its null values, and compiled."""
