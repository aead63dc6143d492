"""What happened: canonical records, the append-only bitemporal store and the ways into it."""
