"""The weekly brief: facts computed from the data, put into sentences by templates, for a page and for mail."""
