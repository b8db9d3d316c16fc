-- The first schema. `kept` holds what the loader writes; `main` holds what analysts read.
-- In `kept.posts` each field carries the moment it was known by, so that the greatest of two is the one to keep
-- (struct comparison goes field by field): no order of arrival can change the outcome.

create schema kept;

create table kept.house (
    loads bigint not null,
    published_loads bigint not null,
    marts_stale boolean not null
);
insert into kept.house values (0, -1, true);

create table kept.posts (
    platform varchar not null,
    id_time timestamptz not null,
    post_id varchar not null,
    created struct(agrees boolean, exactness utinyint, observed_at timestamptz, value timestamptz),
    text struct(edited_at timestamptz, observed_at timestamptz, value varchar),
    language struct(observed_at timestamptz, value varchar),
    author struct(observed_at timestamptz, value varchar),
    in_reply_to struct(observed_at timestamptz, value varchar),
    root struct(observed_at timestamptz, value varchar),
    quote_of struct(observed_at timestamptz, value varchar),
    repost_of struct(observed_at timestamptz, value varchar),
    links struct(
        edited_at timestamptz, stated boolean, observed_at timestamptz,
        value struct(url varchar, resolved varchar, title varchar, description varchar)[]
    ),
    media_alts struct(edited_at timestamptz, stated boolean, observed_at timestamptz, value varchar[]),
    hashtags struct(edited_at timestamptz, stated boolean, observed_at timestamptz, value varchar[]),
    mentions struct(edited_at timestamptz, stated boolean, observed_at timestamptz, value varchar[]),
    likes struct(observed_at timestamptz, value bigint),
    reposts struct(observed_at timestamptz, value bigint),
    replies struct(observed_at timestamptz, value bigint),
    quotes struct(observed_at timestamptz, value bigint),
    views struct(observed_at timestamptz, value bigint),
    found_by struct(source varchar, method varchar, query varchar)[] not null,
    authors varchar[] not null,
    first_seen_at timestamptz not null,
    last_seen_at timestamptz not null,
    first_import varchar,
    created_at timestamptz,
    writer varchar,
    text_version varchar
);

create table kept.taggings (
    platform varchar not null,
    id_time timestamptz not null,
    post_id varchar not null,
    text_version varchar not null,
    rules varchar not null,
    model varchar not null,
    said struct(
        fields_read utinyint, observed_at timestamptz,
        signal boolean, score double, language varchar, subject varchar, credibility double,
        danger boolean, candidate boolean, fingerprint ubigint,
        topics struct(
            topic_id varchar, "label" varchar, kind varchar,
            span struct("start" integer, "end" integer, "text" varchar, field varchar)
        )[],
        claims struct(
            claim_id varchar, "family" varchar, kind varchar, stance varchar, score double,
            evidence struct("start" integer, "end" integer, "text" varchar, field varchar)[],
            cues struct("start" integer, "end" integer, "text" varchar, field varchar)[]
        )[]
    ) not null,
    is_current boolean not null
);

create table kept.authors (
    platform varchar not null,
    author varchar not null,
    role struct(rules varchar, model varchar, observed_at timestamptz, value varchar) not null
);

create table kept.author_aliases (platform varchar not null, alias varchar not null, author varchar not null);

create table kept.removed_authors (
    platform varchar not null,
    author varchar not null,
    removed struct(observed_at timestamptz, reason varchar) not null
);

create table kept.removed_posts (
    platform varchar not null,
    id_time timestamptz not null,
    post_id varchar not null,
    removed struct(observed_at timestamptz, reason varchar)
);

create table kept.dead_letters (
    source varchar not null,
    place varchar not null,
    sha256 varchar not null,
    size bigint not null,
    said struct(observed_at timestamptz, reason varchar, import_id varchar) not null,
    replayed_at timestamptz
);

create table kept.windows (
    source varchar not null,
    query varchar not null,
    method varchar not null,
    started_at timestamptz not null,
    said struct(ended_at timestamptz, observed_at timestamptz, hashtags varchar[]) not null
);

create table kept.gaps (
    source varchar not null,
    query varchar,
    started_at timestamptz not null,
    ended_at timestamptz not null,
    reason varchar not null,
    observed_at timestamptz not null
);

create table kept.imports (
    import_id varchar not null,
    said struct(
        observed_at timestamptz, path varchar, rows bigint, posts bigint, repeated bigint, rejected bigint,
        started_at timestamptz
    ) not null
);

create table kept.cursors (
    source varchar not null,
    query varchar not null,
    said struct(observed_at timestamptz, position varchar, spent_usd double) not null
);

create table kept.markers (
    marker_id varchar not null,
    partition integer not null,
    observed_at timestamptz not null
);

create table kept.stream_positions (
    topic varchar not null,
    cluster_id varchar not null,
    topic_id varchar not null,
    partition integer not null,
    next_offset bigint not null
);

create table kept.touched_days (day date not null);

create table kept.marts (name varchar not null, definition varchar not null);

