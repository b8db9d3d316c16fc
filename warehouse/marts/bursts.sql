-- One row per hashtag, link or pair of words that is suddenly frequent and in no post with a listed claim.
-- kind: hashtag, link or words.
-- phrase: The hashtag without '#', the link as the platform resolves it (else as written), or two neighbouring words.
-- posts: Posts with it in the 7 days up to the newest post. Reposts do not count.
-- unlisted_posts: Those of them that promote a false claim that is on no list yet, as the careful reader hears them.
-- authors: Distinct authors of those posts.
-- author_days: Authors with such posts, counted once a day each: one account that shouts is no burst.
-- past_author_days: The same in the 28 days before.
-- score: How many standard deviations more author_days than the past lets expect (Poisson, at least one expected).
-- first_post_at: When the first of those posts was written, UTC.
-- last_post_at: When the last of those posts was written, UTC.
-- examples: Up to 3 of those posts, of different texts; those with a false claim first.
--
-- At least 5 author_days by 3 authors, three times what the past lets expect; the 100 highest scores of each kind. Posts
-- with a listed claim and registered hashtags are left out: they are not new. Words of fewer than 3 letters make no
-- pair, and one of the two has at least 5.
with fresh as (
    select platform, id_time, post_id, author, created_at, "text", "links"
    from posts
    where "text" is not null and author is not null and created_at is not null
        and repost_of is null and not starts_with(upper("text"), 'RT @')
),
latest as (
    select max(least(created_at, last_seen_at)) as moment from posts where created_at is not null
),
claimed as (
    select
        platform, id_time, post_id, bool_or(not ends_with(claim_id, '-unlisted')) as is_listed,
        bool_or(ends_with(claim_id, '-unlisted') and kind = 'falsifiable' and stance = 'promotes') as is_unlisted
    from claim_mentions
    group by platform, id_time, post_id
),
near as (
    select
        fresh.*, fresh.created_at > latest.moment - interval 7 days as is_recent,
        coalesce(tagging.fingerprint, hash(fresh."text")) as fingerprint,
        coalesce(claimed.is_unlisted, false) as is_unlisted
    from fresh
    cross join latest
    left join taggings as tagging
        on tagging.platform = fresh.platform and tagging.id_time = fresh.id_time and tagging.post_id = fresh.post_id
        and tagging.is_current
    left join claimed
        on claimed.platform = fresh.platform and claimed.id_time = fresh.id_time and claimed.post_id = fresh.post_id
    where fresh.created_at > latest.moment - interval 35 days and not coalesce(claimed.is_listed, false)
),
tag as (
    select near.*, 'hashtag' as kind, mention.hashtag as phrase
    from near join hashtag_mentions as mention using (platform, id_time, post_id)
    where mention.registered is null
),
linked as (
    select near.*, 'link' as kind, unnest(list_distinct(list_transform(
        "links", lambda link: regexp_replace(coalesce(link.resolved, link.url), '^[a-z]+://(www\.)?|/?([?#].*)?$', '', 'g')
    ))) as phrase
    from near
),
worded as (
    select
        *,
        string_split_regex(
            lower(regexp_replace("text", 'https?://\S+|[@#]\w+|&\w+;', ' | ', 'g')), '[^\w''’|]+'
        ) as words
    from near
),
paired as (
    select worded.* exclude (words), 'words' as kind, unnest(list_distinct(list_transform(
        list_filter(
            range(1, len(words)),
            lambda place: least(length(words[place]), length(words[place + 1])) >= 3
                and greatest(length(words[place]), length(words[place + 1])) >= 5
        ),
        lambda place: words[place] || ' ' || words[place + 1]
    ))) as phrase
    from worded
),
said as (
    select kind, phrase, author, created_at, is_recent, is_unlisted, platform, post_id, "text", fingerprint from tag
    union all
    select kind, phrase, author, created_at, is_recent, is_unlisted, platform, post_id, "text", fingerprint from linked
    union all
    select kind, phrase, author, created_at, is_recent, is_unlisted, platform, post_id, "text", fingerprint from paired
),
recent as (
    select
        kind, phrase, count(*) as posts, count(*) filter (is_unlisted) as unlisted_posts,
        count(distinct author) as authors,
        count(distinct (author, created_at::date)) as author_days, min(created_at) as first_post_at, max(created_at) as last_post_at
    from said
    where is_recent
    group by kind, phrase
    having count(distinct (author, created_at::date)) >= 5 and count(distinct author) >= 3
),
past as (
    select said.kind, said.phrase, count(distinct (said.author, said.created_at::date)) as past_author_days
    from said semi join recent using (kind, phrase)
    where not said.is_recent
    group by said.kind, said.phrase
),
compared as (
    select
        recent.*, coalesce(past.past_author_days, 0) as past_author_days,
        greatest(coalesce(past.past_author_days, 0) / 4, 1) as expected
    from recent left join past using (kind, phrase)
),
burst as (
    select *, (author_days - expected) / sqrt(expected) as score
    from compared
    where author_days >= 3 * expected
    qualify row_number() over (partition by kind order by score desc, phrase) <= 100
),
distinct_text as (
    select
        said.kind, said.phrase, said.fingerprint, count(*) as copies, bool_or(said.is_unlisted) as is_unlisted,
        arg_min(
            {'platform': said.platform, 'post_id': said.post_id, 'text': said."text"},
            (said.created_at, said.platform, said.post_id)
        ) as example
    from said semi join burst using (kind, phrase)
    where said.is_recent
    group by said.kind, said.phrase, said.fingerprint
),
shown as (
    select kind, phrase, list(example order by is_unlisted desc, copies desc, example)[:3] as examples
    from distinct_text
    group by kind, phrase
)
select
    burst.kind, burst.phrase, burst.posts, burst.unlisted_posts, burst.authors, burst.author_days, burst.past_author_days, burst.score,
    burst.first_post_at, burst.last_post_at, shown.examples
from burst join shown using (kind, phrase)
