-- Approved hours of contracts billed by time, added up by project, day and currency, each day billed when the first invoice
-- that covers it is sent. Days billed by invoices sent before anything that is asked for are left out at the start.
CREATE TEMPORARY TABLE board_time ON COMMIT DROP AS
WITH billed AS MATERIALIZED (
    SELECT project_id, range_agg(daterange(period_start, period_end, '[]')) AS days FROM board_invoice
    WHERE status NOT IN ('credited', 'cancelled') AND issued_on <= {since} AND period_start <= period_end
    GROUP BY project_id
)
SELECT t.*, min(i.issued_on) AS billed_on
FROM (
    SELECT n.project_id, n.client_id, n.worked_on, n.currency, sum(n.hours) AS hours, sum(n.hours * n.bill_rate) AS amount
    FROM time_entry n LEFT JOIN board_project j ON j.project_id = n.project_id
    LEFT JOIN billed b ON b.project_id = n.project_id
    WHERE n.known_at < {as_of} AND n.billable AND n.status = 'approved'
    AND (j.billing_method IS NULL OR j.billing_method = 'time_and_materials')
    AND NOT coalesce(n.worked_on <@ b.days, false)
    AND NOT EXISTS (
        SELECT FROM time_entry newer WHERE newer.time_entry_id = n.time_entry_id AND newer.known_at < {as_of}
        AND (newer.known_at, newer.event_at, newer.record_id) > (n.known_at, n.event_at, n.record_id)
    )
    GROUP BY n.project_id, n.client_id, n.worked_on, n.currency
) t LEFT JOIN board_invoice i ON i.project_id = t.project_id AND i.status NOT IN ('credited', 'cancelled')
    AND t.worked_on BETWEEN i.period_start AND i.period_end
GROUP BY t.project_id, t.client_id, t.worked_on, t.currency, t.hours, t.amount;
