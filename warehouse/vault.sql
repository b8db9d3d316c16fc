-- Opening the vault, which is noted in it.

-- name: opened
insert into vault.openings values ($now, $opened_by, $reason)

-- name: identity
select
    platform, author, author_id.value, handle.value, name.value, bio.value, role.value
from vault.identities
where platform = $platform and (author = $author or author in (
    select aliases.author from vault.aliases as aliases where aliases.platform = $platform and alias = $author
))

-- name: permalink
select permalink.value from vault.permalinks where platform = $platform and post_id = $post_id
