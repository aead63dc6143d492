-- The chain is written through this function alone: with it a process needs no right on the tables themselves, so that
-- whoever holds the service's password can add entries and change none (docs/security.md).
ALTER FUNCTION audit_append(INTEGER, TEXT) SECURITY DEFINER SET search_path = public, pg_temp;

-- Whoever moves a model between champion and challenger is in the chain as well, in the deployment's own transaction;
-- training cannot import the service's audit log, so the database writes it.
CREATE FUNCTION audit_deployment() RETURNS trigger LANGUAGE plpgsql SECURITY DEFINER SET search_path = public, pg_temp AS $$
BEGIN
    PERFORM audit_append(0, jsonb_build_object(
        'action', 'model_deployed', 'actor', made.who, 'subject', 'model ' || made.risk, 'request_id', NULL,
        'at', clock_timestamp(), 'detail', to_jsonb(made))::text) FROM fresh AS made;
    RETURN NULL;
END $$;
CREATE TRIGGER audited AFTER INSERT ON deployment
    REFERENCING NEW TABLE AS fresh FOR EACH STATEMENT EXECUTE FUNCTION audit_deployment();

-- The audit log is looked through by who did it and what was done.
CREATE INDEX ix_audit_entry_actor_id ON audit_entry (actor_id, written_at);
CREATE INDEX ix_audit_entry_action ON audit_entry (action, written_at);
