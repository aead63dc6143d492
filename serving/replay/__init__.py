"""Old scores made again: from the records, models, controls and policy that made them, byte for byte."""
