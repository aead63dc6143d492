-- Hours of contracts billed by time, approved or waiting for it, that no invoice sent covers: what readiness looks at.
CREATE TEMPORARY TABLE board_hours ON COMMIT DROP AS
SELECT n.*
FROM (
    SELECT DISTINCT ON (time_entry_id) time_entry_id, project_id, client_id, worked_on, role, currency, hours, bill_rate,
           approver_id, billable, status
    FROM time_entry WHERE known_at < {as_of}
    ORDER BY time_entry_id, known_at DESC, event_at DESC, record_id DESC
) n LEFT JOIN board_project j ON j.project_id = n.project_id
WHERE n.billable AND n.status IN ('approved', 'submitted')
AND coalesce(j.billing_method, 'time_and_materials') = 'time_and_materials'
AND NOT EXISTS (
    SELECT FROM board_invoice i WHERE i.project_id = n.project_id AND i.status NOT IN ('credited', 'cancelled')
    AND i.issued_on IS NOT NULL AND n.worked_on BETWEEN i.period_start AND i.period_end
);
ANALYZE board_hours;
