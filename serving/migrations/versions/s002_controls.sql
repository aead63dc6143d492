-- Rules as versioned data, their life cycle, overlays and snoozes --
SELECT 1;
