-- What a reviewer is shown.

-- name: queue
select
    queue, "position", platform, post_id, claim_id, "family", is_signal, score, created_at, "text", text_version,
    evidence, cues
from review_queue
where $queue is null or queue = $queue
order by queue, "position"
limit $most

-- name: text_version
select post.text_version, coalesce(any_value(waiting.queue), 'chosen') as queue
from posts as post
left join review_queue as waiting
    on waiting.platform = post.platform and waiting.post_id = post.post_id and waiting.claim_id = $claim_id
where post.platform = $platform and post.post_id = $post_id
group by post.text_version

-- name: danger
select platform, post_id, created_at, "text" from danger_queue order by created_at desc nulls last limit $most

-- name: precision
select "family", signals, verdicts, confirmed, "precision", precision_low, precision_high
from signal_precision
order by "family" = 'all', signals desc, "family"
