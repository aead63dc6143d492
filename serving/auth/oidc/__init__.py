"""Bearer tokens of an OpenID Connect provider, beside local accounts and keys."""
