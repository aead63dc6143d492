"""The HTTP face under /v1: thin endpoints over the services."""
