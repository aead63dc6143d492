-- Which transaction wrote a score or an event of a case, as records of the ledger say it; a wider index for the queue.

-- What is there already was seen by everybody: '3' is the first ordinary transaction.
ALTER TABLE score ADD COLUMN recorded_tx XID8 NOT NULL DEFAULT '3';
ALTER TABLE score ALTER COLUMN recorded_tx SET DEFAULT pg_current_xact_id();
ALTER TABLE case_event ADD COLUMN recorded_tx XID8 NOT NULL DEFAULT '3';
ALTER TABLE case_event ALTER COLUMN recorded_tx SET DEFAULT pg_current_xact_id();
CREATE INDEX ix_score_recorded_tx ON score (recorded_tx);
CREATE INDEX ix_case_event_recorded_tx ON case_event (recorded_tx);
-- The other kinds of records that boards read have theirs since s005 and s007.
DO $$
DECLARE
    kind TEXT;
BEGIN
    FOREACH kind IN ARRAY ARRAY['payment', 'document_link', 'resource', 'rate_card', 'fx_rate', 'legal_entity']
    LOOP
        EXECUTE format('CREATE INDEX %I ON %I (recorded_tx)', 'ix_' || kind || '_recorded_tx', kind);
    END LOOP;
END $$;

-- What filters of the queue ask most, so that cases are chosen and added up from it alone.
DROP INDEX ix_review_case_figures;
CREATE INDEX ix_review_case_figures ON review_case (team_id, case_id)
    INCLUDE (group_amount, due_at, claimed_by, snoozed_until, priority, assigned_to, route, legal_entity_id)
    WHERE state IN ('open', 'claimed', 'waiting');
