-- Approved hours of contracts billed by time and not yet approved ones, each billed when the first invoice that covers its
-- day is sent; and the approved ones added up by project, day and currency. Many rows that few figures read.
CREATE TEMPORARY TABLE board_hours ON COMMIT DROP AS
SELECT t.*, b.issued_on AS billed_on
FROM (
    SELECT DISTINCT ON (time_entry_id) time_entry_id, project_id, client_id, worked_on, role, currency, hours, bill_rate,
           approver_id, billable, status
    FROM time_entry WHERE known_at < {as_of}
    ORDER BY time_entry_id, known_at DESC, event_at DESC, record_id DESC
) t LEFT JOIN board_project j ON j.project_id = t.project_id
LEFT JOIN LATERAL (
    SELECT min(i.issued_on) AS issued_on FROM board_invoice i
    WHERE i.project_id = t.project_id AND i.status NOT IN ('credited', 'cancelled')
    AND t.worked_on BETWEEN i.period_start AND i.period_end
) b ON true
WHERE t.billable AND t.status IN ('approved', 'submitted')
AND coalesce(j.billing_method, 'time_and_materials') = 'time_and_materials';
ANALYZE board_hours;

CREATE TEMPORARY TABLE board_time ON COMMIT DROP AS
SELECT project_id, client_id, worked_on, currency, sum(hours) AS hours, sum(hours * bill_rate) AS amount,
       min(billed_on) AS billed_on
FROM board_hours WHERE status = 'approved' GROUP BY project_id, client_id, worked_on, currency;
