-- What the commands ask of a snapshot.

-- name: marked_partitions
select count(distinct partition) from kept.markers where marker_id = ?

-- name: new_posts
select count(*) from posts where first_import = ?

-- name: totals
select
    (select count(*) from posts) as posts,
    (select count(*) from taggings where is_current) as tagged,
    (select max(created_at) from posts) as newest_post,
    (select count(*) from dead_letters where replayed_at is null) as dead_letters,
    (select count(*) from capture_gaps) as capture_gaps

-- name: topics
select "label" as topic, count(distinct (platform, post_id)) as posts
from topic_mentions
group by topic
order by posts desc, topic
limit 8

-- name: claims
select
    claim_id as claim,
    count(distinct (platform, post_id)) filter (where stance = 'promotes') as promotes,
    count(distinct (platform, post_id)) filter (where stance = 'debunks') as debunks,
    count(distinct (platform, post_id)) filter (where stance = 'questions') as questions,
    count(distinct (platform, post_id)) filter (where stance = 'reports') as reports
from claim_mentions
group by claim
order by promotes desc, debunks desc, claim
limit 10

-- name: signals
select count(*) from signals

-- name: dead_letters
select source, place, reason, size, observed_at, sha256
from dead_letters
where replayed_at is null
order by observed_at desc, source, place
limit ?

-- name: cursors
select source, query, said.position as position, said.spent_usd as spent_usd, said.observed_at as observed_at
from kept.cursors
order by source, query
