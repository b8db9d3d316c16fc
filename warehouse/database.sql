-- Opening, versions and positions.

-- name: create_versions
create schema if not exists kept;
create table if not exists kept.schema_versions (version integer not null, applied_at timestamptz not null)

-- name: newest_version
select coalesce(max(version), 0) from kept.schema_versions

-- name: note_version
insert into kept.schema_versions values ($version, $now)

-- name: settings
set timezone = 'UTC';
set preserve_insertion_order = false;
set temp_directory = {path}

-- name: macros
create or replace temp macro version_of(words) as substr(md5(words), 1, 16);
create or replace temp macro best_time(created, id_time) as case
    when created.exactness > 1 then created.value
    when id_time > '1970-01-01'::timestamptz
        and (created is null or abs(epoch(created.value) - epoch(id_time)) < 172800) then id_time
    else created.value
end

-- name: attach
attach {path} as {catalog} (storage_version 'v1.4.0')

-- name: detach
use memory;
detach {catalog}

-- name: use
use {catalog}

-- name: streams
select distinct cluster_id, topic_id from kept.stream_positions where topic = $topic

-- name: positions
select partition, next_offset from kept.stream_positions where topic = $topic

-- name: hashtags_now
select tag, kind, name, aliases, ontology_id, starts, ends, time_zone, society, source from hashtags order by tag

-- name: clear_hashtags
delete from hashtags

-- name: insert_hashtag
insert into hashtags
values ($tag, $kind, $name, $aliases, $ontology_id, $starts, $ends, $time_zone, $society, $source)

-- name: stale_marts
update kept.house set marts_stale = true, loads = loads + 1

-- name: loads
select loads, published_loads, marts_stale from kept.house
