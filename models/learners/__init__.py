"""Binary learners that models are built from: linear, boosted, the client's own rate, and their blend."""
