-- What the commands ask of a snapshot.

-- name: topics
select "label" as topic, count(distinct (platform, post_id)) as posts
from topic_mentions
group by topic
order by posts desc, topic
limit 8

-- name: claims
select claim_id as claim, promotes, debunks, questions, reports
from claims_by_stance
order by promotes desc, debunks desc, claim
limit 10

-- name: signals
select
    (select count(*) from signals),
    (select count(distinct (platform, post_id)) from unanswered_signals),
    (select count(*) from claims_by_stance where promotes > 0 and kind = 'falsifiable')

-- name: tables
with readable as (
    select table_name as "table", comment as "what it holds" from duckdb_tables()
    where schema_name = 'main' and not internal
    union all
    select view_name, comment from duckdb_views()
    where schema_name = 'main' and not internal
)
select * from readable order by 1

-- name: post
select
    posts.platform, posts.post_id, posts.created_at, posts.text, posts.language,
    list_transform(posts.links, lambda link: coalesce(link.resolved, link.url)) as urls,
    list_transform(posts.links, lambda link: link.title) as link_titles,
    list_transform(posts.links, lambda link: link.description) as link_descriptions,
    posts.media_alts, taggings.signal, taggings.score, taggings.rules, taggings.model
from posts
left join taggings on
    taggings.platform = posts.platform
    and taggings.id_time = posts.id_time
    and taggings.post_id = posts.post_id
    and taggings.is_current
where posts.platform = $1 and posts.post_id = $2

-- name: posts_that_hold
select
    posts.platform, posts.post_id, coalesce(posts.created_at, posts.id_time) as created_at,
    posts.text, posts.language
from posts
left join taggings on
    taggings.platform = posts.platform
    and taggings.id_time = posts.id_time
    and taggings.post_id = posts.post_id
    and taggings.is_current
where posts.text ilike $1
qualify row_number() over (
    partition by coalesce(taggings.fingerprint::varchar, posts.text)
    order by posts.created_at, posts.post_id
) = 1
order by posts.created_at desc, posts.post_id
