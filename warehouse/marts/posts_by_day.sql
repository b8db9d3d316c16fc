-- One row per platform, language and day.
-- day: The day on which the posts were written, UTC.
-- platform: The platform.
-- language: As the platform states it; und where it does not.
-- posts: Posts, reposts included.
-- authors: Distinct authors.
-- original_posts: Posts that are no reposts.
-- awaiting_text: Posts of which only the id is known so far.
select
    created_at::date as day,
    platform,
    coalesce("language", 'und') as "language",
    count(*) as posts,
    count(distinct author) as authors,
    count(*) filter (where repost_of is null) as original_posts,
    count(*) filter (where "text" is null) as awaiting_text
from posts
where created_at is not null
group by all
