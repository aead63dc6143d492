"""Files that belong to a case: taken with care, kept as they came, given back as downloads only."""
