"""Asking the accountable person: one question, one person, one link that expires, and what follows the answer."""
