-- Everything but posts: dead letters, gaps, windows, imports, cursors, markers, verdicts, and how far the stream was read.

-- name: dead_letters
merge into kept.dead_letters as kept_row
using (
    select
        m.source as source, m.place as place, m.sha256 as sha256, max(m.size) as size,
        min({'observed_at': m.observed_at, 'reason': m.reason, 'import_id': m.import_id}) as said
    from (
        select from_json(line, '{
            "source":"varchar","place":"varchar","reason":"varchar","sha256":"varchar","size":"bigint",
            "observed_at":"timestamptz","import_id":"varchar"
        }') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.source = staged_row.source and kept_row.place = staged_row.place and kept_row.sha256 = staged_row.sha256
when matched then update set said = least(kept_row.said, staged_row.said)
when not matched then insert (source, place, sha256, size, said)
    values (staged_row.source, staged_row.place, staged_row.sha256, staged_row.size, staged_row.said)

-- name: gaps
merge into kept.gaps as kept_row
using (
    select
        m.source as source, m.query as query, m.started_at as started_at, m.ended_at as ended_at,
        m.reason as reason, min(m.observed_at) as observed_at
    from (
        select from_json(line, '{
            "source":"varchar","query":"varchar","started_at":"timestamptz","ended_at":"timestamptz",
            "reason":"varchar","observed_at":"timestamptz"
        }') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.source = staged_row.source and kept_row.query is not distinct from staged_row.query
    and kept_row.started_at = staged_row.started_at and kept_row.ended_at = staged_row.ended_at
    and kept_row.reason = staged_row.reason
when matched then update set observed_at = least(kept_row.observed_at, staged_row.observed_at)
when not matched then insert by name

-- name: windows
merge into kept.windows as kept_row
using (
    select
        m.source as source, m.query as query, m.method as method, m.started_at as started_at,
        max({'ended_at': m.ended_at, 'observed_at': m.observed_at, 'hashtags': coalesce(m.hashtags, [])}) as said
    from (
        select from_json(line, '{
            "source":"varchar","query":"varchar","method":"varchar","started_at":"timestamptz",
            "ended_at":"timestamptz","observed_at":"timestamptz","hashtags":["varchar"]
        }') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.source = staged_row.source and kept_row.query = staged_row.query
    and kept_row.method = staged_row.method and kept_row.started_at = staged_row.started_at
when matched then update set said = greatest(kept_row.said, staged_row.said)
when not matched then insert by name

-- name: imports
merge into kept.imports as kept_row
using (
    select
        m.import_id as import_id,
        max({
            'observed_at': m.observed_at, 'path': m.path, 'rows': m.rows, 'posts': m.posts,
            'repeated': m.repeated, 'rejected': m.rejected, 'started_at': m.started_at
        }) as said
    from (
        select from_json(line, '{
            "import_id":"varchar","path":"varchar","rows":"bigint","posts":"bigint","repeated":"bigint",
            "rejected":"bigint","started_at":"timestamptz","observed_at":"timestamptz"
        }') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.import_id = staged_row.import_id
when matched then update set said = greatest(kept_row.said, staged_row.said)
when not matched then insert by name

-- name: cursors
merge into kept.cursors as kept_row
using (
    select
        m.source as source, m.query as query,
        max({'observed_at': m.observed_at, 'position': m.position, 'spent_usd': coalesce(m.spent_usd, 0)}) as said
    from (
        select from_json(line, '{
            "source":"varchar","query":"varchar","position":"varchar","observed_at":"timestamptz",
            "spent_usd":"double"
        }') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.source = staged_row.source and kept_row.query = staged_row.query
when matched then update set said = greatest(kept_row.said, staged_row.said)
when not matched then insert by name

-- name: markers
merge into kept.markers as kept_row
using (
    select m.marker_id as marker_id, m.partition as partition, min(m.observed_at) as observed_at
    from (
        select from_json(line, '{"marker_id":"varchar","partition":"integer","observed_at":"timestamptz"}') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.marker_id = staged_row.marker_id and kept_row.partition = staged_row.partition
when matched then update set observed_at = least(kept_row.observed_at, staged_row.observed_at)
when not matched then insert by name

-- name: verdicts
merge into kept.verdicts as kept_row
using (
    select
        m.platform as platform, make_timestamptz(m.id_ms * 1000) as id_time, m.post_id as post_id,
        m.claim_id as claim_id, m.reviewer as reviewer,
        max({
            'observed_at': m.observed_at, 'stance': m.stance, 'queue': m.queue,
            'text_version': coalesce(m.text_version, ''), 'note': coalesce(m.note, '')
        }) as said
    from (
        select from_json(line, '{
            "platform":"varchar","id_ms":"bigint","post_id":"varchar","claim_id":"varchar","reviewer":"varchar",
            "observed_at":"timestamptz","stance":"varchar","queue":"varchar","text_version":"varchar","note":"varchar"
        }') as m
        from (select unnest($lines::varchar[]) as line)
    )
    group by all
) as staged_row
on kept_row.platform = staged_row.platform and kept_row.id_time = staged_row.id_time
    and kept_row.post_id = staged_row.post_id and kept_row.claim_id = staged_row.claim_id
    and kept_row.reviewer = staged_row.reviewer
when matched then update set said = greatest(kept_row.said, staged_row.said)
when not matched then insert by name

-- name: delete_removed_verdicts
delete from kept.verdicts as verdict using kept.removed_posts as removed
where verdict.platform = removed.platform and verdict.id_time = removed.id_time and verdict.post_id = removed.post_id

-- name: positions
merge into kept.stream_positions as kept_row
using (
    select
        $topic as topic, $cluster_id as cluster_id, $topic_id as topic_id,
        unnest(map_keys($positions::map(integer, bigint))) as partition,
        unnest(map_values($positions::map(integer, bigint))) as next_offset
) as staged_row
on kept_row.topic = staged_row.topic and kept_row.partition = staged_row.partition
when matched then update set next_offset = staged_row.next_offset
when not matched then insert by name

-- name: count_load
update kept.house set loads = loads + 1

-- name: insert_gap
insert into kept.gaps values ($source, null, $started_at, $ended_at, $reason, $observed_at)
