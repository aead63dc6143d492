"""Note embeddings, one per distinct text, with their similarity to the anchor sentences."""

from alembic import op

revision = "f001"
down_revision = None
branch_labels = ("features",)
depends_on = "l001"


def upgrade() -> None:
    """Create the cache; ``real[]`` rather than a vector type, so that it works without any extension."""
    op.execute(
        """
        CREATE TABLE note_embedding (
            digest TEXT PRIMARY KEY,
            model TEXT NOT NULL,
            vector REAL[] NOT NULL,
            anchors TEXT NOT NULL,
            similarities DOUBLE PRECISION[] NOT NULL,
            embedded_at TIMESTAMP WITH TIME ZONE DEFAULT clock_timestamp() NOT NULL
        )
        """
    )
