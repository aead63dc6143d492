"""Examples that are executed by the tests: how other systems work with the service."""
