-- What was known before a moment, newest versions once: the tables that the figures of one request read.

-- Sorting a firm's timesheets in little memory goes over the disk; rough statistics do for tables that live for seconds.
SET LOCAL work_mem = '64MB';
SET LOCAL default_statistics_target = 10;

DROP TABLE IF EXISTS pg_temp.board_rate, pg_temp.board_client, pg_temp.board_entity, pg_temp.board_project,
    pg_temp.board_invoice, pg_temp.board_dispute, pg_temp.board_case, pg_temp.board_approval, pg_temp.board_hours,
    pg_temp.board_time;
CREATE TEMPORARY TABLE board_rate (currency text PRIMARY KEY, rate numeric, own boolean) ON COMMIT DROP;
CREATE TEMPORARY TABLE board_client (client_id text PRIMARY KEY, name text, segment text, po_required boolean)
    ON COMMIT DROP;
CREATE TEMPORARY TABLE board_entity (entity_id text PRIMARY KEY, name text, region text) ON COMMIT DROP;
CREATE TEMPORARY TABLE board_project (project_id text PRIMARY KEY, client_id text, contract_id text, entity_id text,
    name text, service_line text, region text, manager_id text, billing_method text) ON COMMIT DROP;
CREATE TEMPORARY TABLE board_dispute (dispute_id text PRIMARY KEY, invoice_id text, client_id text, cause text,
    amount numeric, currency text, day date, resolved date) ON COMMIT DROP;
CREATE TEMPORARY TABLE board_invoice (invoice_id text PRIMARY KEY, client_id text, project_id text, entity_id text,
    status text, billing_method text, currency text, amount numeric, invoice_date date, due_date date,
    billable_on date, period_start date, period_end date, issued_on date, settled_on date, ended_on date,
    intercompany boolean, po_number text, objected boolean, matured boolean) ON COMMIT DROP;
CREATE TEMPORARY TABLE board_case (case_id text PRIMARY KEY, invoice_id text, client_id text, project_id text,
    route text, state text, part numeric, currency text, opened_at timestamptz, closed_at timestamptz,
    due_at timestamptz, day date, until date, expected_loss numeric) ON COMMIT DROP;

WITH newest AS (
    SELECT DISTINCT ON (currency) currency, group_currency, rate FROM fx_rate
    WHERE known_at < {as_of} ORDER BY currency, valid_on DESC, known_at DESC, event_at DESC, record_id DESC
), firm AS (
    SELECT coalesce((SELECT max(group_currency) FROM newest),
                    (SELECT mode() WITHIN GROUP (ORDER BY currency) FROM invoice WHERE known_at < {as_of}),
                    (SELECT mode() WITHIN GROUP (ORDER BY currency) FROM legal_entity WHERE known_at < {as_of})) AS code
)
INSERT INTO board_rate
SELECT code, 1, true FROM firm WHERE code IS NOT NULL
UNION SELECT n.currency, n.rate, false FROM newest n, firm f WHERE n.group_currency = f.code AND n.currency <> f.code;

INSERT INTO board_client SELECT DISTINCT ON (client_id) client_id, name, segment, po_required
FROM client WHERE known_at < {as_of} ORDER BY client_id, known_at DESC, event_at DESC, record_id DESC;

INSERT INTO board_entity SELECT DISTINCT ON (legal_entity_id) legal_entity_id, name, region
FROM legal_entity WHERE known_at < {as_of} ORDER BY legal_entity_id, known_at DESC, event_at DESC, record_id DESC;

INSERT INTO board_project
SELECT p.project_id, p.client_id, p.contract_id, coalesce(p.legal_entity_id, k.legal_entity_id), p.name,
       p.service_line, coalesce(p.region, e.region), p.manager_id, k.billing_method
