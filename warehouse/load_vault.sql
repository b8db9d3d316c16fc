-- The vault: who stands behind a pseudonym, permalinks, the bytes of dead letters. Idempotent, written first.

-- name: find_existing
create or replace temp table existing_identities as
select kept_row.* from vault.identities as kept_row semi join staged_identities using (platform, author)

-- name: find_changed
create or replace temp table changed_identities as
with identity as (
    select
        platform, author,
        case when author_id is not null then {'observed_at': observed_at, 'value': author_id} end as author_id,
        case when handle is not null then {'observed_at': observed_at, 'value': handle} end as handle,
        case when name is not null then {'observed_at': observed_at, 'value': name} end as name,
        case when bio is not null then {'observed_at': observed_at, 'value': bio} end as bio,
        role
    from staged_identities
    anti join gone_authors using (platform, author)
    union all
    select platform, author, author_id, handle, name, bio, role from existing_identities
)
select
    platform, author, max(author_id) as author_id, max(handle) as handle, max(name) as name, max(bio) as bio,
    max(role) as role
from identity
group by platform, author
except
select platform, author, author_id, handle, name, bio, role from existing_identities

-- name: delete_changed
delete from vault.identities as kept_row using changed_identities as changed
where kept_row.platform = changed.platform and kept_row.author = changed.author

-- name: insert_changed
insert into vault.identities by name select * from changed_identities

-- name: find_existing_aliases
create or replace temp table existing_aliases as
select pair.platform, pair.alias, pair.author
from vault.aliases as pair
semi join (select platform, alias from staged_identities where alias is not null) using (platform, alias)

-- name: insert_aliases
insert into vault.aliases
select distinct platform, alias, author
from staged_identities anti join existing_aliases using (platform, alias, author)
where alias is not null

-- name: permalinks
merge into vault.permalinks as kept_row
using (
    select
        platform, post_id, max(author) as author, max({'observed_at': observed_at, 'value': permalink}) as permalink
    from staged_identities
    anti join gone_authors using (platform, author)
    where permalink is not null
        and (platform, post_id) not in (select (platform, post_id) from kept.removed_posts)
        and (platform, post_id) not in (
            select (platform, post_id) from staged_removals where post_id is not null
        )
    group by platform, post_id
) as staged_row
on kept_row.platform = staged_row.platform and kept_row.post_id = staged_row.post_id
when matched and staged_row.permalink > kept_row.permalink then update set permalink = staged_row.permalink
when not matched then insert by name

-- name: delete_gone_identities
delete from vault.identities as kept_row using gone_authors as gone
where kept_row.platform = gone.platform and kept_row.author = gone.author

-- name: delete_gone_permalinks
delete from vault.permalinks as kept_row using gone_authors as gone
where kept_row.platform = gone.platform and kept_row.author = gone.author

-- name: delete_removed_permalinks
delete from vault.permalinks as kept_row using staged_removals as removed
where kept_row.platform = removed.platform and kept_row.post_id = removed.post_id

-- name: dead_letter_bytes
insert into vault.dead_letter_bytes
select distinct m.source, m.place, m.sha256, from_base64(m.raw), m.spooled
from (
    select from_json(line, '{
        "source":"varchar","place":"varchar","sha256":"varchar","raw":"varchar","spooled":"varchar"
    }') as m
    from (select unnest($lines::varchar[]) as line)
)
where (m.source, m.place, m.sha256) not in (select (source, place, sha256) from vault.dead_letter_bytes)
