-- Publishing: what must be settled before a snapshot is cut, and the version it gets.

-- name: find_gone_authors
create or replace temp table gone_authors as
with named as (
    select platform, author from kept.removed_authors
    union
    select pair.platform, pair.author
    from kept.author_aliases as pair semi join kept.removed_authors as removed
        on pair.platform = removed.platform and pair.alias = removed.author
)
select platform, author from named
union
select pair.platform, pair.alias
from kept.author_aliases as pair semi join named
    on pair.platform = named.platform and pair.author = named.author

-- name: find_gone_posts
create or replace temp table gone_posts as
select distinct post.platform, post.id_time, post.post_id, post.created_at
from (
    select platform, id_time, post_id, created_at, unnest(authors) as author from kept.posts
) as post semi join gone_authors using (platform, author)

-- name: keep_gone_posts
insert into kept.removed_posts
select platform, id_time, post_id, null
from gone_posts anti join kept.removed_posts using (platform, id_time, post_id)

-- name: note_days_of_gone_posts
insert into kept.touched_days
select distinct created_at::date from gone_posts where created_at is not null

-- name: delete_gone_posts
delete from kept.posts as post using gone_posts as gone
where post.platform = gone.platform and post.id_time = gone.id_time and post.post_id = gone.post_id

-- name: delete_gone_taggings
delete from kept.taggings as tagging using gone_posts as gone
where tagging.platform = gone.platform and tagging.id_time = gone.id_time and tagging.post_id = gone.post_id

-- name: delete_gone_counts
delete from post_counts as counted using gone_posts as gone
where counted.platform = gone.platform and counted.id_time = gone.id_time and counted.post_id = gone.post_id

-- name: delete_gone_authors
delete from kept.authors as kept_row using gone_authors as gone
where kept_row.platform = gone.platform and kept_row.author = gone.author

-- name: find_rewritten
create or replace temp table rewritten as
select
    post.platform, post.id_time, post.post_id, post.created_at,
    coalesce(known_alias.author, post.author.value) as writer
from kept.posts as post
left join kept.known_aliases as known_alias
    on post.platform = known_alias.platform and post.author.value = known_alias.alias
where post.author is not null and post.writer is distinct from coalesce(known_alias.author, post.author.value)

-- name: note_days_of_rewritten
insert into kept.touched_days
select distinct created_at::date from rewritten where created_at is not null

-- name: rewrite
update kept.posts as post set writer = rewritten.writer
from rewritten
where post.platform = rewritten.platform and post.id_time = rewritten.id_time and post.post_id = rewritten.post_id

-- name: forget_old_markers
delete from kept.markers where observed_at < $before

-- name: next_version
select coalesce(max(version), 0) + 1 from kept.publications

-- name: note_publication
insert into kept.publications values ($version, $now)

-- name: checkpoint_warehouse
checkpoint warehouse

-- name: checkpoint_vault
checkpoint vault

-- name: published
update kept.house set published_loads = $loads

-- name: last_published
select max(published_at) from kept.publications
