-- What people say about a case ---------------------------------------------------------------------------------------

CREATE TABLE case_comment (
    comment_id TEXT PRIMARY KEY,
    case_id TEXT NOT NULL REFERENCES review_case,
    author_id TEXT NOT NULL,
    text TEXT NOT NULL CONSTRAINT ck_case_comment_text CHECK (text ~ '\S'),
    written_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);
CREATE INDEX ix_case_comment_case_id ON case_comment (case_id, written_at);
CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON case_comment
    FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only();

CREATE TABLE case_mention (
    account_id TEXT NOT NULL REFERENCES account,
    comment_id TEXT NOT NULL REFERENCES case_comment,
    seen_at TIMESTAMPTZ,
    PRIMARY KEY (account_id, comment_id)
);
CREATE INDEX ix_case_mention_unseen ON case_mention (account_id) WHERE seen_at IS NULL;

-- What decided cases were like: made anew from scores and notes at any time -------------------------------------------

CREATE TABLE case_likeness (
    case_id TEXT PRIMARY KEY REFERENCES review_case,
    closed_at TIMESTAMPTZ NOT NULL,  -- of the case as it was learnt; a case that was reopened is learnt again
    recipe SMALLINT NOT NULL,  -- how the numbers were made, see serving/similar/likeness.py
    client_id TEXT NOT NULL,
    likeness REAL[] NOT NULL  -- of length 1
);
CREATE INDEX ix_case_likeness_recipe_closed_at ON case_likeness (recipe, closed_at DESC);

-- With pgvector the nearest are found by an index; without it the newest are compared one by one.
DO $$
BEGIN
    IF EXISTS (SELECT FROM pg_available_extensions WHERE name = 'vector') THEN
        CREATE EXTENSION IF NOT EXISTS vector;
        CREATE INDEX ix_case_likeness_nearest ON case_likeness USING hnsw ((likeness::vector(512)) vector_cosine_ops);
    END IF;
EXCEPTION WHEN insufficient_privilege THEN
    RAISE NOTICE 'the extension vector needs a superuser: similar cases are compared one by one';
END $$;
