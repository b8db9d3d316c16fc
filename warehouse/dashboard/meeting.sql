-- How a meeting went.

-- name: meetings
select
    hashtag, name, society, starts, ends, time_zone, posts, authors, original_posts, posts_during, authors_during, signals,
    first_post_at, last_post_at
from meeting_summary
where posts > 0
order by last_post_at desc, hashtag

-- name: days
with post as (
    select * from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
)
select
    bucket($unit, $zone, created_at) as day,
    count(*) filter (where repost_of is null and in_reply_to is null) as original,
    count(*) filter (where in_reply_to is not null and repost_of is null) as replies,
    count(*) filter (where repost_of is not null) as reposts,
    count(distinct author) as authors
from post
group by 1
order by 1

-- name: hours
with post as (
    select * from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz)
)
select extract(hour from timezone($zone, created_at))::integer as hour, count(*) as posts
from post
group by 1
order by 1
