"""The deployment ledger: which model version was made champion when, by whom and why."""

from alembic import op

revision = "t001"
down_revision = None
branch_labels = ("training",)
depends_on = "l001"


def upgrade() -> None:
    """Create the append-only table."""
    op.execute(
        """
        CREATE TABLE deployment (
            deployment_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_deployment PRIMARY KEY,
            deployed_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            action text NOT NULL CONSTRAINT ck_deployment_action CHECK (action IN ('promote', 'rollback')),
            risk text NOT NULL,
            version text NOT NULL,
            digest text NOT NULL,
            previous_version text,
            gates jsonb NOT NULL,
            who text NOT NULL CONSTRAINT ck_deployment_who CHECK (who <> ''),
            why text NOT NULL CONSTRAINT ck_deployment_why CHECK (why <> '')
        )
        """
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deployment "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
    )
    op.execute("CREATE INDEX ix_deployment_risk_deployed_at ON deployment (risk, deployed_at)")
