"""Scoring: from records to risks, controls, a route, a stored score and, where needed, a case."""
