"""What people say to each other about a case."""
