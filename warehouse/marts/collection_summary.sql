-- One row per source and method by which posts were collected.
-- source: The source.
-- method: search, stream, import or simulated.
-- posts: Posts found by it.
-- newest_post_at: When the newest of them was written, UTC.
-- newest_seen_at: When one of them was last observed, UTC.
-- windows: Stretches of time in which it was listened to.
-- last_listened_at: When the last of those ended, UTC.
-- gaps: Capture gaps of the source.
-- spent_usd: Money spent on the source, by its listeners' own count.
with found as (
    select created_at, last_seen_at, unnest(found_by) as found from posts
),
collected as (
    select
        found.source as source, found.method as method, count(*) as posts, max(created_at) as newest_post_at,
        max(last_seen_at) as newest_seen_at
    from found
    group by all
),
listened as (
    select source, method, count(*) as windows, max(ended_at) as last_listened_at
    from collection_windows
    group by all
),
gap as (
    select source, count(*) as gaps from capture_gaps group by all
),
spent as (
    select source, sum(said.spent_usd) as spent_usd from kept.cursors group by all
)
select
    coalesce(collected.source, listened.source) as source,
    coalesce(collected.method, listened.method) as method,
    coalesce(collected.posts, 0) as posts,
    collected.newest_post_at,
    collected.newest_seen_at,
    coalesce(listened.windows, 0) as windows,
    listened.last_listened_at,
    coalesce(gap.gaps, 0) as gaps,
    coalesce(spent.spent_usd, 0) as spent_usd
from collected
full join listened on collected.source = listened.source and collected.method = listened.method
left join gap on gap.source = coalesce(collected.source, listened.source)
left join spent on spent.source = coalesce(collected.source, listened.source)
