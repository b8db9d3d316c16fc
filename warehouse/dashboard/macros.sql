-- What every question of the dashboard may use; made anew for each connection.

-- name: chosen
-- The posts under the filters; no spellings: all hashtags.
create or replace temp macro chosen(spellings, since, until) as table
select *
from posts
where created_at >= since and created_at < until and (spellings is null or list_has_any(hashtags, spellings))

-- name: bucket
-- The day, week or month of a moment, in a zone.
create or replace temp macro bucket(unit, zone, moment) as date_trunc(unit, timezone(zone, moment))::date

-- name: interactions
-- What people did with a post, as far as the platform or the capture tells.
create or replace temp macro interactions(likes, reposts, replies, quotes) as
coalesce(likes, 0) + coalesce(reposts, 0) + coalesce(replies, 0) + coalesce(quotes, 0)

-- name: reach
-- Views where the platform tells them, else interactions.
create or replace temp macro reach(views, likes, reposts, replies, quotes) as
greatest(coalesce(views, 0), interactions(likes, reposts, replies, quotes))
