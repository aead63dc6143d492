"""A believable professional-services firm, written into the ledger like any other source."""
