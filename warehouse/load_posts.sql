-- Posts, their counts and their removal. Each stored field is the greatest of all that was observed of it.

-- name: stage
create or replace temp table staged as
with message as (
    select from_json(line, '{
        "id_ms":"bigint","observed_at":"timestamptz","first_import":"varchar","rules":"varchar","model":"varchar",
        "found":[{"source":"varchar","method":"varchar","query":"varchar"}],
        "post":{
            "platform":"varchar","post_id":"varchar","created_at":"timestamptz","text":"varchar",
            "language":"varchar","author":"varchar",
            "links":[{"url":"varchar","resolved":"varchar","title":"varchar","description":"varchar"}],
            "media_alts":["varchar"],"hashtags":["varchar"],"mentions":["varchar"],
            "in_reply_to":"varchar","root":"varchar","quote_of":"varchar","repost_of":"varchar",
            "counts":{"likes":"bigint","reposts":"bigint","replies":"bigint","quotes":"bigint","views":"bigint"},
            "edited_at":"timestamptz"},
        "said":{
            "fields_read":"utinyint","observed_at":"timestamptz",
            "signal":"boolean","score":"double","language":"varchar","subject":"varchar","credibility":"double",
            "danger":"boolean","candidate":"boolean","fingerprint":"ubigint",
            "topics":[{"topic_id":"varchar","label":"varchar","kind":"varchar",
                "span":{"start":"integer","end":"integer","text":"varchar","field":"varchar"}}],
            "claims":[{"claim_id":"varchar","family":"varchar","kind":"varchar","stance":"varchar","score":"double",
                "evidence":[{"start":"integer","end":"integer","text":"varchar","field":"varchar"}],
                "cues":[{"start":"integer","end":"integer","text":"varchar","field":"varchar"}]}]}
    }') as m
    from (select unnest($lines::varchar[]) as line)
),
timed as (
    select
        m,
        make_timestamptz(m.id_ms * 1000) as id_time,
        case when m.post."text" is not null
            then coalesce(m.post.edited_at, '-infinity'::timestamptz) else '-infinity'::timestamptz end as edited_at
    from message
)
select
    m.post.platform as platform, id_time, m.post.post_id as post_id,
    case when m.post.created_at is not null then {
        'agrees': m.id_ms > 0 and abs(epoch_ms(m.post.created_at) - m.id_ms) < 2000,
        'exactness': case
            when epoch_us(m.post.created_at) % 1000000 <> 0 then 3
            when epoch_us(m.post.created_at) % 86400000000 <> 0 then 2
            else 1 end::utinyint,
        'observed_at': m.observed_at, 'value': m.post.created_at
    } end as created,
    case when m.post."text" is not null then {
        'edited_at': edited_at, 'observed_at': m.observed_at, 'value': m.post."text"
    } end as "text",
    case when m.post.language is not null then {'observed_at': m.observed_at, 'value': m.post.language} end as language,
    case when m.post.author is not null then {'observed_at': m.observed_at, 'value': m.post.author} end as author,
    case when m.post.in_reply_to is not null then {'observed_at': m.observed_at, 'value': m.post.in_reply_to} end as in_reply_to,
    case when m.post.root is not null then {'observed_at': m.observed_at, 'value': m.post.root} end as root,
    case when m.post.quote_of is not null then {'observed_at': m.observed_at, 'value': m.post.quote_of} end as quote_of,
    case when m.post.repost_of is not null then {'observed_at': m.observed_at, 'value': m.post.repost_of} end as repost_of,
    case when m.post."text" is not null or len(m.post.links) > 0 then {
        'edited_at': edited_at, 'stated': coalesce(len(m.post.links) > 0, false),
        'observed_at': m.observed_at, 'value': coalesce(m.post.links, [])
    } end as links,
    case when m.post."text" is not null or len(m.post.media_alts) > 0 then {
        'edited_at': edited_at, 'stated': coalesce(len(m.post.media_alts) > 0, false),
        'observed_at': m.observed_at, 'value': coalesce(m.post.media_alts, [])
    } end as media_alts,
    case when m.post."text" is not null or len(m.post.hashtags) > 0 then {
        'edited_at': edited_at, 'stated': coalesce(len(m.post.hashtags) > 0, false),
        'observed_at': m.observed_at, 'value': coalesce(m.post.hashtags, [])
    } end as hashtags,
    case when m.post."text" is not null or len(m.post.mentions) > 0 then {
        'edited_at': edited_at, 'stated': coalesce(len(m.post.mentions) > 0, false),
        'observed_at': m.observed_at, 'value': coalesce(m.post.mentions, [])
    } end as mentions,
    case when m.post.counts.likes is not null then {'observed_at': m.observed_at, 'value': m.post.counts.likes} end as likes,
    case when m.post.counts.reposts is not null then {'observed_at': m.observed_at, 'value': m.post.counts.reposts} end as reposts,
    case when m.post.counts.replies is not null then {'observed_at': m.observed_at, 'value': m.post.counts.replies} end as replies,
    case when m.post.counts.quotes is not null then {'observed_at': m.observed_at, 'value': m.post.counts.quotes} end as quotes,
    case when m.post.counts.views is not null then {'observed_at': m.observed_at, 'value': m.post.counts.views} end as views,
    m.found as found_by,
    case when m.post.author is null then [] else [m.post.author] end as authors,
    m.observed_at as first_seen_at, m.observed_at as last_seen_at, m.first_import as first_import,
    best_time(created, id_time) as created_at, m.post.author as writer, version_of(m.post."text") as text_version,
    m.rules as rules, m.model as model, m.said as said
