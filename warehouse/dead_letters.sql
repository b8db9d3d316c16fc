-- Dead letters: listing them from a snapshot, their bytes from the vault.

-- name: letters
select source, place, sha256, reason, size, observed_at, import_id, replayed_at
from dead_letters
where $replayed or replayed_at is null
order by observed_at desc, source, place
limit $most

-- name: raw
select raw, spooled from vault.dead_letter_bytes where source = $source and place = $place and sha256 = $sha256

-- name: replayed
update kept.dead_letters set replayed_at = $now where source = $source and place = $place and sha256 = $sha256

-- name: with_bytes
select source, place, sha256, raw from vault.dead_letter_bytes where raw is not null

-- name: erase
delete from vault.dead_letter_bytes where source = $source and place = $place and sha256 = $sha256
