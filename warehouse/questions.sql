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