from timed

-- name: stage_removals
create or replace temp table staged_removals as
select
    m.platform as platform, make_timestamptz(m.id_ms * 1000) as id_time, m.post_id as post_id, m.author as author,
    {'observed_at': m.observed_at, 'reason': m.reason} as removed
from (
    select from_json(line, '{
        "platform":"varchar","id_ms":"bigint","post_id":"varchar","author":"varchar",
        "observed_at":"timestamptz","reason":"varchar"
    }') as m
    from (select unnest($lines::varchar[]) as line)
)

-- name: keep_removed_authors
insert into kept.removed_authors
select platform, author, min(removed) from staged_removals
where author is not null and (platform, author) not in (select (platform, author) from kept.removed_authors)
group by platform, author

-- name: date_removed_authors
update kept.removed_authors as kept_row set removed = least(kept_row.removed, staged_row.removed)
from (
    select platform, author, min(removed) as removed from staged_removals where author is not null group by all
) as staged_row
where kept_row.platform = staged_row.platform and kept_row.author = staged_row.author
    and staged_row.removed < kept_row.removed

-- name: find_removed_keys
create or replace temp table removed_keys as
select platform, id_time, post_id from staged_removals where post_id is not null
union
select staged.platform, staged.id_time, staged.post_id
from staged semi join gone_authors
    on staged.platform = gone_authors.platform and list_contains(staged.authors, gone_authors.author)

-- name: keep_removed_posts
insert into kept.removed_posts
select platform, id_time, post_id, null
from removed_keys anti join kept.removed_posts using (platform, id_time, post_id)

-- name: date_removed_posts
update kept.removed_posts as kept_row
set removed = least(kept_row.removed, staged_row.removed)
from (
    select platform, id_time, post_id, min(removed) as removed from staged_removals
    where post_id is not null group by all
) as staged_row
where kept_row.platform = staged_row.platform and kept_row.id_time = staged_row.id_time
    and kept_row.post_id = staged_row.post_id
    and (kept_row.removed is null or staged_row.removed < kept_row.removed)

-- name: drop_removed_from_batch
delete from staged using kept.removed_posts as removed
where staged.platform = removed.platform and staged.id_time = removed.id_time and staged.post_id = removed.post_id

