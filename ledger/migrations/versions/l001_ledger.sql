CREATE SEQUENCE ledger_record_id_seq;
CREATE TABLE approval (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    approval_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    project_id TEXT,
    client_id TEXT,
    invoice_id TEXT,
    approver_id TEXT NOT NULL,
    approver_role TEXT,
    requested_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decided_at TIMESTAMP WITH TIME ZONE,
    decision TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_approval PRIMARY KEY (record_id),
    CONSTRAINT uq_approval_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_approval_approval_id_known_at ON approval (approval_id, known_at);
CREATE INDEX ix_approval_approver_id_known_at ON approval (approver_id, known_at);
CREATE INDEX ix_approval_project_id_known_at ON approval (project_id, known_at);
CREATE INDEX ix_approval_subject_id_known_at ON approval (subject_id, known_at);
CREATE TABLE change_order (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    change_order_id TEXT NOT NULL,
    contract_id TEXT,
    project_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    status TEXT NOT NULL,
    requested_on DATE NOT NULL,
    approved_on DATE,
    description TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_change_order PRIMARY KEY (record_id),
    CONSTRAINT uq_change_order_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_change_order_change_order_id_known_at ON change_order (change_order_id, known_at);
CREATE INDEX ix_change_order_contract_id_known_at ON change_order (contract_id, known_at);
CREATE INDEX ix_change_order_project_id_known_at ON change_order (project_id, known_at);
CREATE TABLE client (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    client_id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT,
    currency TEXT,
    segment TEXT,
    parent_client_id TEXT,
    tax_id TEXT,
    billing_contact TEXT,
    po_required BOOLEAN NOT NULL,
    credit_hold BOOLEAN NOT NULL,
    electronic_since DATE,
    status TEXT NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_client PRIMARY KEY (record_id),
    CONSTRAINT uq_client_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_client_client_id_known_at ON client (client_id, known_at);
CREATE TABLE contract (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    contract_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    legal_entity_id TEXT,
    billing_method TEXT NOT NULL,
    currency TEXT NOT NULL,
    payment_terms_days INTEGER NOT NULL,
    value_amount NUMERIC(26, 6),
    cap_amount NUMERIC(26, 6),
    rate_card_id TEXT,
    po_number TEXT,
    po_required BOOLEAN NOT NULL,
    acceptance_required BOOLEAN NOT NULL,
    invoicing_requirements TEXT[] NOT NULL,
    signed BOOLEAN NOT NULL,
    start_on DATE,
    end_on DATE,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_contract PRIMARY KEY (record_id),
    CONSTRAINT uq_contract_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_contract_client_id_known_at ON contract (client_id, known_at);
CREATE INDEX ix_contract_contract_id_known_at ON contract (contract_id, known_at);
CREATE TABLE credit_note (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    credit_note_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    cause TEXT NOT NULL,
    issued_on DATE NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_credit_note PRIMARY KEY (record_id),
    CONSTRAINT uq_credit_note_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_credit_note_client_id_known_at ON credit_note (client_id, known_at);
CREATE INDEX ix_credit_note_credit_note_id_known_at ON credit_note (credit_note_id, known_at);
CREATE INDEX ix_credit_note_invoice_id_known_at ON credit_note (invoice_id, known_at);
CREATE TABLE dispute (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    dispute_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    cause TEXT NOT NULL,
    amount NUMERIC(26, 6),
    currency TEXT,
    status TEXT NOT NULL,
    opened_on DATE,
    resolved_on DATE,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_dispute PRIMARY KEY (record_id),
    CONSTRAINT uq_dispute_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_dispute_client_id_known_at ON dispute (client_id, known_at);
CREATE INDEX ix_dispute_dispute_id_known_at ON dispute (dispute_id, known_at);
CREATE INDEX ix_dispute_invoice_id_known_at ON dispute (invoice_id, known_at);
CREATE TABLE document_link (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    link_id TEXT NOT NULL,
    link TEXT NOT NULL,
    client_id TEXT NOT NULL,
    from_kind TEXT NOT NULL,
    from_id TEXT NOT NULL,
    to_kind TEXT NOT NULL,
    to_id TEXT NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_document_link PRIMARY KEY (record_id),
    CONSTRAINT uq_document_link_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_document_link_client_id_known_at ON document_link (client_id, known_at);
CREATE INDEX ix_document_link_from_id_known_at ON document_link (from_id, known_at);
CREATE INDEX ix_document_link_link_id_known_at ON document_link (link_id, known_at);
CREATE INDEX ix_document_link_to_id_known_at ON document_link (to_id, known_at);
CREATE TABLE expense (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    expense_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    resource_id TEXT,
    incurred_on DATE NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    category TEXT,
    billable BOOLEAN NOT NULL,
    receipt_attached BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_expense PRIMARY KEY (record_id),
    CONSTRAINT uq_expense_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_expense_expense_id_known_at ON expense (expense_id, known_at);
CREATE INDEX ix_expense_project_id_known_at ON expense (project_id, known_at);
CREATE TABLE fx_rate (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    currency TEXT NOT NULL,
    group_currency TEXT NOT NULL,
    rate NUMERIC(26, 6) NOT NULL,
    valid_on DATE NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_fx_rate PRIMARY KEY (record_id),
    CONSTRAINT uq_fx_rate_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_fx_rate_currency_known_at ON fx_rate (currency, known_at);
CREATE TABLE import_batch (
    batch_id BIGINT GENERATED ALWAYS AS IDENTITY,
    started_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    finished_at TIMESTAMP WITH TIME ZONE,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    mapping TEXT NOT NULL,
    mapping_digest TEXT NOT NULL,
    rows_read BIGINT DEFAULT 0 NOT NULL,
    accepted BIGINT DEFAULT 0 NOT NULL,
    duplicates BIGINT DEFAULT 0 NOT NULL,
    conflicts BIGINT DEFAULT 0 NOT NULL,
    quarantined BIGINT DEFAULT 0 NOT NULL,
    CONSTRAINT pk_import_batch PRIMARY KEY (batch_id)
);
CREATE TABLE invoice (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    invoice_id TEXT NOT NULL,
    invoice_number TEXT,
    client_id TEXT NOT NULL,
    contract_id TEXT,
    project_id TEXT,
    legal_entity_id TEXT,
    billing_method TEXT,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    tax_amount NUMERIC(26, 6),
    invoice_date DATE NOT NULL,
    due_date DATE,
    payment_terms_days INTEGER,
    billable_on DATE,
    issued_on DATE,
    settled_on DATE,
    po_number TEXT,
    period_start DATE,
    period_end DATE,
    delivery_channel TEXT,
    intercompany BOOLEAN NOT NULL,
    prepared_by TEXT,
    owner_id TEXT,
    description TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_invoice PRIMARY KEY (record_id),
    CONSTRAINT uq_invoice_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_invoice_client_id_known_at ON invoice (client_id, known_at);
CREATE INDEX ix_invoice_invoice_id_known_at ON invoice (invoice_id, known_at);
CREATE INDEX ix_invoice_project_id_known_at ON invoice (project_id, known_at);
CREATE TABLE invoice_line (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    line_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    line_number INTEGER NOT NULL,
    client_id TEXT NOT NULL,
    project_id TEXT,
    resource_id TEXT,
    role TEXT,
    milestone_id TEXT,
    change_order_id TEXT,
    expense_id TEXT,
    line_kind TEXT NOT NULL,
    description TEXT,
    quantity NUMERIC(26, 6) NOT NULL,
    unit TEXT,
    unit_rate NUMERIC(26, 6) NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    tax_code TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_invoice_line PRIMARY KEY (record_id),
    CONSTRAINT uq_invoice_line_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_invoice_line_client_id_known_at ON invoice_line (client_id, known_at);
CREATE INDEX ix_invoice_line_invoice_id_known_at ON invoice_line (invoice_id, known_at);
CREATE INDEX ix_invoice_line_line_id_known_at ON invoice_line (line_id, known_at);
CREATE TABLE legal_entity (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    legal_entity_id TEXT NOT NULL,
    name TEXT NOT NULL,
    country TEXT NOT NULL,
    currency TEXT NOT NULL,
    region TEXT,
    tax_id TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_legal_entity PRIMARY KEY (record_id),
    CONSTRAINT uq_legal_entity_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_legal_entity_legal_entity_id_known_at ON legal_entity (legal_entity_id, known_at);
CREATE TABLE milestone (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    milestone_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    contract_id TEXT,
    name TEXT NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    due_on DATE,
    status TEXT NOT NULL,
    accepted_on DATE,
    evidence_ref TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_milestone PRIMARY KEY (record_id),
    CONSTRAINT uq_milestone_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_milestone_milestone_id_known_at ON milestone (milestone_id, known_at);
CREATE INDEX ix_milestone_project_id_known_at ON milestone (project_id, known_at);
CREATE TABLE note (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    note_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    project_id TEXT,
    invoice_id TEXT,
    dispute_id TEXT,
    author_id TEXT,
    text TEXT NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_note PRIMARY KEY (record_id),
    CONSTRAINT uq_note_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_note_client_id_known_at ON note (client_id, known_at);
CREATE INDEX ix_note_invoice_id_known_at ON note (invoice_id, known_at);
CREATE INDEX ix_note_note_id_known_at ON note (note_id, known_at);
CREATE INDEX ix_note_project_id_known_at ON note (project_id, known_at);
CREATE TABLE outcome (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    outcome_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    outcome TEXT NOT NULL,
    cause TEXT,
    amount NUMERIC(26, 6),
    occurred_on DATE NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_outcome PRIMARY KEY (record_id),
    CONSTRAINT uq_outcome_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_outcome_client_id_known_at ON outcome (client_id, known_at);
CREATE INDEX ix_outcome_invoice_id_known_at ON outcome (invoice_id, known_at);
CREATE INDEX ix_outcome_outcome_id_known_at ON outcome (outcome_id, known_at);
CREATE TABLE payment (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    payment_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    amount NUMERIC(26, 6) NOT NULL,
    currency TEXT NOT NULL,
    paid_on DATE NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_payment PRIMARY KEY (record_id),
    CONSTRAINT uq_payment_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_payment_client_id_known_at ON payment (client_id, known_at);
CREATE INDEX ix_payment_invoice_id_known_at ON payment (invoice_id, known_at);
CREATE INDEX ix_payment_payment_id_known_at ON payment (payment_id, known_at);
CREATE TABLE project (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    project_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    contract_id TEXT,
    legal_entity_id TEXT,
    name TEXT NOT NULL,
    service_line TEXT,
    region TEXT,
    manager_id TEXT,
    status TEXT NOT NULL,
    currency TEXT NOT NULL,
    budget_amount NUMERIC(26, 6),
    planned_hours NUMERIC(26, 6),
    start_on DATE,
    end_on DATE,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_project PRIMARY KEY (record_id),
    CONSTRAINT uq_project_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_project_client_id_known_at ON project (client_id, known_at);
CREATE INDEX ix_project_manager_id_known_at ON project (manager_id, known_at);
CREATE INDEX ix_project_project_id_known_at ON project (project_id, known_at);
CREATE TABLE quarantine (
    quarantine_id BIGINT GENERATED ALWAYS AS IDENTITY,
    batch_id BIGINT,
    origin TEXT NOT NULL,
    row_number BIGINT,
    kind TEXT,
    field TEXT,
    reason TEXT NOT NULL,
    raw JSONB NOT NULL,
    raw_digest TEXT NOT NULL,
    quarantined_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    resolved_at TIMESTAMP WITH TIME ZONE,
    resolution TEXT,
    CONSTRAINT pk_quarantine PRIMARY KEY (quarantine_id),
    CONSTRAINT uq_quarantine_origin_row_number_raw_digest UNIQUE NULLS NOT DISTINCT (origin, row_number, raw_digest)
);
CREATE TABLE rate_card (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    rate_card_id TEXT NOT NULL,
    role TEXT NOT NULL,
    rate NUMERIC(26, 6) NOT NULL,
    unit TEXT NOT NULL,
    currency TEXT NOT NULL,
    valid_from DATE NOT NULL,
    valid_to DATE,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_rate_card PRIMARY KEY (record_id),
    CONSTRAINT uq_rate_card_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_rate_card_rate_card_id_known_at ON rate_card (rate_card_id, known_at);
CREATE TABLE record_conflict (
    conflict_id BIGINT GENERATED ALWAYS AS IDENTITY,
    kind TEXT NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    kept_record_id BIGINT NOT NULL,
    content JSONB NOT NULL,
    digest TEXT NOT NULL,
    seen_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    CONSTRAINT pk_record_conflict PRIMARY KEY (conflict_id),
    CONSTRAINT uq_record_conflict_kind_source_source_id_version_digest UNIQUE (kind, source, source_id, version, digest)
);
CREATE TABLE resource (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    resource_id TEXT NOT NULL,
    name TEXT NOT NULL,
    role TEXT,
    legal_entity_id TEXT,
    manager_id TEXT,
    cost_rate NUMERIC(26, 6),
    currency TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_resource PRIMARY KEY (record_id),
    CONSTRAINT uq_resource_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_resource_resource_id_known_at ON resource (resource_id, known_at);
CREATE TABLE review_decision (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    decision_id TEXT NOT NULL,
    case_id TEXT NOT NULL,
    invoice_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    action TEXT NOT NULL,
    reason_code TEXT,
    note TEXT,
    reviewer_id TEXT NOT NULL,
    saw_score BOOLEAN NOT NULL,
    propensity DOUBLE PRECISION NOT NULL,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_review_decision PRIMARY KEY (record_id),
    CONSTRAINT uq_review_decision_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_review_decision_client_id_known_at ON review_decision (client_id, known_at);
CREATE INDEX ix_review_decision_decision_id_known_at ON review_decision (decision_id, known_at);
CREATE INDEX ix_review_decision_invoice_id_known_at ON review_decision (invoice_id, known_at);
CREATE TABLE sync_event (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    sync_event_id TEXT NOT NULL,
    system TEXT NOT NULL,
    object_kind TEXT NOT NULL,
    object_id TEXT NOT NULL,
    success BOOLEAN NOT NULL,
    message TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_sync_event PRIMARY KEY (record_id),
    CONSTRAINT uq_sync_event_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_sync_event_object_id_known_at ON sync_event (object_id, known_at);
CREATE INDEX ix_sync_event_sync_event_id_known_at ON sync_event (sync_event_id, known_at);
CREATE TABLE time_entry (
    record_id BIGINT DEFAULT nextval('ledger_record_id_seq') NOT NULL,
    source TEXT NOT NULL,
    source_id TEXT NOT NULL,
    version TEXT NOT NULL,
    event_at TIMESTAMP WITH TIME ZONE NOT NULL,
    known_at TIMESTAMP WITH TIME ZONE NOT NULL,
    time_entry_id TEXT NOT NULL,
    project_id TEXT NOT NULL,
    client_id TEXT NOT NULL,
    resource_id TEXT NOT NULL,
    role TEXT,
    worked_on DATE NOT NULL,
    hours NUMERIC(26, 6) NOT NULL,
    bill_rate NUMERIC(26, 6),
    currency TEXT,
    billable BOOLEAN NOT NULL,
    status TEXT NOT NULL,
    approver_id TEXT,
    digest TEXT NOT NULL,
    recorded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL,
    recorded_tx xid8 DEFAULT pg_current_xact_id() NOT NULL,
    CONSTRAINT pk_time_entry PRIMARY KEY (record_id),
    CONSTRAINT uq_time_entry_source_source_id_version UNIQUE (source, source_id, version)
);
CREATE INDEX ix_time_entry_project_id_known_at ON time_entry (project_id, known_at);
CREATE INDEX ix_time_entry_resource_id_known_at ON time_entry (resource_id, known_at);
CREATE INDEX ix_time_entry_time_entry_id_known_at ON time_entry (time_entry_id, known_at);
CREATE FUNCTION ledger_append_only() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    RAISE EXCEPTION 'table % is append-only: write a new version instead', TG_TABLE_NAME USING ERRCODE = 'restrict_violation';
END $$;
