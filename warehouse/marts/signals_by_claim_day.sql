-- One row per claim, stance and day.
-- day: The day on which the posts were written, UTC.
-- claim_id: The claim.
-- family: Family of claims.
-- kind: falsifiable, or concern (counted, never called misinformation).
-- stance: promotes, debunks, questions or reports.
-- posts: Posts that take this stance on the claim, reposts included.
-- signals: Those of them that are signals.
-- authors: Distinct authors of those posts.
-- reposts: Those of them that are reposts.
with mention as (
    select platform, id_time, post_id, claim_id, "family", kind, stance
    from claim_mentions
    group by all
),
signal as (
    select platform, id_time, post_id from signals
)
select
    post.created_at::date as day,
    mention.claim_id,
    mention."family",
    mention.kind,
    mention.stance,
    count(*) as posts,
    count(*) filter (
        where signal.post_id is not null and mention.stance = 'promotes' and mention.kind = 'falsifiable'
    ) as signals,
    count(distinct post.author) as authors,
    count(*) filter (where post.repost_of is not null) as reposts
from mention
join posts as post using (platform, id_time, post_id)
left join signal using (platform, id_time, post_id)
where post.created_at is not null
group by all
