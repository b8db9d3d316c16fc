-- Posts, and the thread that one stands in.

-- name: found
with mention as (
    select
        platform, id_time, post_id,
        list_distinct(list(claim_id order by score desc)) as claims,
        list_distinct(list(stance)) as stances
    from claim_mentions
    where $claim_id::varchar is null or claim_id = $claim_id
    group by platform, id_time, post_id
)
select
    post.platform, post.post_id, post.created_at, post."text", post.author, post.repost_of, post.in_reply_to,
    post.quote_of, post.likes, post.reposts, post.replies, post.quotes, post."views",
    authors.role,
    count(*) over () as found
from chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz) as post
left join mention using (platform, id_time, post_id)
left join authors on authors.platform = post.platform and authors.author = post.author
where ($words::varchar is null or contains(lower(post."text"), lower($words)))
    and ($claim_id::varchar is null or mention.post_id is not null)
    and ($stance::varchar is null or list_contains(mention.stances, $stance))
    and ($reposts or post.repost_of is null)
order by
    case when $newest then epoch(post.created_at) end desc,
    reach(post."views", post.likes, post.reposts, post.replies, post.quotes) desc,
    post.created_at desc, post.post_id
limit $most offset $skipped

-- name: mentions
select post_id, claim_id, stance, score, evidence, cues
from claim_mentions
where platform = $platform and list_contains($post_ids::varchar[], post_id)
order by post_id, score desc, claim_id

-- name: thread
with recursive up(post_id, above, height) as (
    select post_id, in_reply_to, 0 from posts where platform = $platform and post_id = $post_id
    union
    select post.post_id, post.in_reply_to, up.height + 1
    from up
    join posts as post on post.platform = $platform and post.post_id = up.above
    where up.height < 20
),
"top" as (
    select post_id from up order by height desc limit 1
),
down(post_id, depth) as (
    select post_id, 0 from "top"
    union
    select post.post_id, down.depth + 1
    from down
    join posts as post on post.platform = $platform and post.in_reply_to = down.post_id and post.repost_of is null
    where down.depth < 20
),
rooted as (
    select post_id, min(depth) as depth from down group by post_id
),
quoting as (
    select post.post_id, 1 as depth
    from posts as post
    where post.platform = $platform and post.quote_of = $post_id and post.repost_of is null
),
also as (
    select post.post_id, 1 as depth
    from posts as post
    join "top" on post.root = "top".post_id
    where post.platform = $platform and post.repost_of is null
),
thread as (
    select post_id, arg_min(depth, depth) as depth
    from (select * from rooted union all select * from quoting union all select * from also)
    group by post_id
)
select
    post.platform, post.post_id, post.created_at, post."text", post.author, post.repost_of, post.in_reply_to,
    post.quote_of, post.likes, post.reposts, post.replies, post.quotes, post."views",
    authors.role,
    count(*) over () as found,
    thread.depth
from thread
join posts as post on post.platform = $platform and post.post_id = thread.post_id
left join authors on authors.platform = post.platform and authors.author = post.author
order by thread.depth > 0, post.created_at, post.post_id
limit $most

-- name: reposters
select count(*) as posts, count(distinct author) as authors
from posts
where platform = $platform and repost_of = $post_id

-- name: post_links
select url, resolved, title, host
from links
where platform = $platform and post_id = $post_id
order by position
