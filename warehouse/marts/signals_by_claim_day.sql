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
-- precision: Share of the family's signals that reviewers confirm; null while none is judged. See signal_precision.
-- precision_low: Lower end of its 95 % interval.
-- precision_high: Upper end of its 95 % interval.
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
    count(*) filter (where post.repost_of is not null) as reposts,
    any_value(measured."precision") as "precision",
    any_value(measured.precision_low) as precision_low,
    any_value(measured.precision_high) as precision_high
from mention
join posts as post using (platform, id_time, post_id)
left join signal using (platform, id_time, post_id)
left join signal_precision as measured on measured."family" = mention."family" and mention.kind = 'falsifiable'
where post.created_at is not null
group by post.created_at::date, mention.claim_id, mention."family", mention.kind, mention.stance
