-- One row per registered hashtag and topic.
-- hashtag: The registered hashtag; its aliases are counted under it.
-- topic_id: Ontology id.
-- label: The topic's name.
-- kind: disease, symptom, treatment or procedure.
-- posts: Posts that carry the hashtag and name the topic, reposts included.
with carried as (
    select distinct platform, id_time, post_id, registered as hashtag
    from hashtag_mentions
    where registered is not null
),
mention as (
    select platform, id_time, post_id, topic_id, max("label") as "label", max(kind) as kind
    from topic_mentions
    group by platform, id_time, post_id, topic_id
)
select
    carried.hashtag,
    mention.topic_id,
    max(mention."label") as "label",
    max(mention.kind) as kind,
    count(*) as posts
from carried
join mention using (platform, id_time, post_id)
group by carried.hashtag, mention.topic_id
