-- One row per campaign: near-copies of one text by several authors in a short time.
-- campaign_id: Made from its first post. See campaign_posts for what makes a campaign.
-- first_post_at: When its first post was written, UTC.
-- last_post_at: When its last post was written, UTC.
-- posts: Its size. Reposts do not count.
-- authors: Distinct authors of those posts.
-- reposts: Captured reposts of those posts.
-- hashtags: The hashtags of its posts, the most frequent first, at most 10.
-- claims: Claims that its posts promote, at most 10.
-- signals: Those of its posts that are signals.
-- text: Its first post.
-- precision: Share of all signals that reviewers confirm; null while none is judged. See signal_precision.
-- precision_low: Lower end of its 95 % interval.
-- precision_high: Upper end of its 95 % interval.
with member as (
    select campaign_id, platform, id_time, post_id, author, created_at from campaign_posts
),
signal as (
    select platform, id_time, post_id from signals
),
sized as (
    select
        member.campaign_id,
        min(member.created_at) as first_post_at,
        max(member.created_at) as last_post_at,
        count(*) as posts,
        count(distinct member.author) as authors,
        count(signal.post_id) as signals,
        arg_min(post."text", (member.created_at, member.platform, member.post_id)) as "text"
    from member
    join posts as post using (platform, id_time, post_id)
    left join signal using (platform, id_time, post_id)
    group by member.campaign_id
),
repeated as (
    select member.campaign_id, count(*) as reposts
    from member join posts as post on post.platform = member.platform and post.repost_of = member.post_id
    group by member.campaign_id
),
hashtag as (
    select member.campaign_id, mention.hashtag, count(*) as posts
    from member join hashtag_mentions as mention using (platform, id_time, post_id)
    group by member.campaign_id, mention.hashtag
),
tagged as (
    select campaign_id, list(hashtag order by posts desc, hashtag)[:10] as hashtags from hashtag group by campaign_id
),
claimed as (
    select
        member.campaign_id, list_sort(list(distinct mention.claim_id))[:10] as claims
    from member join claim_mentions as mention using (platform, id_time, post_id)
    where mention.stance = 'promotes'
    group by member.campaign_id
)
select
    sized.campaign_id, sized.first_post_at, sized.last_post_at, sized.posts, sized.authors,
    coalesce(repeated.reposts, 0) as reposts,
    coalesce(tagged.hashtags, []) as hashtags,
    coalesce(claimed.claims, []) as claims,
    sized.signals, sized."text",
    measured."precision", measured.precision_low, measured.precision_high
from sized
left join repeated using (campaign_id)
left join tagged using (campaign_id)
left join claimed using (campaign_id)
left join signal_precision as measured on measured."family" = 'all'
