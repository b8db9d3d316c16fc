-- One row per registered hashtag and day.
-- day: The day on which the posts were written, UTC.
-- hashtag: The registered hashtag; its aliases are counted under it.
-- kind: disease, meeting, chat or ours.
-- posts: Posts that carry the hashtag, reposts included.
-- authors: Distinct authors of those posts.
-- original_posts: Those posts that are no reposts.
-- replies: Those posts that answer another post.
with mention as (
    select distinct platform, id_time, post_id, registered as hashtag, kind
    from hashtag_mentions
    where registered is not null
)
select
    post.created_at::date as day,
    mention.hashtag,
    mention.kind,
    count(*) as posts,
    count(distinct post.author) as authors,
    count(*) filter (where post.repost_of is null) as original_posts,
    count(*) filter (where post.in_reply_to is not null) as replies
from mention
join posts as post using (platform, id_time, post_id)
where post.created_at is not null
group by all
