-- Approval requests by their newest version, without those answered before anything that is asked for began; many rows that
-- few figures read.
CREATE TEMPORARY TABLE board_approval ON COMMIT DROP AS
SELECT a.approval_id, a.subject_kind, a.subject_id, a.project_id, coalesce(a.client_id, j.client_id) AS client_id,
       a.invoice_id, a.approver_id, a.requested_at, d.decided_at, (a.requested_at AT TIME ZONE 'UTC')::date AS day,
       (d.decided_at AT TIME ZONE 'UTC')::date AS until
FROM approval a CROSS JOIN LATERAL (SELECT CASE WHEN a.decided_at < {as_of} THEN a.decided_at END AS decided_at) d
LEFT JOIN board_project j ON j.project_id = a.project_id
WHERE a.known_at < {as_of}
AND (d.decided_at IS NULL OR greatest(a.requested_at, d.decided_at) >= {since}::timestamp AT TIME ZONE 'UTC')
AND NOT EXISTS (
    SELECT FROM approval newer WHERE newer.approval_id = a.approval_id AND newer.known_at < {as_of}
    AND (newer.known_at, newer.event_at, newer.record_id) > (a.known_at, a.event_at, a.record_id)
);
