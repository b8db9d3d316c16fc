-- One row per author with a post in the warehouse.
-- platform: The platform.
-- author: Pseudonym: 16 hex digits after a u, or the handle of a public organisation.
-- role: What the bio says of itself, by the tagger; null if nobody read a bio. Patients and caregivers stand as other.
-- posts: Posts in the warehouse, reposts included.
-- first_post_at: When the first of them was written, UTC.
-- last_post_at: When the last of them was written, UTC.
-- first_seen_at: When a post of theirs was first observed, UTC.
-- last_seen_at: When a post of theirs was last observed, UTC.
select
    post.platform,
    post.author,
    any_value(author_roles.role) as role,
    count(*) as posts,
    min(post.created_at) as first_post_at,
    max(post.created_at) as last_post_at,
    min(post.first_seen_at) as first_seen_at,
    max(post.last_seen_at) as last_seen_at
from posts as post
left join kept.author_roles as author_roles using (platform, author)
where post.author is not null
group by post.platform, post.author
