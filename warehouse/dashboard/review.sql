-- What people are asked to look at.

-- name: waiting
select queue, platform, post_id, claim_id, created_at, "text"
from review_queue
order by queue = 'random' desc, "position"
