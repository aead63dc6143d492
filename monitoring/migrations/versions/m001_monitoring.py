"""Monitoring runs: what was compared with what, the verdict, and the numbers behind it."""

from alembic import op

revision = "m001"
down_revision = None
branch_labels = ("monitoring",)
depends_on = "l001"


def upgrade() -> None:
    """Create the append-only table."""
    op.execute(
        """
        CREATE TABLE monitoring_run (
            run_id bigint GENERATED ALWAYS AS IDENTITY CONSTRAINT pk_monitoring_run PRIMARY KEY,
            started_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            window_start timestamptz NOT NULL,
            window_end timestamptz NOT NULL,
            rows bigint NOT NULL,
            reference text NOT NULL,
            verdict text NOT NULL
                CONSTRAINT ck_monitoring_run_verdict CHECK (verdict IN ('ok', 'drift', 'too_few_rows')),
            drifted integer NOT NULL,
            checks jsonb NOT NULL,
            snapshot jsonb NOT NULL,
            report_path text,
            CONSTRAINT ck_monitoring_run_window CHECK (window_start < window_end)
        )
        """
    )
    op.execute("CREATE INDEX ix_monitoring_run_started_at ON monitoring_run (started_at)")
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON monitoring_run "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
    )
