-- What was captured, how much of it, about what, by whom.

-- name: state
select
    (select count(*) from posts) as posts,
    (select min(created_at) from posts) as oldest_post,
    (select max(created_at) from posts) as newest_post,
    (select max(last_seen_at) from posts) as newest_seen,
    (select count(*) from posts where "text" is null) as awaiting_text,
    (select count(*) from posts where in_reply_to is not null or quote_of is not null) as replies,
    (select count(*) from dead_letters where replayed_at is null) as dead_letters,
    (select count(*) from capture_gaps) as gaps,
    (select max(version) from kept.publications) as version,
    (select max(published_at) from kept.publications) as published_at,
    (select coalesce(list(distinct platform order by platform), []) from posts) as platforms,
    (select max(rules) from taggings where is_current) as rules,
    (select max(model) from taggings where is_current) as model

-- name: hashtags
with mention as (
    select registered, count(distinct (platform, post_id)) as posts
    from hashtag_mentions
    where registered is not null
    group by registered
)
select hashtags.tag, hashtags.kind, hashtags.name, list_prepend(hashtags.tag, hashtags.aliases) as spellings, mention.posts
from hashtags
join mention on mention.registered = hashtags.tag
order by mention.posts desc, hashtags.tag

-- name: totals
with post as (
    select * from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
),
mention as (
    select
        platform, id_time, post_id,
        max(stance = 'debunks') as debunks
    from claim_mentions
    group by platform, id_time, post_id
)
select
    count(*) as posts,
    count(distinct post.author) as authors,
    count(*) filter (where post.repost_of is not null) as reposts,
    count(signal.post_id) as signals,
    count(*) filter (where signal.post_id is not null and post.repost_of is not null) as signal_reposts,
    avg(signal.score) as signal_score,
    count(*) filter (where mention.debunks) as debunks
from post
left join signals as signal using (platform, id_time, post_id)
left join mention using (platform, id_time, post_id)

-- name: volume
with post as (
    select * from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
)
select
    bucket($unit, $zone, post.created_at) as day,
    count(*) as posts,
    count(distinct post.author) as authors
from post
group by 1
order by 1

-- name: hashtag_volume
with spelling as (
    select unnest(list_distinct(list_prepend(tag, aliases))) as hashtag, tag from hashtags
),
registered as (
    select hashtag, min(tag) as tag from spelling group by hashtag
),
carried as (
    select platform, post_id, bucket($unit, $zone, created_at) as day, unnest(list_distinct(hashtags)) as hashtag
    from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
),
mention as (
    select distinct carried.platform, carried.post_id, carried.day, registered.tag as hashtag
    from carried
    join registered using (hashtag)
),
largest as (
    select hashtag, count(*) as posts from mention group by hashtag order by posts desc, hashtag limit $most
)
select mention.hashtag, mention.day, count(*) as posts, any_value(largest.posts) as total
from mention
join largest using (hashtag)
group by mention.hashtag, mention.day
order by total desc, mention.hashtag, mention.day

-- name: topics
with post as (
    select platform, id_time, post_id
    from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
),
mention as (
    select distinct platform, id_time, post_id, topic_id, "label", kind from topic_mentions
)
select mention.topic_id, max(mention."label") as "label", max(mention.kind) as kind, count(distinct post.post_id) as posts
from post
join mention using (platform, id_time, post_id)
group by mention.topic_id
order by posts desc, mention.topic_id
limit $most

-- name: roles
with post as (
    select platform, author, count(*) as posts
    from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
    where author is not null
    group by platform, author
)
select coalesce(authors.role, 'other') as role, count(*) as authors, sum(post.posts)::bigint as posts
from post
left join authors using (platform, author)
group by 1
order by 2 desc

-- name: gaps
select source, query, started_at, ended_at, reason
from capture_gaps
where ended_at > $since::timestamptz and started_at < $until::timestamptz
order by started_at desc
limit $most

-- name: windows
select
    source, query, "method",
    count(*) as windows,
    min(started_at) as first_started_at,
    max(ended_at) as last_ended_at,
    sum(epoch(ended_at - started_at)) / 3600 as hours
from collection_windows
group by all
order by last_ended_at desc, query

-- name: dead_letters
select source, reason, count(*) as letters, max(observed_at) as newest
from dead_letters
where replayed_at is null
group by all
order by letters desc, reason
limit $most

-- name: imports
select import_id, path, "rows", posts, repeated, rejected, finished_at
from imports
order by import_id desc
limit $most
