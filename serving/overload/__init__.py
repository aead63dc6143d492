"""Too much, too slow, or on its way out: what the process does when it cannot do everything."""
