-- The first schema. `kept` holds what the loader writes; `main` holds what analysts read.
-- In `kept.posts` each field carries the moment it was known by, so that the greatest of two is the one to keep
-- (struct comparison goes field by field): no order of arrival can change the outcome.

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

create view kept.known_aliases as
select platform, alias, min(author) as author
from kept.author_aliases
group by platform, alias
having count(*) = 1;

create view kept.author_roles as
select
    role.platform, coalesce(known_aliases.author, role.author) as author, max(role.role).value as role
from kept.authors as role
left join kept.known_aliases as known_aliases
    on role.platform = known_aliases.platform and role.author = known_aliases.alias
group by all;

-- What each table, view and column is.

comment on view posts is
    'One row per post that was seen and is not removed. Each field holds the newest that is known of it.';
comment on column posts.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column posts.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column posts.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column posts.created_at is
    'When the post was written, as exactly as the platform stated it anywhere, UTC. The time in the id where no more than a date was stated.';
comment on column posts."text" is
    'The text, handles replaced by pseudonyms except those of public organisations. Null: the id is known and the text is awaited.';
comment on column posts.text_version is 'The first 16 hex digits of the MD5 of the text.';
comment on column posts."language" is
    'The language as the platform states it (the tagger''s own word is in taggings).';
comment on column posts.author is 'Pseudonym of the author; see authors.';
comment on column posts.hashtags is 'Hashtags of the text as it stands, lower-case, without ''#''.';
comment on column posts.mentions is 'Accounts mentioned: pseudonyms, or handles of public organisations.';
comment on column posts.links is 'Links with what is known of their target; see the view links.';
comment on column posts.media_alts is 'Descriptions of pictures and videos.';
comment on column posts.in_reply_to is 'post_id that this post answers.';
comment on column posts.root is 'post_id that began the thread.';
comment on column posts.quote_of is 'post_id that this post quotes.';
comment on column posts.repost_of is 'post_id that this post repeats.';
comment on column posts.likes is 'Likes, newest known.';
comment on column posts.reposts is 'Reposts, newest known.';
comment on column posts.replies is 'Replies, newest known.';
comment on column posts.quotes is 'Quotes, newest known.';
comment on column posts."views" is 'Views, newest known.';
comment on column posts.edited_at is 'When the text was last edited, UTC; null if never, as far as known.';
comment on column posts.found_by is 'The set of sources, methods and queries that found the post.';
comment on column posts.first_seen_at is
    'When it was first observed, UTC. An archive that does not say counts as the moment of writing.';
comment on column posts.last_seen_at is 'When it was last observed, UTC.';
comment on column posts.first_import is 'The earliest import that held the post; null if none did.';

comment on view hashtag_mentions is
    'One row per post and hashtag it carries.';
comment on column hashtag_mentions.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column hashtag_mentions.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column hashtag_mentions.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column hashtag_mentions.hashtag is 'As written, lower-case, without ''#''.';
comment on column hashtag_mentions.registered is
    'The registered hashtag that it is, or is an alias of; null if none.';
comment on column hashtag_mentions.kind is 'Kind of the registered hashtag: disease, meeting, chat or ours.';

comment on view links is
    'One row per post and link in it.';
comment on column links.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column links.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column links.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column links."position" is '1 for the first link.';
comment on column links.url is 'As written.';
comment on column links.resolved is 'Where it leads, where the platform says so.';
comment on column links.title is 'Title of the target.';
comment on column links.description is 'Description of the target.';
comment on column links.host is 'Host of the target (else of the link), lower-case, without ''www.''.';

comment on table post_counts is
    'One row per post and moment at which its totals were observed. Totals as shown by the platform, never sums of single likes.';
comment on column post_counts.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column post_counts.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column post_counts.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column post_counts.observed_at is 'When, UTC.';
comment on column post_counts.likes is 'Likes; null where not said.';
comment on column post_counts.reposts is 'Reposts; null where not said.';
comment on column post_counts.replies is 'Replies; null where not said.';
comment on column post_counts.quotes is 'Quotes; null where not said.';
comment on column post_counts."views" is 'Views; null where not said.';

