-- Teams: who looks at which cases ------------------------------------------------------------------------------------

CREATE TABLE team (
    team_id TEXT PRIMARY KEY,
    name TEXT NOT NULL CONSTRAINT uq_team_name UNIQUE,
    created_at TIMESTAMPTZ NOT NULL DEFAULT clock_timestamp()
);

CREATE TABLE team_member (
    team_id TEXT NOT NULL REFERENCES team,
    account_id TEXT NOT NULL REFERENCES account,
    PRIMARY KEY (team_id, account_id)
);
CREATE INDEX ix_team_member_account_id ON team_member (account_id);

-- Empty: every reviewer may see it.
ALTER TABLE review_case ADD COLUMN team_id TEXT REFERENCES team;
CREATE INDEX ix_review_case_team_id ON review_case (team_id) WHERE state IN ('open', 'claimed', 'waiting');
