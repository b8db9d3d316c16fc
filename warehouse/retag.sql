-- Stored posts for another release to read, and what it said otherwise.

-- name: stored
select
    post.platform, post.post_id, post.created_at, post."text", post.text_version, post."language", post.links,
    post.media_alts
from posts as post
anti join (
    -- What the first pass does not take for a candidate, the careful reader would not read either.
    select platform, id_time, post_id, text_version from taggings
    where rules = $rules and (model = $model or (not candidate and starts_with($model, model || '+')))
) as tagging using (platform, id_time, post_id, text_version)
where post."text" is not null and ($since::timestamptz is null or post.created_at >= $since)

-- name: releases
with release as (
    select distinct rules, model from taggings
)
select rules, model from release order by rules, model

-- name: compared
with tagging as (
    select platform, id_time, post_id, text_version, rules, model, signal from taggings
),
older as (
    select * from tagging
    where (rules, model) <= ($old_rules, $old_model)
    qualify row_number() over (partition by platform, post_id, text_version order by rules desc, model desc) = 1
),
newer as (
    select * from tagging
    where (rules, model) <= ($new_rules, $new_model)
    qualify row_number() over (partition by platform, post_id, text_version order by rules desc, model desc) = 1
)
select
    count(*),
    count(*) filter (where newer.signal and not older.signal),
    count(*) filter (where older.signal and not newer.signal)
from older
join newer using (platform, id_time, post_id, text_version)
where (older.rules, older.model) <> (newer.rules, newer.model)

-- name: changes
with tagging as (
    select platform, id_time, post_id, text_version, rules, model, signal from taggings
),
older as (
    select * from tagging
    where (rules, model) <= ($old_rules, $old_model)
    qualify row_number() over (partition by platform, post_id, text_version order by rules desc, model desc) = 1
),
newer as (
    select * from tagging
    where (rules, model) <= ($new_rules, $new_model)
    qualify row_number() over (partition by platform, post_id, text_version order by rules desc, model desc) = 1
),
pair as (
    select
        platform, id_time, post_id, text_version, older.rules as old_rules, older.model as old_model,
        newer.rules as new_rules, newer.model as new_model, older.signal as was_signal, newer.signal as is_signal
    from older join newer using (platform, id_time, post_id, text_version)
    where (older.rules, older.model) <> (newer.rules, newer.model)
),
said as (
    select
        platform, id_time, post_id, text_version, rules, model, claim_id,
        string_agg(distinct stance, '+' order by stance) as stance
    from claim_mentions_history
    group by all
),
was as (
    select pair.platform, pair.id_time, pair.post_id, pair.text_version, said.claim_id, said.stance
    from pair join said
        on said.platform = pair.platform and said.id_time = pair.id_time and said.post_id = pair.post_id
        and said.text_version = pair.text_version and said.rules = pair.old_rules and said.model = pair.old_model
),
now_said as (
    select pair.platform, pair.id_time, pair.post_id, pair.text_version, said.claim_id, said.stance
    from pair join said
        on said.platform = pair.platform and said.id_time = pair.id_time and said.post_id = pair.post_id
        and said.text_version = pair.text_version and said.rules = pair.new_rules and said.model = pair.new_model
),
change as (
    select
        platform, id_time, post_id, text_version, claim_id,
        coalesce(was.stance, 'none') as before, coalesce(now_said.stance, 'none') as after
    from was full join now_said using (platform, id_time, post_id, text_version, claim_id)
)
select
    change.claim_id, change.before, change.after, count(*) as posts,
    count(*) filter (where pair.is_signal and not pair.was_signal) as gained,
    count(*) filter (where pair.was_signal and not pair.is_signal) as lost,
    min(change.platform || ':' || change.post_id) as example
from change join pair using (platform, id_time, post_id, text_version)
where change.before <> change.after or pair.was_signal <> pair.is_signal
group by change.claim_id, change.before, change.after
order by posts desc, change.claim_id, change.before, change.after
