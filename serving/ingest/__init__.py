"""Records sent over HTTP: read by the letter, written like an import's, answered one by one."""
