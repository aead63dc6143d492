-- Approved hours of contracts billed by time, a row per project, day and currency; billed when the first invoice that
-- covers their day is sent. Many rows that few figures read.
CREATE TEMPORARY TABLE board_time ON COMMIT DROP AS
SELECT t.project_id, t.client_id, t.worked_on, t.currency, t.hours, t.amount, b.issued_on AS billed_on
FROM (
    SELECT t.project_id, t.client_id, t.worked_on, t.currency, sum(t.hours) AS hours, sum(t.hours * t.bill_rate) AS amount
    FROM (
        SELECT DISTINCT ON (time_entry_id) project_id, client_id, worked_on, currency, hours, bill_rate, billable, status
        FROM time_entry WHERE known_at < {as_of} ORDER BY time_entry_id, known_at DESC, event_at DESC, record_id DESC
    ) t LEFT JOIN board_project j ON j.project_id = t.project_id
    WHERE t.billable AND t.status = 'approved'
    AND coalesce(j.billing_method, 'time_and_materials') = 'time_and_materials'
    GROUP BY t.project_id, t.client_id, t.worked_on, t.currency
) t LEFT JOIN LATERAL (
    SELECT min(i.issued_on) AS issued_on FROM board_invoice i
    WHERE i.project_id = t.project_id AND i.status NOT IN ('credited', 'cancelled')
    AND t.worked_on BETWEEN i.period_start AND i.period_end
) b ON true;
