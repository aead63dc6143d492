"""What the service says of itself while it works: stages, metrics, logs and traces."""
