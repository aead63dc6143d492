-- The task queue, callbacks and billing runs --
SELECT 1;
