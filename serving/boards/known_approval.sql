-- Approval requests by their newest version; many rows that few figures read.
CREATE TEMPORARY TABLE board_approval ON COMMIT DROP AS
SELECT a.approval_id, a.subject_kind, a.subject_id, a.project_id, coalesce(a.client_id, j.client_id) AS client_id,
       a.invoice_id, a.approver_id, a.requested_at, CASE WHEN a.decided_at < {as_of} THEN a.decided_at END AS decided_at
FROM (
    SELECT DISTINCT ON (approval_id) * FROM approval WHERE known_at < {as_of} ORDER BY approval_id, known_at DESC, event_at DESC, record_id DESC
) a LEFT JOIN board_project j ON j.project_id = a.project_id;
