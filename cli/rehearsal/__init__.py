"""Some weeks of review work for a simulated firm: people, cases and decisions, by the services that real ones use."""
