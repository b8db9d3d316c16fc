-- One row per registered meeting.
-- hashtag: The meeting's hashtag; its aliases are counted under it.
-- name: The meeting.
-- society: Who holds it.
-- starts: Its first day.
-- ends: Its last day.
-- time_zone: The zone in which its days are counted; UTC where the registry names none.
-- posts: Posts that carry its hashtag, reposts included, whenever written.
-- authors: Distinct authors of those posts.
-- original_posts: Those posts that are no reposts.
-- posts_during: Posts written on its days.
-- authors_during: Distinct authors of the posts written on its days.
-- signals: Signals among its posts.
-- first_post_at: When the first of its posts was written, UTC.
-- last_post_at: When the last of its posts was written, UTC.
-- precision: Share of all signals that reviewers confirm; null while none is judged. See signal_precision.
-- precision_low: Lower end of its 95 % interval.
-- precision_high: Upper end of its 95 % interval.
with meeting as (
    select tag as hashtag, name, society, starts, ends, coalesce(time_zone, 'UTC') as time_zone
    from hashtags
    where kind = 'meeting'
),
mention as (
    select distinct platform, id_time, post_id, registered as hashtag
    from hashtag_mentions
    where registered is not null and kind = 'meeting'
),
signal as (
    select platform, id_time, post_id from signals
),
carrying as (
    select
        mention.hashtag, post.author, post.created_at, post.repost_of,
        signal.post_id is not null as is_signal,
        coalesce(
            timezone(meeting.time_zone, post.created_at)::date between meeting.starts and meeting.ends, false
        ) as during
    from mention
    join meeting using (hashtag)
    join posts as post using (platform, id_time, post_id)
    left join signal using (platform, id_time, post_id)
)
select
    meeting.hashtag, meeting.name, meeting.society, meeting.starts, meeting.ends, meeting.time_zone,
    count(carrying.hashtag) as posts,
    count(distinct carrying.author) as authors,
    count(carrying.hashtag) filter (where carrying.repost_of is null) as original_posts,
    count(carrying.hashtag) filter (where carrying.during) as posts_during,
    count(distinct carrying.author) filter (where carrying.during) as authors_during,
    count(carrying.hashtag) filter (where carrying.is_signal) as signals,
    min(carrying.created_at) as first_post_at,
    max(carrying.created_at) as last_post_at,
    measured."precision", measured.precision_low, measured.precision_high
from meeting
left join carrying using (hashtag)
left join signal_precision as measured on measured."family" = 'all'
group by all
