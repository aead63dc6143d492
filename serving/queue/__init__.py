"""The review queue: cases, claims with leases and fencing tokens, decisions."""