comment on view taggings is
    'One row per post, text version, rules and model, also when nothing was found.';
comment on column taggings.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column taggings.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column taggings.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column taggings.text_version is 'Which text was read: the first 16 hex digits of its MD5.';
comment on column taggings.rules is 'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column taggings.model is 'Release of the model that tagged.';
comment on column taggings.is_current is
    'True for the tagging to believe: of the text as it stands now, by the highest rules and model.';
comment on column taggings.observed_at is 'When the post was observed as it was tagged, UTC.';
comment on column taggings.signal is 'A falsifiable claim is promoted with enough confidence.';
comment on column taggings.score is 'Calibrated probability that signal is true.';
comment on column taggings."language" is 'The tagger''s word for the language.';
comment on column taggings.subject is
    'Subject of the talk: cause, illness, treatment, prevention or information-seeking; null if unclear.';
comment on column taggings.credibility is
    'Rating of the linked sites, 0 to 1; null if unrated. Never a signal alone.';
comment on column taggings.danger is 'Words that say a person may be in danger; to be routed to people.';
comment on column taggings.candidate is 'Worth a more careful reading.';
comment on column taggings.fingerprint is 'Fingerprint of the text; near-equal texts have near-equal ones.';
comment on column taggings.topics is 'How many topic mentions.';
comment on column taggings.claims is 'How many claim mentions.';

comment on view topic_mentions_history is
    'One row per tagging and topic mention, of all taggings.';
comment on column topic_mentions_history.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column topic_mentions_history.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column topic_mentions_history.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column topic_mentions_history.text_version is 'Which text was read: the first 16 hex digits of its MD5.';
comment on column topic_mentions_history.rules is
    'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column topic_mentions_history.model is 'Release of the model that tagged.';
comment on column topic_mentions_history.is_current is
    'True for the tagging to believe: of the text as it stands now, by the highest rules and model.';
comment on column topic_mentions_history.topic_id is 'Ontology id (DOID:…, SYMP:…).';
comment on column topic_mentions_history."label" is 'The topic''s name.';
comment on column topic_mentions_history.kind is 'disease, symptom, treatment or procedure.';
comment on column topic_mentions_history.field is 'Where it stands: text, link:0:title, link:0:description, alt:0 …';
comment on column topic_mentions_history.span_start is 'First code point of the mention in that field.';
comment on column topic_mentions_history.span_end is 'Code point after its last.';
comment on column topic_mentions_history.span_text is 'The words.';

comment on view topic_mentions is
    'One row per topic mention of the current tagging.';
comment on column topic_mentions.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column topic_mentions.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column topic_mentions.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column topic_mentions.topic_id is 'Ontology id (DOID:…, SYMP:…).';
comment on column topic_mentions."label" is 'The topic''s name.';
comment on column topic_mentions.kind is 'disease, symptom, treatment or procedure.';
comment on column topic_mentions.field is 'Where it stands: text, link:0:title, link:0:description, alt:0 …';
comment on column topic_mentions.span_start is 'First code point of the mention in that field.';
comment on column topic_mentions.span_end is 'Code point after its last.';
comment on column topic_mentions.span_text is 'The words.';
comment on column topic_mentions.rules is 'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column topic_mentions.model is 'Release of the model that tagged.';

comment on view claim_mentions_history is
    'One row per tagging and claim in play, of all taggings.';
comment on column claim_mentions_history.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column claim_mentions_history.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column claim_mentions_history.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column claim_mentions_history.text_version is 'Which text was read: the first 16 hex digits of its MD5.';
comment on column claim_mentions_history.rules is
    'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column claim_mentions_history.model is 'Release of the model that tagged.';
comment on column claim_mentions_history.is_current is
    'True for the tagging to believe: of the text as it stands now, by the highest rules and model.';
