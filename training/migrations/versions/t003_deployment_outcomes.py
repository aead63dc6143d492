"""What became of each move of a champion: the move is written before the alias moves, its outcome after."""

from alembic import op

revision = "t003"
down_revision = "t002"
branch_labels = None
depends_on = None


def upgrade() -> None:
    """Create the append-only table; moves of earlier days were written after the alias had moved."""
    op.execute(
        """
        CREATE TABLE deployment_outcome (
            deployment_id bigint CONSTRAINT pk_deployment_outcome PRIMARY KEY
                CONSTRAINT fk_deployment_outcome_deployment REFERENCES deployment,
            noted_at timestamptz NOT NULL DEFAULT clock_timestamp(),
            outcome text NOT NULL CONSTRAINT ck_deployment_outcome_outcome CHECK (outcome IN ('confirmed', 'abandoned'))
        )
        """
    )
    op.execute(
        "INSERT INTO deployment_outcome (deployment_id, outcome) SELECT deployment_id, 'confirmed' FROM deployment"
    )
    op.execute(
        "CREATE TRIGGER append_only BEFORE UPDATE OR DELETE OR TRUNCATE ON deployment_outcome "
        "FOR EACH STATEMENT EXECUTE FUNCTION ledger_append_only()"
    )
