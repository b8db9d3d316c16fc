-- One row per claim that is in play in any post.
-- claim_id: The claim.
-- family: Family of claims.
-- kind: falsifiable, or concern (counted, never called misinformation).
-- promotes: Posts that promote it.
-- debunks: Posts that debunk it.
-- questions: Posts that ask about it in good faith.
-- reports: Posts that report on it.
-- promoting_authors: Distinct authors who promote it.
-- debunking_authors: Distinct authors who debunk it.
-- first_promoted_at: When the first promoting post was written, UTC.
-- last_promoted_at: When the last promoting post was written, UTC.
-- precision: Share of the family's signals that reviewers confirm; null while none is judged. See signal_precision.
-- precision_low: Lower end of its 95 % interval.
-- precision_high: Upper end of its 95 % interval.
with mention as (
    select platform, id_time, post_id, claim_id, "family", kind, stance
    from claim_mentions
    group by all
)
select
    mention.claim_id,
    mention."family",
    mention.kind,
    count(*) filter (where mention.stance = 'promotes') as promotes,
    count(*) filter (where mention.stance = 'debunks') as debunks,
    count(*) filter (where mention.stance = 'questions') as questions,
    count(*) filter (where mention.stance = 'reports') as reports,
    count(distinct post.author) filter (where mention.stance = 'promotes') as promoting_authors,
    count(distinct post.author) filter (where mention.stance = 'debunks') as debunking_authors,
    min(post.created_at) filter (where mention.stance = 'promotes') as first_promoted_at,
    max(post.created_at) filter (where mention.stance = 'promotes') as last_promoted_at,
    any_value(measured."precision") as "precision",
    any_value(measured.precision_low) as precision_low,
    any_value(measured.precision_high) as precision_high
from mention
join posts as post using (platform, id_time, post_id)
left join signal_precision as measured on measured."family" = mention."family" and mention.kind = 'falsifiable'
group by mention.claim_id, mention."family", mention.kind
