-- One row per topic and day.
-- day: The day on which the posts were written, UTC.
-- topic_id: Ontology id.
-- label: The topic's name.
-- kind: disease, symptom, treatment or procedure.
-- posts: Posts that name the topic, reposts included.
-- authors: Distinct authors of those posts.
with mention as (
    select platform, id_time, post_id, topic_id, max("label") as "label", max(kind) as kind
    from topic_mentions
    group by platform, id_time, post_id, topic_id
)
select
    post.created_at::date as day,
    mention.topic_id,
    max(mention."label") as "label",
    max(mention.kind) as kind,
    count(*) as posts,
    count(distinct post.author) as authors
from mention
join posts as post using (platform, id_time, post_id)
where post.created_at is not null
group by post.created_at::date, mention.topic_id
