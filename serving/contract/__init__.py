"""The published contract: strict bodies, the OpenAPI document, and what may change in it."""