comment on column claim_mentions_history.claim_id is 'The claim; see the claim files.';
comment on column claim_mentions_history."family" is 'Family of claims.';
comment on column claim_mentions_history.kind is 'falsifiable, or concern (counted, never called misinformation).';
comment on column claim_mentions_history.stance is 'promotes, debunks, questions or reports.';
comment on column claim_mentions_history.score is 'Calibrated, 0 to 1.';
comment on column claim_mentions_history.evidence is 'The words that raised it, by code points.';
comment on column claim_mentions_history.cues is 'The words that decided the stance, by code points.';

comment on view claim_mentions is
    'One row per claim in play by the current tagging.';
comment on column claim_mentions.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column claim_mentions.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column claim_mentions.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column claim_mentions.claim_id is 'The claim; see the claim files.';
comment on column claim_mentions."family" is 'Family of claims.';
comment on column claim_mentions.kind is 'falsifiable, or concern (counted, never called misinformation).';
comment on column claim_mentions.stance is 'promotes, debunks, questions or reports.';
comment on column claim_mentions.score is 'Calibrated, 0 to 1.';
comment on column claim_mentions.evidence is 'The words that raised it, by code points.';
comment on column claim_mentions.cues is 'The words that decided the stance, by code points.';
comment on column claim_mentions.rules is 'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column claim_mentions.model is 'Release of the model that tagged.';

comment on view signals is
    'One row per post whose current tagging is a signal: it promotes a falsifiable claim.';
comment on column signals.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column signals.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column signals.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column signals.created_at is 'When it was written, UTC.';
comment on column signals.author is 'Pseudonym of the author.';
comment on column signals."text" is 'The text.';
comment on column signals.score is 'Calibrated probability that it is a signal.';
comment on column signals.claims is 'The falsifiable claims that it promotes, with evidence and cues.';
comment on column signals.rules is 'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column signals.model is 'Release of the model that tagged.';

comment on view dead_letters is
    'One row per message or row that could not be read. Its bytes are in the vault.';
comment on column dead_letters.source is 'Where it came from.';
comment on column dead_letters.place is 'file:line, a cursor, or partition:offset.';
comment on column dead_letters.sha256 is 'SHA-256 of its bytes.';
comment on column dead_letters.reason is 'What was expected and what came.';
comment on column dead_letters.size is 'Bytes.';
comment on column dead_letters.observed_at is 'When first seen, UTC.';
comment on column dead_letters.import_id is 'The import it was part of, if any.';
comment on column dead_letters.replayed_at is 'When it was sent again, UTC; null if it was not.';

comment on view capture_gaps is
    'One row per stretch of time that a source may have shown posts in and nobody captured.';
comment on column capture_gaps.source is 'The source.';
comment on column capture_gaps.query is 'The query that was listened to; null for all.';
comment on column capture_gaps.started_at is 'From, UTC.';
comment on column capture_gaps.ended_at is 'To, UTC.';
comment on column capture_gaps.reason is 'Why.';
comment on column capture_gaps.observed_at is 'When it was noticed, UTC.';

comment on view collection_windows is
    'One row per query and stretch of time in which it was listened to: the denominators of every figure.';
comment on column collection_windows.source is 'The source.';
comment on column collection_windows.query is 'The query.';
comment on column collection_windows.method is 'search, stream, import or simulated.';
comment on column collection_windows.hashtags is 'Registered hashtags that the query covers.';
comment on column collection_windows.started_at is 'From, UTC.';
comment on column collection_windows.ended_at is 'To, UTC.';
comment on column collection_windows.observed_at is 'When it was noted, UTC.';

comment on view imports is
    'One row per import.';
comment on column imports.import_id is 'Its id; ids sort by the time at which imports began.';
comment on column imports.path is 'What was read.';
comment on column imports.rows is 'Rows read.';
comment on column imports.posts is 'Distinct valid posts.';
comment on column imports.repeated is 'Rows that repeat a post.';
comment on column imports.rejected is 'Rows that became dead letters.';
comment on column imports.started_at is 'From, UTC.';
comment on column imports.finished_at is 'To, UTC.';

