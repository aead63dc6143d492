-- Evidence could be requested without anybody being asked. Such cases waited for nobody: they are open again.
WITH freed AS (
    UPDATE review_case c SET state = 'open' WHERE c.state = 'waiting' AND NOT EXISTS (
        SELECT FROM case_request r WHERE r.case_id = c.case_id
        AND (r.state = 'asked' OR (r.state = 'answered' AND r.followed_at IS NULL)))
    RETURNING c.case_id
)
INSERT INTO case_event (case_id, event, actor_id, from_state, to_state, detail)
SELECT case_id, 'resumed', 'system', 'waiting', 'open', jsonb_build_object('note', 'nobody was asked') FROM freed;
