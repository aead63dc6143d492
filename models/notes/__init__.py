"""What a note is about: text classification with calibrated confidence and abstention."""