comment on table hashtags is
    'One row per registered hashtag.';
comment on column hashtags.tag is 'The hashtag, lower-case, without ''#''.';
comment on column hashtags.kind is 'disease, meeting, chat or ours.';
comment on column hashtags.name is 'What it stands for.';
comment on column hashtags.aliases is 'Other spellings that count as it.';
comment on column hashtags.ontology_id is 'Of a disease.';
comment on column hashtags.starts is 'First day of a meeting.';
comment on column hashtags.ends is 'Last day of a meeting.';
comment on column hashtags.time_zone is 'Of a meeting.';
comment on column hashtags.society is 'Who holds the meeting or the chat.';
comment on column hashtags.source is 'Where the registration comes from.';

comment on table kept.house is
    'One row: how many loads there were, how many of them the newest snapshot holds, and whether every mart must be filled anew.';
comment on column kept.house.loads is 'Batches loaded and other changes.';
comment on column kept.house.published_loads is 'Of those, in the newest snapshot.';
comment on column kept.house.marts_stale is 'Every mart must be filled anew.';

comment on table kept.posts is
    'One row per post, as stored: each field with the moment it was known by.';
comment on column kept.posts.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.posts.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column kept.posts.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column kept.posts."text" is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts."language" is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.author is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.in_reply_to is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.root is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.quote_of is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.repost_of is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.likes is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.reposts is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.replies is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.quotes is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts."views" is 'The moment it was known by, and the value; the greatest is kept.';
comment on column kept.posts.links is 'As text; a stated list outranks none of the same edit.';
comment on column kept.posts.media_alts is 'As text; a stated list outranks none of the same edit.';
comment on column kept.posts.hashtags is 'As text; a stated list outranks none of the same edit.';
comment on column kept.posts.mentions is 'As text; a stated list outranks none of the same edit.';
comment on column kept.posts.created is
    'Agrees with the id, exactness (3 below a second, 2 seconds, 1 a date), moment, value; the greatest is kept.';
comment on column kept.posts.found_by is 'The set of sources, methods and queries.';
comment on column kept.posts.authors is 'Every pseudonym that was ever stated.';
comment on column kept.posts.first_seen_at is 'Least observed moment.';
comment on column kept.posts.last_seen_at is 'Greatest observed moment.';
comment on column kept.posts.first_import is 'Least import id.';
comment on column kept.posts.created_at is 'Derived from created and id_time.';
comment on column kept.posts.writer is 'Derived: the author, its alias resolved at publishing.';
comment on column kept.posts.text_version is 'Derived from the text.';

comment on table kept.taggings is
    'One row per post, text version, rules and model, as stored.';
comment on column kept.taggings.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.taggings.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column kept.taggings.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column kept.taggings.text_version is 'Which text was read: the first 16 hex digits of its MD5.';
comment on column kept.taggings.rules is 'Release of the knowledge and rules that tagged. Releases sort by age.';
comment on column kept.taggings.model is 'Release of the model that tagged.';
comment on column kept.taggings.said is
    'What the tagger said; of two, the one that read more fields, then the newer.';
comment on column kept.taggings.is_current is
    'True for the tagging to believe: of the text as it stands now, by the highest rules and model.';

comment on table kept.authors is
    'One row per pseudonym that states a role. A patient or caregiver stands here as other.';
comment on column kept.authors.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.authors.author is 'Pseudonym.';
comment on column kept.authors.role is 'Role by the highest release, then by the newest bio.';

comment on table kept.author_aliases is
    'One row per pair of a pseudonym by handle and one by author id.';
comment on column kept.author_aliases.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.author_aliases.alias is 'Pseudonym by handle.';
comment on column kept.author_aliases.author is 'Pseudonym by author id.';

comment on view kept.known_aliases is
    'One row per alias that belongs to exactly one author.';
comment on column kept.known_aliases.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.known_aliases.alias is 'Pseudonym by handle.';
comment on column kept.known_aliases.author is 'Pseudonym by author id.';

