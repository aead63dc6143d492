-- Approved hours of contracts billed by time, added up by project, day and currency, each day billed when the first invoice
-- that covers it is sent. Many rows that few figures read.
CREATE TEMPORARY TABLE board_time ON COMMIT DROP AS
SELECT t.*, b.issued_on AS billed_on
FROM (
    SELECT n.project_id, n.client_id, n.worked_on, n.currency, sum(n.hours) AS hours, sum(n.hours * n.bill_rate) AS amount
    FROM (
        SELECT DISTINCT ON (time_entry_id) project_id, client_id, worked_on, currency, hours, bill_rate, billable, status
        FROM time_entry WHERE known_at < {as_of}
        ORDER BY time_entry_id, known_at DESC, event_at DESC, record_id DESC
    ) n LEFT JOIN board_project j ON j.project_id = n.project_id
    WHERE n.billable AND n.status = 'approved'
    AND coalesce(j.billing_method, 'time_and_materials') = 'time_and_materials'
    GROUP BY n.project_id, n.client_id, n.worked_on, n.currency
) t LEFT JOIN LATERAL (
    SELECT min(i.issued_on) AS issued_on FROM board_invoice i
    WHERE i.project_id = t.project_id AND i.status NOT IN ('credited', 'cancelled')
    AND t.worked_on BETWEEN i.period_start AND i.period_end
) b ON true;
