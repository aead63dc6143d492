"""The evaluation report of a model version: one self-contained page, readable in a minute, and its model card."""