FROM (
    SELECT DISTINCT ON (project_id) * FROM project WHERE known_at < {as_of} ORDER BY project_id, known_at DESC, event_at DESC, record_id DESC
) p LEFT JOIN (
    SELECT DISTINCT ON (contract_id) contract_id, billing_method, legal_entity_id
    FROM contract WHERE known_at < {as_of} ORDER BY contract_id, known_at DESC, event_at DESC, record_id DESC
) k USING (contract_id)
LEFT JOIN board_entity e ON e.entity_id = coalesce(p.legal_entity_id, k.legal_entity_id);

INSERT INTO board_dispute
SELECT n.dispute_id, n.invoice_id, n.client_id, n.cause, n.amount, n.currency,
       coalesce(n.opened_on, f.day), CASE WHEN n.status <> 'open' THEN coalesce(n.resolved_on, n.day) END
FROM (
    SELECT DISTINCT ON (dispute_id) *, (event_at AT TIME ZONE 'UTC')::date AS day
    FROM dispute WHERE known_at < {as_of} ORDER BY dispute_id, known_at DESC, event_at DESC, record_id DESC
) n JOIN (
    SELECT dispute_id, min((event_at AT TIME ZONE 'UTC')::date) AS day
    FROM dispute WHERE known_at < {as_of} GROUP BY dispute_id
) f USING (dispute_id);

-- An invoice is mature when the time in which clients object is over: the rule of the models' labels.
WITH objected AS (
    SELECT invoice_id FROM board_dispute
    UNION SELECT invoice_id FROM credit_note WHERE known_at < {as_of}
    UNION SELECT to_id FROM document_link
    WHERE known_at < {as_of} AND link IN ('credits', 'rebills') AND to_kind = 'invoice'
)
INSERT INTO board_invoice
SELECT n.invoice_id, n.client_id, n.project_id, n.legal_entity_id, n.status, n.billing_method, n.currency, n.amount,
       n.invoice_date, n.due_date, n.billable_on, n.period_start, n.period_end, n.issued_on, n.settled_on,
       CASE WHEN n.status IN ('settled', 'credited', 'written_off', 'cancelled')
            THEN coalesce(n.settled_on, (n.event_at AT TIME ZONE 'UTC')::date) END,
       n.intercompany, n.po_number, o.invoice_id IS NOT NULL OR n.status = 'credited',
       (coalesce(n.due_date, n.invoice_date + coalesce(n.payment_terms_days, 0)) + 1 + {window})::timestamp
           AT TIME ZONE 'UTC' < {as_of}
FROM invoice n LEFT JOIN objected o USING (invoice_id)
WHERE n.known_at < {as_of} AND NOT EXISTS (
    SELECT FROM invoice newer WHERE newer.invoice_id = n.invoice_id AND newer.known_at < {as_of}
    AND (newer.known_at, newer.event_at, newer.record_id) > (n.known_at, n.event_at, n.record_id)
);

-- The loss that the queue's order expects, had the dispute been certain.
INSERT INTO board_case
SELECT case_id, invoice_id, client_id, project_id, route, state, abs(coalesce(group_amount, amount)),
       CASE WHEN group_amount IS NULL THEN currency ELSE coalesce(group_currency, currency) END, opened_at, closed,
       due_at, (opened_at AT TIME ZONE 'UTC')::date, (closed AT TIME ZONE 'UTC')::date,
       (priority_parts ->> 'dispute_value')::numeric / nullif((priority_parts ->> 'p_dispute')::numeric, 0)
FROM (SELECT *, CASE WHEN closed_at < {as_of} THEN closed_at END AS closed FROM review_case
      WHERE opened_at < {as_of}) c;

CREATE INDEX ON board_invoice (project_id);
CREATE INDEX ON board_case (invoice_id);
ANALYZE board_invoice (invoice_id, project_id, status, issued_on, billable_on, period_start, period_end),
    board_case (case_id, invoice_id), board_project (project_id, client_id, billing_method), board_client (client_id),
    board_dispute (invoice_id);
