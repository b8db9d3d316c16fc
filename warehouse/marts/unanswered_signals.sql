-- One row per signal and claim it promotes that has no answer seen in what was captured.
-- platform: The platform.
-- id_time: The moment that the post's id states, UTC.
-- post_id: The promoting post; reposts are not listed, the post that they repeat is.
-- claim_id: The claim that it promotes.
-- family: Family of claims.
-- created_at: When it was written, UTC.
-- author: Pseudonym of the author.
-- text: The text.
-- score: Calibrated probability that it is a signal.
-- evidence: The words that raised the claim.
-- likes: Likes, newest known.
-- reposts: Reposts, newest known.
-- replies: Replies that the platform counts, newest known.
-- views: Views, newest known.
-- replies_seen: Replies and quotes by others that were captured, none of which answers.
-- precision: Share of the family's signals that reviewers confirm; null while none is judged. See signal_precision.
-- precision_low: Lower end of its 95 % interval.
-- precision_high: Upper end of its 95 % interval.
--
-- An answer is a captured post by somebody else that replies to the signal, quotes it or stands in its thread, and
-- either debunks that claim (where one of the two is on no list: a claim of its family), or is written by a clinician, a researcher, a health organisation or public health and
-- does not itself promote the claim. What was not captured cannot be seen: a count here is an upper bound.
with promotion as (
    select
        signal.platform, signal.id_time, signal.post_id, signal.created_at, signal.author, signal."text", signal.score,
        unnest(signal.claims) as claim
    from signals as signal
),
promoting as (
    select
        promotion.* exclude (claim), promotion.claim.claim_id as claim_id, promotion.claim."family" as "family",
        list_transform(promotion.claim.evidence, lambda span: span."text") as evidence,
        post.root, post.likes, post.reposts, post.replies, post.views
    from promotion
    join posts as post using (platform, id_time, post_id)
    where post.repost_of is null
    qualify row_number() over (
        partition by promotion.platform, promotion.id_time, promotion.post_id, promotion.claim.claim_id
        order by promotion.claim.score desc
    ) = 1
),
link as (
    select platform, id_time, post_id, author, in_reply_to as target from posts where in_reply_to is not null
    union all
    select platform, id_time, post_id, author, quote_of from posts where quote_of is not null
    union all
    select platform, id_time, post_id, author, root from posts where root is not null
),
thread as (
    select distinct platform, post_id, claim_id, "family", author, unnest([post_id, root]) as target from promoting
),
reply as (
    select
        thread.platform, thread.post_id, thread.claim_id, thread."family",
        link.id_time as reply_time, link.post_id as reply_id, any_value(link.author) as replier,
        bool_or(link.target = thread.post_id) as direct
    from thread
    join link using (platform, target)
    where link.post_id <> thread.post_id and link.author is distinct from thread.author
    group by thread.platform, thread.post_id, thread.claim_id, thread."family", link.id_time, link.post_id
),
stance as (
    select
        platform, id_time, post_id, claim_id, "family",
        max(stance = 'debunks') as debunks, max(stance = 'promotes') as promotes
    from claim_mentions
    group by platform, id_time, post_id, claim_id, "family"
),
answer as (
    select distinct reply.platform, reply.post_id, reply.claim_id
    from reply
    left join stance
        on stance.platform = reply.platform and stance.id_time = reply.reply_time
        and stance.post_id = reply.reply_id and stance."family" = reply."family"
        and (
            stance.claim_id = reply.claim_id
            or ends_with(stance.claim_id, '-unlisted') or ends_with(reply.claim_id, '-unlisted')
        )
    left join kept.author_roles as author_roles
        on author_roles.platform = reply.platform and author_roles.author = reply.replier
    where coalesce(stance.debunks, false)
        or (
            author_roles.role in ('clinician', 'researcher', 'health-organisation', 'government-or-public-health')
            and not coalesce(stance.promotes, false)
        )
),
seen as (
    select platform, post_id, claim_id, count(distinct reply_id) filter (where direct) as replies_seen
    from reply
    group by platform, post_id, claim_id
)
select
    promoting.platform, promoting.id_time, promoting.post_id, promoting.claim_id, promoting."family",
    promoting.created_at, promoting.author, promoting."text", promoting.score, promoting.evidence,
    promoting.likes, promoting.reposts, promoting.replies, promoting.views,
    coalesce(seen.replies_seen, 0) as replies_seen,
    measured."precision", measured.precision_low, measured.precision_high
from promoting
anti join answer using (platform, post_id, claim_id)
left join seen using (platform, post_id, claim_id)
left join signal_precision as measured using ("family")