create table kept.publications (version bigint not null, published_at timestamptz not null);

create table hashtags (
    tag varchar not null,
    kind varchar not null,
    name varchar not null,
    aliases varchar[] not null,
    ontology_id varchar,
    starts date,
    ends date,
    time_zone varchar,
    society varchar,
    source varchar
);

create table post_counts (
    platform varchar not null,
    id_time timestamptz not null,
    post_id varchar not null,
    observed_at timestamptz not null,
    likes bigint,
    reposts bigint,
    replies bigint,
    quotes bigint,
    views bigint
);

create view posts as
select
    platform, id_time, post_id, created_at,
    "text".value as "text", text_version, "language".value as "language", writer as author,
    hashtags.value as hashtags, mentions.value as mentions, links.value as links, media_alts.value as media_alts,
    in_reply_to.value as in_reply_to, root.value as root, quote_of.value as quote_of, repost_of.value as repost_of,
    likes.value as likes, reposts.value as reposts, replies.value as replies, quotes.value as quotes,
    views.value as views,
    nullif("text".edited_at, '-infinity'::timestamptz) as edited_at,
    found_by, first_seen_at, last_seen_at, first_import
from kept.posts;

create view hashtag_mentions as
with mention as (
    select platform, id_time, post_id, unnest(list_distinct(hashtags.value)) as hashtag
    from kept.posts
    where hashtags.value is not null
),
spelling as (
    select unnest(list_distinct(list_prepend(tag, aliases))) as hashtag, tag, kind from hashtags
),
registered as (
    select hashtag, min(tag) as tag, arg_min(kind, tag) as kind from spelling group by hashtag
)
select
    mention.platform, mention.id_time, mention.post_id, mention.hashtag,
    registered.tag as registered, registered.kind
from mention left join registered using (hashtag);

create view links as
with link as (
    select
        platform, id_time, post_id, unnest(links.value) as link, generate_subscripts(links.value, 1) as position
    from kept.posts
    where links.value is not null
)
select
    platform, id_time, post_id, position, link.url, link.resolved, link.title, link.description,
    nullif(regexp_extract(lower(coalesce(link.resolved, link.url)), '^[a-z]+://(?:www\.)?([^/:?#]+)', 1), '') as host
from link;

create view taggings as
select
    platform, id_time, post_id, text_version, rules, model, is_current,
    said.observed_at as observed_at, said.signal as signal, said.score as score, said.language as "language",
    said.subject as subject, said.credibility as credibility, said.danger as danger, said.candidate as candidate,
    said.fingerprint as fingerprint, len(said.topics) as topics, len(said.claims) as claims
from kept.taggings;

create view topic_mentions_history as
with mention as (
    select
        platform, id_time, post_id, text_version, rules, model, is_current, unnest(said.topics) as topic
    from kept.taggings
)
select
    platform, id_time, post_id, text_version, rules, model, is_current,
    topic.topic_id, topic.label as "label", topic.kind,
    coalesce(topic.span.field, 'text') as field, topic.span."start" as span_start, topic.span."end" as span_end,
    topic.span."text" as span_text
from mention;

create view topic_mentions as
select platform, id_time, post_id, topic_id, "label", kind, field, span_start, span_end, span_text, rules, model
from topic_mentions_history
where is_current;

create view claim_mentions_history as
with mention as (
    select
        platform, id_time, post_id, text_version, rules, model, is_current, unnest(said.claims) as claim
    from kept.taggings
)
select
    platform, id_time, post_id, text_version, rules, model, is_current,
    claim.claim_id, claim.family as "family", claim.kind, claim.stance, claim.score, claim.evidence, claim.cues
from mention;

create view claim_mentions as
select platform, id_time, post_id, claim_id, "family", kind, stance, score, evidence, cues, rules, model
from claim_mentions_history
where is_current;

create view signals as
select
    tagging.platform, tagging.id_time, tagging.post_id, post.created_at, post.writer as author,
    post."text".value as "text",
    tagging.said.score as score,
    list_filter(
        tagging.said.claims, lambda claim: claim.stance = 'promotes' and claim.kind = 'falsifiable'
    ) as claims,
    tagging.rules, tagging.model
from kept.taggings as tagging
join kept.posts as post using (platform, id_time, post_id)
where tagging.is_current and tagging.said.signal;

create view dead_letters as
select
    source, place, sha256, said.reason as reason, size, said.observed_at as observed_at,
    said.import_id as import_id, replayed_at
from kept.dead_letters;

create view capture_gaps as
select source, query, started_at, ended_at, reason, observed_at from kept.gaps;

create view collection_windows as
select
    source, query, method, said.hashtags as hashtags, started_at, said.ended_at as ended_at,
    said.observed_at as observed_at
from kept.windows;

create view imports as
select
    import_id, said.path as path, said.rows as rows, said.posts as posts, said.repeated as repeated,
    said.rejected as rejected, said.started_at as started_at, said.observed_at as finished_at
from kept.imports;
