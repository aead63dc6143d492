"""Boards: key figures over the ledger and the queue, defined as data, each traceable to the rows that make it."""
