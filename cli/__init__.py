"""One command, ``triage``, over all rooms."""
