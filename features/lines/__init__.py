"""Lines and timesheet entries against their own history: what was to be expected of each, and how far off it is."""
