-- Which claims are in play, how they spread, and what has no answer.

-- name: stances
with mention as (
    select platform, id_time, post_id, claim_id, "family", kind, stance
    from claim_mentions
    group by all
),
post as (
    select platform, id_time, post_id, author, created_at >= $since::timestamptz as now
    from chosen($spellings::varchar[], $before::timestamptz, $until::timestamptz)
)
select
    mention.claim_id,
    any_value(mention."family") as "family",
    any_value(mention.kind) as kind,
    count(*) filter (where post.now and mention.stance = 'promotes') as promotes,
    count(*) filter (where post.now and mention.stance = 'debunks') as debunks,
    count(*) filter (where post.now and mention.stance = 'questions') as questions,
    count(*) filter (where post.now and mention.stance = 'reports') as reports,
    count(distinct post.author) filter (where post.now and mention.stance = 'promotes') as promoting_authors,
    count(*) filter (where not post.now and mention.stance = 'promotes') as promoted_before
from mention
join post using (platform, id_time, post_id)
group by mention.claim_id
having count(*) filter (where post.now) > 0
order by promotes desc, debunks desc, mention.claim_id

-- name: stance_volume
with mention as (
    select distinct platform, id_time, post_id, stance
    from claim_mentions
    where claim_id = $claim_id
)
select bucket($unit, $zone, post.created_at) as day, mention.stance, count(*) as posts
from mention
join chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz) as post using (platform, id_time, post_id)
group by all
order by 1, 2

-- name: unanswered
with listed as (
    select
        signal.platform, signal.id_time, signal.post_id, signal.claim_id, signal."family", signal.score,
        signal.replies_seen, post.created_at, post."text", post.author, post.hashtags,
        post.likes, post.reposts, post.replies, post.quotes, post."views"
    from unanswered_signals as signal
    join chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz) as post
        using (platform, id_time, post_id)
    where $claim_id::varchar is null or signal.claim_id = $claim_id
),
spread as (
    select platform, repost_of as post_id, count(*) as reposts
    from posts
    where repost_of is not null
    group by all
),
said as (
    select
        listed.platform, listed.id_time, listed.post_id,
        list(listed.claim_id order by listed.score desc, listed.claim_id) as claims,
        max(listed.replies_seen) as replies_seen,
        any_value(listed.created_at) as created_at,
        any_value(listed."text") as "text",
        any_value(listed.author) as author,
        any_value(listed.hashtags) as hashtags,
        any_value(listed.likes) as likes,
        greatest(any_value(listed.reposts), coalesce(any_value(spread.reposts), 0)) as reposts,
        greatest(any_value(listed.replies), max(listed.replies_seen)) as replies,
        any_value(listed.quotes) as quotes,
        any_value(listed."views") as "views"
    from listed
    left join spread using (platform, post_id)
    group by listed.platform, listed.id_time, listed.post_id
),
alike as (
    select
        said.*, reach(said."views", said.likes, said.reposts, said.replies, said.quotes) as reach,
        coalesce(nullif(tagging.fingerprint, 0)::varchar, said.post_id) as words
    from said
    left join taggings as tagging
        on tagging.platform = said.platform and tagging.id_time = said.id_time and tagging.post_id = said.post_id
        and tagging.is_current
)
select
    platform, post_id, created_at, "text", author, hashtags, claims, replies_seen, likes, reposts, replies, quotes,
    "views", reach,
    count(*) over same_words as copies,
    (sum(reach) over same_words)::bigint as total_reach
from alike
window same_words as (partition by words)
qualify row_number() over (partition by words order by reach desc, post_id) = 1 or not $grouped
order by total_reach desc, copies desc, reach desc, created_at desc, post_id

-- name: unanswered_counts
select signal.claim_id, count(*) as posts
from unanswered_signals as signal
join chosen($spellings::varchar[], $since::timestamptz, $until::timestamptz) as post
    using (platform, id_time, post_id)
group by signal.claim_id

-- name: precision
select "family", verdicts, confirmed, "precision", precision_low, precision_high
from signal_precision
where verdicts > 0
