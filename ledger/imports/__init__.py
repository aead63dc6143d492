"""Files into the ledger: declarative mappings, readers, and a runner that quarantines bad rows and goes on."""