-- name: note_days_of_removed_posts
insert into kept.touched_days
select distinct post.created_at::date
from kept.posts as post semi join removed_keys using (platform, id_time, post_id)
where post.created_at is not null

-- name: delete_removed_posts
delete from kept.posts as post using removed_keys as removed
where post.platform = removed.platform and post.id_time = removed.id_time and post.post_id = removed.post_id

-- name: delete_removed_taggings
delete from kept.taggings as tagging using removed_keys as removed
where tagging.platform = removed.platform and tagging.id_time = removed.id_time
    and tagging.post_id = removed.post_id

-- name: delete_removed_counts
delete from post_counts as counted using removed_keys as removed
where counted.platform = removed.platform and counted.id_time = removed.id_time
    and counted.post_id = removed.post_id

-- name: find_keys
create or replace temp table batch_keys as
select distinct platform, id_time, post_id from staged

-- name: find_existing_posts
create or replace temp table existing_posts as
select post.* from kept.posts as post semi join batch_keys using (platform, id_time, post_id)

-- name: find_existing_taggings
create or replace temp table existing_taggings as
select tagging.* from kept.taggings as tagging semi join batch_keys using (platform, id_time, post_id)

-- name: drop_repeats
-- What says nothing new: most of an archive that is imported again.
delete from staged where rowid in (
    select staged.rowid
    from staged
    join existing_posts as post using (platform, id_time, post_id)
    left join existing_taggings as tagging
        on tagging.platform = staged.platform and tagging.id_time = staged.id_time
        and tagging.post_id = staged.post_id and tagging.text_version = staged.text_version
        and tagging.rules = staged.rules and tagging.model = staged.model
    where coalesce(staged.created <= post.created, staged.created is null)
        and coalesce(staged."text" <= post."text", staged."text" is null)
        and coalesce(staged."language" <= post."language", staged."language" is null)
        and coalesce(staged.author <= post.author, staged.author is null)
        and coalesce(staged.in_reply_to <= post.in_reply_to, staged.in_reply_to is null)
        and coalesce(staged.root <= post.root, staged.root is null)
        and coalesce(staged.quote_of <= post.quote_of, staged.quote_of is null)
        and coalesce(staged.repost_of <= post.repost_of, staged.repost_of is null)
        and coalesce(staged.links <= post.links, staged.links is null)
        and coalesce(staged.media_alts <= post.media_alts, staged.media_alts is null)
        and coalesce(staged.hashtags <= post.hashtags, staged.hashtags is null)
        and coalesce(staged.mentions <= post.mentions, staged.mentions is null)
        and coalesce(staged.likes = post.likes, staged.likes is null)
        and coalesce(staged.reposts = post.reposts, staged.reposts is null)
        and coalesce(staged.replies = post.replies, staged.replies is null)
        and coalesce(staged.quotes = post.quotes, staged.quotes is null)
        and coalesce(staged.views = post.views, staged.views is null)
        and list_has_all(post.found_by, staged.found_by)
        and list_has_all(post.authors, staged.authors)
        and post.first_seen_at <= staged.first_seen_at
        and post.last_seen_at >= staged.last_seen_at
        and coalesce(post.first_import <= staged.first_import, staged.first_import is null)
        and coalesce(staged.said <= tagging.said, staged.said is null)
)

-- name: find_met
create or replace temp table met as
select platform, id_time, post_id from existing_posts semi join staged using (platform, id_time, post_id)
union
select platform, id_time, post_id from existing_taggings semi join staged using (platform, id_time, post_id)
union
select platform, id_time, post_id from staged group by platform, id_time, post_id having count(*) > 1

-- name: any_met
select exists (from met)

-- name: nothing_merged
create or replace temp table changed_posts as
select * exclude (writer) from kept.posts limit 0

