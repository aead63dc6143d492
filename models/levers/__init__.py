"""Levers: what somebody of ours can put right on an invoice before it goes out, as hypothetical record versions."""
