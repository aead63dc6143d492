-- What each project could bill: a row per project, kind of item, obstacle and person. No obstacle: it can be billed now.
WITH contract_now AS (
    SELECT DISTINCT ON (contract_id) contract_id, rate_card_id, po_required, po_number, acceptance_required
    FROM contract WHERE known_at < %(as_of)s ORDER BY contract_id, known_at DESC, event_at DESC, record_id DESC
), project_now AS (
    SELECT p.*, k.rate_card_id, coalesce(k.acceptance_required, false) AS acceptance_required,
           (coalesce(k.po_required, false) OR coalesce(c.po_required, false)) AND k.po_number IS NULL AS po_missing
    FROM board_project p LEFT JOIN contract_now k USING (contract_id) LEFT JOIN board_client c USING (client_id)
), asked AS (
    SELECT subject_id, min(approver_id) AS approver_id, min(requested_at) AS requested_at
    FROM board_approval WHERE decided_at IS NULL GROUP BY subject_id
), lined AS (
    SELECT DISTINCT l.milestone_id, l.expense_id FROM invoice_line l
    JOIN board_invoice i ON i.invoice_id = l.invoice_id AND i.issued_on IS NOT NULL
         AND i.status NOT IN ('credited', 'cancelled')
    WHERE l.known_at < %(as_of)s AND (l.milestone_id IS NOT NULL OR l.expense_id IS NOT NULL)
), milestone_now AS (
    SELECT DISTINCT ON (milestone_id) * FROM milestone WHERE known_at < %(as_of)s
    ORDER BY milestone_id, known_at DESC, event_at DESC, record_id DESC
), order_now AS (
    SELECT DISTINCT ON (change_order_id) * FROM change_order WHERE known_at < %(as_of)s
    ORDER BY change_order_id, known_at DESC, event_at DESC, record_id DESC
), expense_now AS (
    SELECT DISTINCT ON (expense_id) * FROM expense WHERE known_at < %(as_of)s
    ORDER BY expense_id, known_at DESC, event_at DESC, record_id DESC
), item AS (
    SELECT h.project_id, 'time' AS kind, h.hours * h.bill_rate AS amount, h.currency,
           CASE WHEN h.status <> 'approved' THEN 'approval'
                WHEN r.rate IS NOT NULL AND r.rate <> h.bill_rate THEN 'rate' END AS obstacle,
           CASE WHEN h.status <> 'approved' THEN coalesce(a.approver_id, h.approver_id) END AS who,
           CASE WHEN h.status <> 'approved' THEN (a.requested_at AT TIME ZONE 'UTC')::date END AS since,
           h.worked_on AS day, NULL AS case_id
    FROM board_hours h JOIN project_now p USING (project_id)
    LEFT JOIN asked a ON a.subject_id = h.time_entry_id
    LEFT JOIN LATERAL (
        SELECT rate FROM (
            SELECT DISTINCT ON (valid_from) rate, valid_from, valid_to FROM rate_card
            WHERE rate_card_id = p.rate_card_id AND role = h.role AND known_at < %(as_of)s
            ORDER BY valid_from, known_at DESC, event_at DESC, record_id DESC
        ) c WHERE h.worked_on BETWEEN c.valid_from AND coalesce(c.valid_to, 'infinity')
        ORDER BY c.valid_from DESC LIMIT 1
    ) r ON true
    WHERE h.bill_rate IS NOT NULL
    UNION ALL
    SELECT m.project_id, 'milestone', m.amount, m.currency,
           CASE WHEN m.status <> 'accepted' THEN 'acceptance'
                WHEN p.acceptance_required AND m.evidence_ref IS NULL THEN 'evidence' END,
           CASE WHEN m.status <> 'accepted' THEN a.approver_id END, (a.requested_at AT TIME ZONE 'UTC')::date,
           coalesce(m.accepted_on, m.due_on), NULL
    FROM milestone_now m JOIN project_now p USING (project_id) LEFT JOIN asked a ON a.subject_id = m.milestone_id
    WHERE m.status IN ('delivered', 'accepted') AND m.milestone_id NOT IN (SELECT milestone_id FROM lined WHERE milestone_id IS NOT NULL)
    UNION ALL
    SELECT o.project_id, 'change_order', o.amount, o.currency, 'change_order', a.approver_id, o.requested_on,
           o.requested_on, NULL
    FROM order_now o LEFT JOIN asked a ON a.subject_id = o.change_order_id WHERE o.status = 'pending'
    UNION ALL
    SELECT e.project_id, 'expense', e.amount, e.currency,
           CASE WHEN e.status <> 'approved' THEN 'approval' WHEN NOT e.receipt_attached THEN 'receipt' END,
           CASE WHEN e.status <> 'approved' THEN a.approver_id ELSE e.resource_id END,
           (a.requested_at AT TIME ZONE 'UTC')::date, e.incurred_on, NULL
    FROM expense_now e LEFT JOIN asked a ON a.subject_id = e.expense_id
    WHERE e.billable AND e.status IN ('approved', 'submitted')
    AND e.expense_id NOT IN (SELECT expense_id FROM lined WHERE expense_id IS NOT NULL)
    UNION ALL
    SELECT i.project_id, 'fee', i.amount, i.currency,
           CASE WHEN k.case_id IS NOT NULL THEN 'case' WHEN a.subject_id IS NOT NULL THEN 'approval'
                WHEN i.status = 'draft' THEN 'draft' END,
           a.approver_id, (a.requested_at AT TIME ZONE 'UTC')::date, i.billable_on, k.case_id
    FROM board_invoice i LEFT JOIN asked a ON a.subject_id = i.invoice_id
    LEFT JOIN board_case k ON k.invoice_id = i.invoice_id AND k.closed_at IS NULL
    WHERE i.status IN ('draft', 'approved') AND i.billable_on <= %(today)s
    AND i.billing_method IN ('fixed_fee', 'retainer', 'recurring')
)
SELECT t.project_id, p.name AS project, p.client_id, c.name AS client, t.kind,
       coalesce(t.obstacle, CASE WHEN p.po_missing THEN 'po' END) AS obstacle,
       coalesce(t.who, CASE WHEN t.obstacle IS NOT NULL OR p.po_missing THEN p.manager_id END) AS who,
       count(*) AS items, min(t.day) AS oldest, min(coalesce(t.since, t.day)) AS waiting_since,
       sum(t.amount * f.rate) AS amount, count(*) FILTER (WHERE f.rate IS NULL) AS without_rate,
       min(t.case_id) AS case_id, min(q.case_id) AS open_case
FROM item t JOIN project_now p USING (project_id) LEFT JOIN board_client c ON c.client_id = p.client_id
LEFT JOIN board_entity e ON e.entity_id = p.entity_id
LEFT JOIN board_rate f ON f.currency = t.currency
LEFT JOIN (
    SELECT k.project_id, min(k.case_id) AS case_id FROM board_case k JOIN review_case c USING (case_id)
    WHERE k.closed_at IS NULL AND {seen} GROUP BY k.project_id
) q ON q.project_id = t.project_id
WHERE {where}
GROUP BY 1, 2, 3, 4, 5, 6, 7
