-- One row per family with signals, and one for all of them.
-- family: Family of claims, or all.
-- signals: Signals now, each post counted once for each claim that it promotes, reposts included.
-- verdicts: Signals of the random queue that reviewers judged.
-- confirmed: Those of them of which more than half of their reviewers say that the post promotes the claim.
-- precision: confirmed / verdicts; null while there are none.
-- precision_low: Lower end of its 95 % interval (Wilson).
-- precision_high: Upper end of its 95 % interval (Wilson).
--
-- Signals of the random queue are drawn by a hash, so that those judged so far stand for all; what was judged
-- because it was uncertain, or because somebody chose it, would not. A verdict on an older text does not count.
with signal as (
    select distinct
        mention.platform, mention.id_time, mention.post_id, mention.claim_id, mention."family", post.text_version
    from claim_mentions as mention
    join signals using (platform, id_time, post_id)
    join posts as post using (platform, id_time, post_id)
    where mention.stance = 'promotes' and mention.kind = 'falsifiable'
),
judged as (
    select
        verdict.platform, verdict.id_time, verdict.post_id, verdict.claim_id,
        avg((verdict.stance = 'promotes')::integer) > 0.5 as is_confirmed
    from verdicts as verdict
    join signal using (platform, id_time, post_id, claim_id)
    where verdict.queue = 'random' and coalesce(verdict.text_version = signal.text_version, true)
    group by verdict.platform, verdict.id_time, verdict.post_id, verdict.claim_id
),
counted as (
    select
        coalesce(signal."family", 'all') as "family",
        count(signal.post_id) as signals,
        count(judged.post_id) as verdicts,
        count(judged.post_id) filter (where judged.is_confirmed) as confirmed,
        1.959964 as z
    from signal
    left join judged using (platform, id_time, post_id, claim_id)
    group by grouping sets ((signal."family"), ())
),
measured as (
    select "family", signals, verdicts, confirmed, z, confirmed / nullif(verdicts, 0) as "precision" from counted
)
select
    "family", signals, verdicts, confirmed, "precision",
    ("precision" + z * z / (2 * verdicts)
        - z * sqrt("precision" * (1 - "precision") / verdicts + z * z / (4 * verdicts * verdicts)))
        / (1 + z * z / verdicts) as precision_low,
    ("precision" + z * z / (2 * verdicts)
        + z * sqrt("precision" * (1 - "precision") / verdicts + z * z / (4 * verdicts * verdicts)))
        / (1 + z * z / verdicts) as precision_high
from measured
