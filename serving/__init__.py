"""Who decides, and the record of it: score API, controls, queue, accounts, audit and pages."""
