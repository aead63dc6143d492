"""A receiver between this service and a workflow engine that cannot check signatures itself."""
