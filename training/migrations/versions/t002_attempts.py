"""The ledger of certification attempts: who looked at which rows for which promise, and what it cost."""

from alembic import op

revision = "t002"
down_revision = "t001"
branch_labels = None
depends_on = None

_TABLES = (
    """
    CREATE TABLE certification_attempt (
        data_digest text NOT NULL,
        attempt integer NOT NULL CONSTRAINT ck_certification_attempt_attempt CHECK (attempt >= 1),
        attempted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        test_digest text NOT NULL,
        rows integer NOT NULL,
        promise jsonb NOT NULL,
        delta_spent float8 NOT NULL CONSTRAINT ck_certification_attempt_delta CHECK (delta_spent BETWEEN 0 AND 1),
        who text NOT NULL CONSTRAINT ck_certification_attempt_who CHECK (who <> ''),
        CONSTRAINT pk_certification_attempt PRIMARY KEY (data_digest, attempt),
        CONSTRAINT uq_certification_attempt_test UNIQUE (data_digest, test_digest)
    )
    """,
    """
    CREATE TABLE certification_result (
        data_digest text NOT NULL,
        attempt integer NOT NULL,
        written_at timestamptz NOT NULL DEFAULT clock_timestamp(),
        certified boolean NOT NULL,
        result jsonb NOT NULL,
        CONSTRAINT pk_certification_result PRIMARY KEY (data_digest, attempt),
        CONSTRAINT fk_certification_result FOREIGN KEY (data_digest, attempt) REFERENCES certification_attempt
    )
    """,
)


def upgrade() -> None:
    """Create both tables, to which rows are only added."""
    for statement in _TABLES:
        op.execute(statement)
    for table in ("certification_attempt", "certification_result"):
        op.execute(
            f"CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON {table} "
            "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
        )
