-- What people are asked to look at.

-- name: waiting
select queue, platform, post_id, claim_id, created_at, "text"
from review_queue
order by queue = 'random' desc, "position"

-- name: danger
select created_at, "text", count(*) over () as found
from danger_queue
order by created_at desc nulls last, post_id
limit $most
