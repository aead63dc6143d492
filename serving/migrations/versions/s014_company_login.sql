-- Sessions of people who log in on our pages with the identity provider's account.

-- Digest of the login that was begun at the provider; empty for a password. Whatever comes back a second time makes no second
-- session.
ALTER TABLE account_session ADD COLUMN login_flow TEXT CONSTRAINT uq_account_session_login_flow UNIQUE;
