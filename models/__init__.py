"""How sure we are: delay, dispute and anomaly models, calibration, reasons and policy."""
