-- Hours of contracts billed by time, approved or waiting for it, that no invoice sent covers: what readiness looks at.
CREATE TEMPORARY TABLE board_hours ON COMMIT DROP AS
WITH billed AS MATERIALIZED (
    SELECT project_id, range_agg(daterange(period_start, period_end, '[]')) AS days FROM board_invoice
    WHERE status NOT IN ('credited', 'cancelled') AND issued_on IS NOT NULL AND period_start <= period_end
    GROUP BY project_id
)
SELECT n.time_entry_id, n.project_id, n.client_id, n.worked_on, n.role, n.currency, n.hours, n.bill_rate, n.approver_id,
       n.billable, n.status
FROM time_entry n LEFT JOIN board_project j ON j.project_id = n.project_id
LEFT JOIN billed b ON b.project_id = n.project_id
WHERE n.known_at < {as_of} AND n.billable AND n.status IN ('approved', 'submitted')
AND (j.billing_method IS NULL OR j.billing_method = 'time_and_materials')
AND NOT coalesce(n.worked_on <@ b.days, false)
AND NOT EXISTS (
    SELECT FROM time_entry newer WHERE newer.time_entry_id = n.time_entry_id AND newer.known_at < {as_of}
    AND (newer.known_at, newer.event_at, newer.record_id) > (n.known_at, n.event_at, n.record_id)
);
ANALYZE board_hours;
