"""The audit log for whoever reads it: looked through, exported, checked as a file."""
