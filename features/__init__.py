"""What was known at a moment: point-in-time features, note embeddings and labels."""
