-- One row per post and claim that waits for a reviewer, at most 100 of either queue.
-- queue: random (drawn by a hash from all signals; measures precision) or uncertain (nearest to the least score of a signal).
-- position: 1 for the next one of its queue.
-- platform: The platform.
-- id_time: The moment that the post's id states, UTC.
-- post_id: The post. Reposts are not reviewed, the post that they repeat is.
-- claim_id: The claim that is in play.
-- family: Family of claims.
-- stance: What the tagger says that the post does with the claim: promotes, or debunks where its score is shortly below those of signals, as it is of what was held back.
-- is_signal: It counts as a signal now.
-- score: Calibrated, 0 to 1: of the claim, or of the post where it debunks.
-- created_at: When it was written, UTC.
-- text: The text.
-- text_version: Which text that is.
-- evidence: The words that raised the claim.
-- cues: The words that decided the stance.
--
-- A hash puts every signal into one of two halves: one is for the random queue alone, so that nothing else decides
-- which of its signals get judged; uncertain ones come from the other half and from what was nearly a signal: by turns
-- what promotes with a score near the line, and what was held back shortly below it as debunking. The line is the least
-- score of a signal that is here.
-- Of posts that say the same (one fingerprint, which links play no part in) and of which the same words raise a claim,
-- one waits in the uncertain queue, and none once one of them is judged: copies would fill it.
-- A verdict that was given elsewhere leaves a signal in the random queue, lest somebody's choice thin it out.
with signal as (
    select platform, id_time, post_id, score from signals
),
line as (
    select coalesce(min(score), 1) as least from signal
),
promotion as (
    select
        mention.platform, mention.id_time, mention.post_id, mention.claim_id, mention."family", mention.stance,
        mention.score,
        list_transform(mention.evidence, lambda span: span."text") as evidence,
        list_transform(mention.cues, lambda span: span."text") as cues
    from claim_mentions as mention
    where mention.stance in ('promotes', 'debunks') and mention.kind = 'falsifiable'
    qualify row_number() over (
        partition by mention.platform, mention.id_time, mention.post_id, mention.claim_id
        order by mention.stance = 'promotes' desc, mention.score desc
    ) = 1
),
drawn as (
    select
        promotion.* replace (if(promotion.stance = 'debunks', tagging.score, promotion.score) as score),
        post.created_at, post."text", post.text_version, signal.post_id is not null as is_signal,
        case when tagging.fingerprint = 0 then post.post_id else tagging.fingerprint::varchar end as said,
        md5_number_lower(concat_ws(':', promotion.platform, promotion.post_id, promotion.claim_id)) as draw
    from promotion
    join posts as post using (platform, id_time, post_id)
    join taggings as tagging using (platform, id_time, post_id)
    left join signal using (platform, id_time, post_id)
    cross join line
    where post.repost_of is null and tagging.is_current
        and (promotion.stance = 'promotes' or (line.least - 0.05 <= tagging.score and tagging.score < line.least))
),
queued as (
    select *, case when is_signal and draw % 2 = 0 then 'random' else 'uncertain' end as queue from drawn
),
judged as (
    select
        *,
        exists (
            select 1 from verdicts as verdict
            where verdict.platform = queued.platform and verdict.id_time = queued.id_time
                and verdict.post_id = queued.post_id and verdict.claim_id = queued.claim_id
                and coalesce(verdict.text_version = queued.text_version, true)
                and (verdict.queue = 'random' or queued.queue = 'uncertain')
        ) as is_judged
    from queued
),
waiting as (
    select * from judged
    qualify not is_judged and (
        queue = 'random'
        or row_number() over (partition by queue, claim_id, said, evidence order by is_judged desc, draw) = 1
    )
),
ranked as (
    select
        waiting.*,
        row_number() over (
            partition by queue, stance
            order by case when queue = 'uncertain' then abs(waiting.score - line.least) end, draw
        ) as turn
    from waiting, line
),
placed as (
    select *, row_number() over (partition by queue order by turn, stance = 'debunks') as position from ranked
)
select
    queue, position, platform, id_time, post_id, claim_id, "family", stance, is_signal, score, created_at, "text",
    text_version, evidence, cues
from placed
where position <= 100
