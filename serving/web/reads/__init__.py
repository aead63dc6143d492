"""What pages read beyond the queue's own tables: names, the invoice as it is known, its history and its records."""
