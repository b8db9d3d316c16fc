-- Authors under their pseudonyms: which two are one, which are gone, and the role they give themselves.

-- name: stage
create or replace temp table staged_identities as
select
    m.platform as platform, m.author as author, m.alias as alias, m.post_id as post_id, m.observed_at as observed_at,
    m.author_id as author_id, m.handle as handle, m.name as name, m.bio as bio, m.permalink as permalink,
    case when m.role is not null then {'rules': m.rules, 'observed_at': m.observed_at, 'value': m.role} end as role
from (
    select from_json(line, '{
        "platform":"varchar","author":"varchar","alias":"varchar","author_id":"varchar","handle":"varchar",
        "name":"varchar","bio":"varchar","role":"varchar","rules":"varchar",
        "post_id":"varchar","permalink":"varchar","observed_at":"timestamptz"
    }') as m
    from (select unnest($lines::varchar[]) as line)
)

-- name: find_gone_authors
create or replace temp table gone_authors as
with removed as (
    select platform, author from kept.removed_authors
    union
    select platform, author from staged_removals where author is not null
),
pair as (
    select platform, alias, author from kept.author_aliases
    union
    select platform, alias, author from staged_identities where alias is not null
),
named as (
    select platform, author from removed
    union
    select pair.platform, pair.author
    from pair semi join removed on pair.platform = removed.platform and pair.alias = removed.author
)
select platform, author from named
union
select pair.platform, pair.alias
from pair semi join named on pair.platform = named.platform and pair.author = named.author

-- name: any_gone
select exists (from kept.removed_authors) or exists (from staged_removals where author is not null)

-- name: none_gone
create or replace temp table gone_authors (platform varchar, author varchar)

-- name: find_existing_aliases
create or replace temp table existing_aliases as
select pair.platform, pair.alias, pair.author
from kept.author_aliases as pair
semi join (select platform, alias from staged_identities where alias is not null) using (platform, alias)

-- name: insert_aliases
insert into kept.author_aliases
select distinct platform, alias, author
from staged_identities anti join existing_aliases using (platform, alias, author)
where alias is not null

-- name: find_existing_authors
create or replace temp table existing_authors as
select kept_row.* from kept.authors as kept_row semi join staged_identities using (platform, author)

-- name: find_changed_authors
create or replace temp table changed_authors as
select platform, author, max(role) as role
from (
    select
        platform, author,
        {
            'rules': role.rules, 'observed_at': role.observed_at,
            'value': case when role.value = 'patient-or-caregiver' then 'other' else role.value end
        } as role
    from staged_identities where role is not null
    union all
    select platform, author, role from existing_authors
)
group by platform, author
except
select platform, author, role from existing_authors

-- name: delete_changed_authors
delete from kept.authors as kept_row using changed_authors as changed
where kept_row.platform = changed.platform and kept_row.author = changed.author

-- name: insert_authors
insert into kept.authors by name select * from changed_authors anti join gone_authors using (platform, author)