-- name: merge_posts
create or replace temp table merged_posts as
with observation as (
    select
        platform, id_time, post_id,
        created, "text", "language", author, in_reply_to, root, quote_of, repost_of, links, media_alts, hashtags,
    mentions, likes, reposts, replies, quotes, views,
        found_by, authors, first_seen_at, last_seen_at, first_import
    from staged semi join met using (platform, id_time, post_id)
    union all
    select
        platform, id_time, post_id,
        created, "text", "language", author, in_reply_to, root, quote_of, repost_of, links, media_alts, hashtags,
    mentions, likes, reposts, replies, quotes, views,
        found_by, authors, first_seen_at, last_seen_at, first_import
    from existing_posts semi join met using (platform, id_time, post_id)
)
select
    platform, id_time, post_id,
    max(created) as created,
    max("text") as "text",
    max("language") as "language",
    max(author) as author,
    max(in_reply_to) as in_reply_to,
    max(root) as root,
    max(quote_of) as quote_of,
    max(repost_of) as repost_of,
    max(links) as links,
    max(media_alts) as media_alts,
    max(hashtags) as hashtags,
    max(mentions) as mentions,
    max(likes) as likes,
    max(reposts) as reposts,
    max(replies) as replies,
    max(quotes) as quotes,
    max(views) as views,
    list_sort(list_distinct(flatten(list(found_by)))) as found_by,
    list_sort(list_distinct(flatten(list(authors)))) as authors,
    min(first_seen_at) as first_seen_at, max(last_seen_at) as last_seen_at, min(first_import) as first_import,
    best_time(max(created), id_time) as created_at, max(author).value as writer,
    version_of(max("text").value) as text_version
from observation
group by platform, id_time, post_id

-- name: find_changed_posts
create or replace temp table changed_posts as
select * exclude (writer) from merged_posts
except
select * exclude (writer) from existing_posts

-- name: delete_changed_posts
delete from kept.posts as post using changed_posts as changed
where post.platform = changed.platform and post.id_time = changed.id_time and post.post_id = changed.post_id

-- name: insert_posts
insert into kept.posts by name
select * exclude (rules, model, said) from staged anti join met using (platform, id_time, post_id)
union all by name
select *, author.value as writer from changed_posts

-- name: note_days
insert into kept.touched_days
select distinct created_at::date
from (
    select created_at from staged anti join met using (platform, id_time, post_id)
    union all select created_at from changed_posts
    union all
    select existing_posts.created_at from existing_posts semi join changed_posts using (platform, id_time, post_id)
)
where created_at is not null

-- name: stage_counts
create or replace temp table staged_counts as
select
    platform, id_time, post_id, last_seen_at as observed_at,
    max(likes.value) as likes, max(reposts.value) as reposts, max(replies.value) as replies,
    max(quotes.value) as quotes, max(views.value) as views
from staged
where coalesce(likes, reposts, replies, quotes, views) is not null
group by platform, id_time, post_id, last_seen_at

-- name: find_existing_counts
create or replace temp table existing_counts as
select counted.* from post_counts as counted
semi join staged_counts using (platform, id_time, post_id, observed_at)

-- name: find_changed_counts
create or replace temp table changed_counts as
select
    platform, id_time, post_id, observed_at,
    max(likes) as likes, max(reposts) as reposts, max(replies) as replies, max(quotes) as quotes, max(views) as views
from (select * from staged_counts union all by name select * from existing_counts)
group by platform, id_time, post_id, observed_at
except
select platform, id_time, post_id, observed_at, likes, reposts, replies, quotes, views from existing_counts

-- name: delete_changed_counts
delete from post_counts as counted using changed_counts as changed
where counted.platform = changed.platform and counted.id_time = changed.id_time
    and counted.post_id = changed.post_id and counted.observed_at = changed.observed_at

-- name: insert_counts
insert into post_counts by name select * from changed_counts

-- name: count_new
select (select count(*) from batch_keys) - (select count(*) from existing_posts)