comment on view kept.author_roles is
    'One row per author with a role, aliases joined.';
comment on column kept.author_roles.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.author_roles.author is 'Pseudonym.';
comment on column kept.author_roles.role is 'Role.';

comment on table kept.removed_authors is
    'One row per pseudonym that was removed, for good.';
comment on column kept.removed_authors.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.removed_authors.author is 'Pseudonym.';
comment on column kept.removed_authors.removed is 'When first heard of, and why.';

comment on table kept.removed_posts is
    'One row per post that was removed, for good: its key alone.';
comment on column kept.removed_posts.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.removed_posts.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column kept.removed_posts.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column kept.removed_posts.removed is 'When first heard of, and why; null when it went with its author.';

comment on table kept.dead_letters is
    'One row per dead letter, as stored.';
comment on column kept.dead_letters.source is 'Where it came from.';
comment on column kept.dead_letters.place is 'file:line, a cursor, or partition:offset.';
comment on column kept.dead_letters.sha256 is 'SHA-256 of its bytes.';
comment on column kept.dead_letters.size is 'Bytes.';
comment on column kept.dead_letters.said is 'When first seen, why, and in which import.';
comment on column kept.dead_letters.replayed_at is 'When it was sent again, UTC.';

comment on table kept.windows is
    'One row per window listened, as stored.';
comment on column kept.windows.source is 'The source.';
comment on column kept.windows.query is 'The query.';
comment on column kept.windows.method is 'search, stream, import or simulated.';
comment on column kept.windows.started_at is 'From, UTC.';
comment on column kept.windows.said is 'To when, when noted, and which hashtags.';

comment on table kept.gaps is
    'One row per capture gap, as stored.';
comment on column kept.gaps.source is 'The source.';
comment on column kept.gaps.query is 'The query; null for all.';
comment on column kept.gaps.started_at is 'From, UTC.';
comment on column kept.gaps.ended_at is 'To, UTC.';
comment on column kept.gaps.reason is 'Why.';
comment on column kept.gaps.observed_at is 'When it was noticed, UTC.';

comment on table kept.imports is
    'One row per import, as stored.';
comment on column kept.imports.import_id is 'Its id.';
comment on column kept.imports.said is 'What it read.';

comment on table kept.cursors is
    'One row per source and query: how far its listener is, and what it spent. A copy, for display.';
comment on column kept.cursors.source is 'The source.';
comment on column kept.cursors.query is 'The query.';
comment on column kept.cursors.said is 'When, the position, and the money spent.';

comment on table kept.markers is
    'One row per marker and partition that was loaded.';
comment on column kept.markers.marker_id is 'Its id.';
comment on column kept.markers."partition" is 'Where it stood.';
comment on column kept.markers.observed_at is 'When it was sent, UTC.';

comment on table kept.stream_positions is
    'One row per topic and partition: the next offset to load.';
comment on column kept.stream_positions.topic is 'Short name of the topic.';
comment on column kept.stream_positions.cluster_id is 'Id of the Kafka cluster.';
comment on column kept.stream_positions.topic_id is 'Id of the topic.';
comment on column kept.stream_positions."partition" is 'The partition.';
comment on column kept.stream_positions.next_offset is 'The next offset to load.';

comment on table kept.touched_days is
    'Days of posts that changed since the marts were refreshed; with repeats.';
comment on column kept.touched_days.day is 'The day, UTC.';

comment on table kept.marts is
    'One row per mart that has its table.';
comment on column kept.marts.name is 'Its name.';
comment on column kept.marts.definition is 'Its file, as its table was made.';

comment on table kept.schema_versions is
    'One row per migration that was applied.';
comment on column kept.schema_versions.version is 'Its number.';
comment on column kept.schema_versions.applied_at is 'When, UTC.';

comment on table kept.publications is
    'One row per published snapshot.';
comment on column kept.publications.version is 'Its number.';
comment on column kept.publications.published_at is 'When, UTC.';
