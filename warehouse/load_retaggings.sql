-- Taggings of stored posts by another release. They go the way of all taggings (load_taggings), but write no post.

-- name: stage
create or replace temp table staged as
select m.platform, m.id_time, m.post_id, m.text_version, m.rules, m.model, m.said
from (
    select
        message.platform as platform, make_timestamptz(message.id_ms * 1000) as id_time,
        message.post_id as post_id, message.text_version as text_version,
        message.rules as rules, message.model as model, message.said as said
    from (
        select from_json(line, '{
            "platform":"varchar","id_ms":"bigint","post_id":"varchar","text_version":"varchar",
            "rules":"varchar","model":"varchar",
            "said":{
                "fields_read":"utinyint","observed_at":"timestamptz",
                "signal":"boolean","score":"double","language":"varchar","subject":"varchar","credibility":"double",
                "danger":"boolean","candidate":"boolean","fingerprint":"ubigint",
                "topics":[{"topic_id":"varchar","label":"varchar","kind":"varchar",
                    "span":{"start":"integer","end":"integer","text":"varchar","field":"varchar"}}],
                "claims":[{"claim_id":"varchar","family":"varchar","kind":"varchar","stance":"varchar","score":"double",
                    "evidence":[{"start":"integer","end":"integer","text":"varchar","field":"varchar"}],
                    "cues":[{"start":"integer","end":"integer","text":"varchar","field":"varchar"}]}]}
        }') as message
        from (select unnest($lines::varchar[]) as line)
    )
) as m
semi join kept.posts as post
    on post.platform = m.platform and post.id_time = m.id_time and post.post_id = m.post_id
    and post.text_version = m.text_version

-- name: find_existing_taggings
create or replace temp table existing_taggings as
select tagging.* from kept.taggings as tagging semi join staged using (platform, id_time, post_id)

-- name: find_met
create or replace temp table met as
select distinct platform, id_time, post_id from staged

-- name: find_posts
create or replace temp table merged_posts as
select platform, id_time, post_id, text_version from kept.posts semi join staged using (platform, id_time, post_id)
