-- What a reviewer is shown.

-- name: queue
select
    queue, "position", platform, post_id, claim_id, "family", stance, is_signal, score, created_at, "text", text_version,
    evidence, cues
from review_queue
where $queue is null or queue = $queue
order by queue, "position"
limit $most

-- name: text_version
select coalesce(text_version, '') as text_version from posts where platform = $platform and post_id = $post_id

-- name: danger
select platform, post_id, created_at, "text", count(*) over () as found
from danger_queue
order by created_at desc nulls last, post_id
limit $most

-- name: is_in_danger
select count(*) > 0 from danger_queue where platform = $platform and post_id = $post_id

-- name: precision
select "family", signals, verdicts, confirmed, "precision", precision_low, precision_high
from signal_precision
order by "family" = 'all', signals desc, "family"
