"""Outlier detectors with scikit-learn's interface, JSON state and a quick one-row path."""
