-- How things stand, from a snapshot.

-- name: summary
select
    (select count(*) from kept.posts),
    (select count(*) from kept.taggings where is_current),
    (select max(created_at) from kept.posts),
    (select max(last_seen_at) from kept.posts),
    (select count(*) from kept.dead_letters where replayed_at is null),
    (select count(*) from kept.gaps),
    (select max(version) from kept.publications),
    (select max(published_at) from kept.publications)

-- name: cursors
select source, query, said.position, said.spent_usd, said.observed_at from kept.cursors order by source, query
