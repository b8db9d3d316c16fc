-- The tables that analysts read, with every column, as they stand in a snapshot. Others script against
-- them: columns may be added, never changed. Which of them are views, and how they are made, stands in
-- migrations/ and marts/; `warehouse/schema.py` writes this file from those.

-- One row per author with a post in the warehouse.
create table authors (
    -- The platform.
    platform varchar,
    -- Pseudonym: 16 hex digits after a u, or the handle of a public organisation.
    author varchar,
    -- What the bio says of itself, by the tagger; null if nobody read a bio. Patients and caregivers stand as other.
    role varchar,
    -- Posts in the warehouse, reposts included.
    posts bigint,
    -- When the first of them was written, UTC.
    first_post_at timestamp with time zone,
    -- When the last of them was written, UTC.
    last_post_at timestamp with time zone,
    -- When a post of theirs was first observed, UTC.
    first_seen_at timestamp with time zone,
    -- When a post of theirs was last observed, UTC.
    last_seen_at timestamp with time zone
);

-- One row per hashtag, link or pair of words that is suddenly frequent and in no post with a listed claim.
create table bursts (
    -- hashtag, link or words.
    kind varchar,
    -- The hashtag without '#', the link as the platform resolves it (else as written), or two neighbouring words.
    phrase varchar,
    -- Posts with it in the 7 days up to the newest post. Reposts do not count.
    posts bigint,
    -- Those of them that promote a false claim that is on no list yet, as the careful reader hears them.
    unlisted_posts bigint,
    -- Distinct authors of those posts.
    authors bigint,
    -- Authors with such posts, counted once a day each: one account that shouts is no burst.
    author_days bigint,
    -- The same in the 28 days before.
    past_author_days bigint,
    -- How many standard deviations more author_days than the past lets expect (Poisson, at least one expected).
    score double,
    -- When the first of those posts was written, UTC.
    first_post_at timestamp with time zone,
    -- When the last of those posts was written, UTC.
    last_post_at timestamp with time zone,
    -- Up to 3 of those posts, of different texts; those with a false claim first.
    examples struct(platform varchar, post_id varchar, "text" varchar)[]
);

-- One row per post of a campaign: near-copies of one text by several authors in a short time.
create table campaign_posts (
    -- The campaign; see campaigns.
    campaign_id varchar,
    -- The platform.
    platform varchar,
    -- The moment that the post's id states, UTC.
    id_time timestamp with time zone,
    -- The post.
    post_id varchar,
    -- Pseudonym of the author.
    author varchar,
    -- When it was written, UTC.
    created_at timestamp with time zone,
    -- Of its text; near-copies differ in at most 3 of 64 bits from another one of the campaign.
    fingerprint ubigint
);

-- One row per campaign: near-copies of one text by several authors in a short time.
create table campaigns (
    -- Made from its first post. See campaign_posts for what makes a campaign.
    campaign_id varchar,
    -- When its first post was written, UTC.
    first_post_at timestamp with time zone,
    -- When its last post was written, UTC.
    last_post_at timestamp with time zone,
    -- Its size. Reposts do not count.
    posts bigint,
    -- Distinct authors of those posts.
    authors bigint,
    -- Captured reposts of those posts.
    reposts bigint,
    -- The hashtags of its posts, the most frequent first, at most 10.
    hashtags varchar[],
    -- Claims that its posts promote, at most 10.
    claims varchar[],
    -- Those of its posts that are signals.
    signals bigint,
    -- Its first post.
    text varchar,
    -- Share of all signals that reviewers confirm; null while none is judged. See signal_precision.
    precision double,
    -- Lower end of its 95 % interval.
    precision_low double,
    -- Upper end of its 95 % interval.
    precision_high double
);

-- One row per stretch of time that a source may have shown posts in and nobody captured.
create table capture_gaps (
    -- The source.
    source varchar,
    -- The query that was listened to; null for all.
    query varchar,
    -- From, UTC.
    started_at timestamp with time zone,
    -- To, UTC.
    ended_at timestamp with time zone,
    -- Why.
    reason varchar,
    -- When it was noticed, UTC.
    observed_at timestamp with time zone
);

-- One row per claim in play by the current tagging.
create table claim_mentions (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- The claim; see the claim files.
    claim_id varchar,
    -- Family of claims.
    family varchar,
    -- falsifiable, or concern (counted, never called misinformation).
    kind varchar,
    -- promotes, debunks, questions or reports.
    stance varchar,
    -- Calibrated, 0 to 1.
    score double,
    -- The words that raised it, by code points.
    evidence struct("start" integer, "end" integer, "text" varchar, field varchar)[],
    -- The words that decided the stance, by code points.
    cues struct("start" integer, "end" integer, "text" varchar, field varchar)[],
    -- Release of the knowledge and rules that tagged. Releases sort by age.
    rules varchar,
    -- Release of the model that tagged.
    model varchar
);

-- One row per tagging and claim in play, of all taggings.
create table claim_mentions_history (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- Which text was read: the first 16 hex digits of its MD5.
    text_version varchar,
    -- Release of the knowledge and rules that tagged. Releases sort by age.
    rules varchar,
    -- Release of the model that tagged.
    model varchar,
    -- True for the tagging to believe: of the text as it stands now, by the highest rules and model.
    is_current boolean,
    -- The claim; see the claim files.
    claim_id varchar,
    -- Family of claims.
    family varchar,
    -- falsifiable, or concern (counted, never called misinformation).
    kind varchar,
    -- promotes, debunks, questions or reports.
    stance varchar,
    -- Calibrated, 0 to 1.
    score double,
    -- The words that raised it, by code points.
    evidence struct("start" integer, "end" integer, "text" varchar, field varchar)[],
    -- The words that decided the stance, by code points.
    cues struct("start" integer, "end" integer, "text" varchar, field varchar)[]
);

-- One row per claim that is in play in any post.
create table claims_by_stance (
    -- The claim.
    claim_id varchar,
    -- Family of claims.
    family varchar,
    -- falsifiable, or concern (counted, never called misinformation).
    kind varchar,
    -- Posts that promote it.
    promotes bigint,
    -- Posts that debunk it.
    debunks bigint,
    -- Posts that ask about it in good faith.
    questions bigint,
    -- Posts that report on it.
    reports bigint,
    -- Distinct authors who promote it.
    promoting_authors bigint,
    -- Distinct authors who debunk it.
    debunking_authors bigint,
    -- When the first promoting post was written, UTC.
    first_promoted_at timestamp with time zone,
    -- When the last promoting post was written, UTC.
    last_promoted_at timestamp with time zone,
    -- Share of the family's signals that reviewers confirm; null while none is judged. See signal_precision.
    precision double,
    -- Lower end of its 95 % interval.
    precision_low double,
    -- Upper end of its 95 % interval.
    precision_high double
);

-- One row per source and method by which posts were collected.
create table collection_summary (
    -- The source.
    source varchar,
    -- search, stream, import or simulated.
    method varchar,
    -- Posts found by it.
    posts bigint,
    -- When the newest of them was written, UTC.
    newest_post_at timestamp with time zone,
    -- When one of them was last observed, UTC.
    newest_seen_at timestamp with time zone,
    -- Stretches of time in which it was listened to.
    windows bigint,
    -- When the last of those ended, UTC.
    last_listened_at timestamp with time zone,
    -- Capture gaps of the source.
    gaps bigint,
    -- Money spent on the source, by its listeners' own count.
    spent_usd double
);

-- One row per query and stretch of time in which it was listened to: the denominators of every figure.
create table collection_windows (
    -- The source.
    source varchar,
    -- The query.
    query varchar,
    -- search, stream, import or simulated.
    method varchar,
    -- Registered hashtags that the query covers.
    hashtags varchar[],
    -- From, UTC.
    started_at timestamp with time zone,
    -- To, UTC.
    ended_at timestamp with time zone,
    -- When it was noted, UTC.
    observed_at timestamp with time zone
);

-- One row per post in which a person may be in danger of harming themselves and after which nobody has looked yet, for people to look at. Nothing of its author is here.
create table danger_queue (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- When it was written, UTC.
    created_at timestamp with time zone,
    -- The text.
    text varchar
);

-- One row per message or row that could not be read. Its bytes are in the vault.
create table dead_letters (
    -- Where it came from.
    source varchar,
    -- file:line, a cursor, or partition:offset.
    place varchar,
    -- SHA-256 of its bytes.
    sha256 varchar,
    -- What was expected and what came.
    reason varchar,
    -- Bytes.
    size bigint,
    -- When first seen, UTC.
    observed_at timestamp with time zone,
    -- The import it was part of, if any.
    import_id varchar,
    -- When it was sent again, UTC; null if it was not.
    replayed_at timestamp with time zone
);

-- One row per post and hashtag it carries.
create table hashtag_mentions (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- As written, lower-case, without '#'.
    hashtag varchar,
    -- The registered hashtag that it is, or is an alias of; null if none.
    registered varchar,
    -- Kind of the registered hashtag: disease, meeting, chat or ours.
    kind varchar
);

-- One row per registered hashtag.
create table hashtags (
    -- The hashtag, lower-case, without '#'.
    tag varchar,
    -- disease, meeting, chat or ours.
    kind varchar,
    -- What it stands for.
    name varchar,
    -- Other spellings that count as it.
    aliases varchar[],
    -- Of a disease.
    ontology_id varchar,
    -- First day of a meeting.
    starts date,
    -- Last day of a meeting.
    ends date,
    -- Of a meeting.
    time_zone varchar,
    -- Who holds the meeting or the chat.
    society varchar,
    -- Where the registration comes from.
    source varchar
);

-- One row per import.
create table imports (
    -- Its id; ids sort by the time at which imports began.
    import_id varchar,
    -- What was read.
    path varchar,
    -- Rows read.
    rows bigint,
    -- Distinct valid posts.
    posts bigint,
    -- Rows that repeat a post.
    repeated bigint,
    -- Rows that became dead letters.
    rejected bigint,
    -- From, UTC.
    started_at timestamp with time zone,
    -- To, UTC.
    finished_at timestamp with time zone
);

-- One row per post and link in it.
create table links (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- 1 for the first link.
    position bigint,
    -- As written.
    url varchar,
    -- Where it leads, where the platform says so.
    resolved varchar,
    -- Title of the target.
    title varchar,
    -- Description of the target.
    description varchar,
    -- Host of the target (else of the link), lower-case, without 'www.'.
    host varchar
);

-- One row per registered meeting.
create table meeting_summary (
    -- The meeting's hashtag; its aliases are counted under it.
    hashtag varchar,
    -- The meeting.
    name varchar,
    -- Who holds it.
    society varchar,
    -- Its first day.
    starts date,
    -- Its last day.
    ends date,
    -- The zone in which its days are counted; UTC where the registry names none.
    time_zone varchar,
    -- Posts that carry its hashtag, reposts included, whenever written.
    posts bigint,
    -- Distinct authors of those posts.
    authors bigint,
    -- Those posts that are no reposts.
    original_posts bigint,
    -- Posts written on its days.
    posts_during bigint,
    -- Distinct authors of the posts written on its days.
    authors_during bigint,
    -- Signals among its posts.
    signals bigint,
    -- When the first of its posts was written, UTC.
    first_post_at timestamp with time zone,
    -- When the last of its posts was written, UTC.
    last_post_at timestamp with time zone,
    -- Share of all signals that reviewers confirm; null while none is judged. See signal_precision.
    precision double,
    -- Lower end of its 95 % interval.
    precision_low double,
    -- Upper end of its 95 % interval.
    precision_high double
);

-- One row per post and moment at which its totals were observed. Totals as shown by the platform, never sums of single likes.
create table post_counts (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- When, UTC.
    observed_at timestamp with time zone,
    -- Likes; null where not said.
    likes bigint,
    -- Reposts; null where not said.
    reposts bigint,
    -- Replies; null where not said.
    replies bigint,
    -- Quotes; null where not said.
    quotes bigint,
    -- Views; null where not said.
    views bigint
);

-- One row per post that was seen and is not removed. Each field holds the newest that is known of it.
create table posts (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- When the post was written, as exactly as the platform stated it anywhere, UTC. The time in the id where no more than a date was stated.
    created_at timestamp with time zone,
    -- The text, handles replaced by pseudonyms except those of public organisations. Null: the id is known and the text is awaited.
    text varchar,
    -- The first 16 hex digits of the MD5 of the text.
    text_version varchar,
    -- The language as the platform states it (the tagger's own word is in taggings).
    language varchar,
    -- Pseudonym of the author; see authors.
    author varchar,
    -- Hashtags of the text as it stands, lower-case, without '#'.
    hashtags varchar[],
    -- Accounts mentioned: pseudonyms, or handles of public organisations.
    mentions varchar[],
    -- Links with what is known of their target; see the view links.
    links struct(url varchar, resolved varchar, title varchar, description varchar)[],
    -- Descriptions of pictures and videos.
    media_alts varchar[],
    -- post_id that this post answers.
    in_reply_to varchar,
    -- post_id that began the thread.
    root varchar,
    -- post_id that this post quotes.
    quote_of varchar,
    -- post_id that this post repeats.
    repost_of varchar,
    -- Likes, newest known.
    likes bigint,
    -- Reposts, newest known.
    reposts bigint,
    -- Replies, newest known.
    replies bigint,
    -- Quotes, newest known.
    quotes bigint,
    -- Views, newest known.
    views bigint,
    -- When the text was last edited, UTC; null if never, as far as known.
    edited_at timestamp with time zone,
    -- The set of sources, methods and queries that found the post.
    found_by struct("source" varchar, "method" varchar, query varchar)[],
    -- When it was first observed, UTC. An archive that does not say counts as the moment of writing.
    first_seen_at timestamp with time zone,
    -- When it was last observed, UTC.
    last_seen_at timestamp with time zone,
    -- The earliest import that held the post; null if none did.
    first_import varchar
);

-- One row per platform, language and day.
create table posts_by_day (
    -- The day on which the posts were written, UTC.
    day date,
    -- The platform.
    platform varchar,
    -- As the platform states it; und where it does not.
    language varchar,
    -- Posts, reposts included.
    posts bigint,
    -- Distinct authors.
    authors bigint,
    -- Posts that are no reposts.
    original_posts bigint,
    -- Posts of which only the id is known so far.
    awaiting_text bigint
);

-- One row per registered hashtag and day.
create table posts_by_hashtag_day (
    -- The day on which the posts were written, UTC.
    day date,
    -- The registered hashtag; its aliases are counted under it.
    hashtag varchar,
    -- disease, meeting, chat or ours.
    kind varchar,
    -- Posts that carry the hashtag, reposts included.
    posts bigint,
    -- Distinct authors of those posts.
    authors bigint,
    -- Those posts that are no reposts.
    original_posts bigint,
    -- Those posts that answer another post.
    replies bigint
);

-- One row per post and claim that waits for a reviewer, at most 100 of either queue.
create table review_queue (
    -- random (drawn by a hash from all signals; measures precision) or uncertain (nearest to the least score of a signal).
    queue varchar,
    -- 1 for the next one of its queue.
    position bigint,
    -- The platform.
    platform varchar,
    -- The moment that the post's id states, UTC.
    id_time timestamp with time zone,
    -- The post. Reposts are not reviewed, the post that they repeat is.
    post_id varchar,
    -- The claim that is in play.
    claim_id varchar,
    -- Family of claims.
    family varchar,
    -- What the tagger says that the post does with the claim: promotes, or debunks where its score is shortly below those of signals, as it is of what was held back.
    stance varchar,
    -- It counts as a signal now.
    is_signal boolean,
    -- Calibrated, 0 to 1: of the claim, or of the post where it debunks.
    score double,
    -- When it was written, UTC.
    created_at timestamp with time zone,
    -- The text.
    text varchar,
    -- Which text that is.
    text_version varchar,
    -- The words that raised the claim.
    evidence varchar[],
    -- The words that decided the stance.
    cues varchar[]
);

-- One row per family with signals, and one for all of them.
create table signal_precision (
    -- Family of claims, or all.
    family varchar,
    -- Signals now, each post counted once for each claim that it promotes, reposts included.
    signals bigint,
    -- Signals of the random queue that reviewers judged.
    verdicts bigint,
    -- Those of them of which more than half of their reviewers say that the post promotes the claim.
    confirmed bigint,
    -- confirmed / verdicts; null while there are none.
    precision double,
    -- Lower end of its 95 % interval (Wilson).
    precision_low double,
    -- Upper end of its 95 % interval (Wilson).
    precision_high double
);

-- One row per post whose current tagging is a signal: it promotes a falsifiable claim.
create table signals (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- When it was written, UTC.
    created_at timestamp with time zone,
    -- Pseudonym of the author.
    author varchar,
    -- The text.
    text varchar,
    -- Calibrated probability that it is a signal.
    score double,
    -- The falsifiable claims that it promotes, with evidence and cues.
    claims struct(claim_id varchar, "family" varchar, kind varchar, stance varchar, score double, evidence struct("start" integer, "end" integer, "text" varchar, field varchar)[], cues struct("start" integer, "end" integer, "text" varchar, field varchar)[])[],
    -- Release of the knowledge and rules that tagged. Releases sort by age.
    rules varchar,
    -- Release of the model that tagged.
    model varchar
);

-- One row per claim, stance and day.
create table signals_by_claim_day (
    -- The day on which the posts were written, UTC.
    day date,
    -- The claim.
    claim_id varchar,
    -- Family of claims.
    family varchar,
    -- falsifiable, or concern (counted, never called misinformation).
    kind varchar,
    -- promotes, debunks, questions or reports.
    stance varchar,
    -- Posts that take this stance on the claim, reposts included.
    posts bigint,
    -- Those of them that are signals.
    signals bigint,
    -- Distinct authors of those posts.
    authors bigint,
    -- Those of them that are reposts.
    reposts bigint,
    -- Share of the family's signals that reviewers confirm; null while none is judged. See signal_precision.
    precision double,
    -- Lower end of its 95 % interval.
    precision_low double,
    -- Upper end of its 95 % interval.
    precision_high double
);

-- One row per post, text version, rules and model, also when nothing was found.
create table taggings (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- Which text was read: the first 16 hex digits of its MD5.
    text_version varchar,
    -- Release of the knowledge and rules that tagged. Releases sort by age.
    rules varchar,
    -- Release of the model that tagged.
    model varchar,
    -- True for the tagging to believe: of the text as it stands now, by the highest rules and model.
    is_current boolean,
    -- When the post was observed as it was tagged, UTC.
    observed_at timestamp with time zone,
    -- A falsifiable claim is promoted with enough confidence.
    signal boolean,
    -- Calibrated probability that signal is true.
    score double,
    -- The tagger's word for the language.
    language varchar,
    -- Subject of the talk: cause, illness, treatment, prevention or information-seeking; null if unclear.
    subject varchar,
    -- Rating of the linked sites, 0 to 1; null if unrated. Never a signal alone.
    credibility double,
    -- Words that say a person may be in danger; to be routed to people.
    danger boolean,
    -- Worth a more careful reading.
    candidate boolean,
    -- Fingerprint of the text; near-equal texts have near-equal ones.
    fingerprint ubigint,
    -- How many topic mentions.
    topics bigint,
    -- How many claim mentions.
    claims bigint
);

-- One row per topic mention of the current tagging.
create table topic_mentions (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- Ontology id (DOID:…, SYMP:…).
    topic_id varchar,
    -- The topic's name.
    label varchar,
    -- disease, symptom, treatment or procedure.
    kind varchar,
    -- Where it stands: text, link:0:title, link:0:description, alt:0 …
    field varchar,
    -- First code point of the mention in that field.
    span_start integer,
    -- Code point after its last.
    span_end integer,
    -- The words.
    span_text varchar,
    -- Release of the knowledge and rules that tagged. Releases sort by age.
    rules varchar,
    -- Release of the model that tagged.
    model varchar
);

-- One row per tagging and topic mention, of all taggings.
create table topic_mentions_history (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- Which text was read: the first 16 hex digits of its MD5.
    text_version varchar,
    -- Release of the knowledge and rules that tagged. Releases sort by age.
    rules varchar,
    -- Release of the model that tagged.
    model varchar,
    -- True for the tagging to believe: of the text as it stands now, by the highest rules and model.
    is_current boolean,
    -- Ontology id (DOID:…, SYMP:…).
    topic_id varchar,
    -- The topic's name.
    label varchar,
    -- disease, symptom, treatment or procedure.
    kind varchar,
    -- Where it stands: text, link:0:title, link:0:description, alt:0 …
    field varchar,
    -- First code point of the mention in that field.
    span_start integer,
    -- Code point after its last.
    span_end integer,
    -- The words.
    span_text varchar
);

-- One row per topic and day.
create table topics_by_day (
    -- The day on which the posts were written, UTC.
    day date,
    -- Ontology id.
    topic_id varchar,
    -- The topic's name.
    label varchar,
    -- disease, symptom, treatment or procedure.
    kind varchar,
    -- Posts that name the topic, reposts included.
    posts bigint,
    -- Distinct authors of those posts.
    authors bigint
);

-- One row per registered hashtag and topic.
create table topics_by_hashtag (
    -- The registered hashtag; its aliases are counted under it.
    hashtag varchar,
    -- Ontology id.
    topic_id varchar,
    -- The topic's name.
    label varchar,
    -- disease, symptom, treatment or procedure.
    kind varchar,
    -- Posts that carry the hashtag and name the topic, reposts included.
    posts bigint
);

-- One row per signal and claim it promotes that has no answer seen in what was captured.
create table unanswered_signals (
    -- The platform.
    platform varchar,
    -- The moment that the post's id states, UTC.
    id_time timestamp with time zone,
    -- The promoting post; reposts are not listed, the post that they repeat is.
    post_id varchar,
    -- The claim that it promotes.
    claim_id varchar,
    -- Family of claims.
    family varchar,
    -- When it was written, UTC.
    created_at timestamp with time zone,
    -- Pseudonym of the author.
    author varchar,
    -- The text.
    text varchar,
    -- Calibrated probability that it is a signal.
    score double,
    -- The words that raised the claim.
    evidence varchar[],
    -- Likes, newest known.
    likes bigint,
    -- Reposts, newest known.
    reposts bigint,
    -- Replies that the platform counts, newest known.
    replies bigint,
    -- Views, newest known.
    views bigint,
    -- Replies and quotes by others that were captured, none of which answers.
    replies_seen bigint,
    -- Share of the family's signals that reviewers confirm; null while none is judged. See signal_precision.
    precision double,
    -- Lower end of its 95 % interval.
    precision_low double,
    -- Upper end of its 95 % interval.
    precision_high double
);

-- One row per post, claim and reviewer: the newest of what that reviewer said.
create table verdicts (
    -- The platform: x, bluesky, mastodon, simulated …
    platform varchar,
    -- The moment that the post's id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.
    id_time timestamp with time zone,
    -- The platform's immutable id of the original post. Always text.
    post_id varchar,
    -- The claim; or person-in-danger, where somebody looked after a post of the queue of danger.
    claim_id varchar,
    -- Who judged: the name on their machine.
    reviewer varchar,
    -- What the post does with the claim: promotes, debunks, questions, reports or none; of a person in danger handed-over, none where the words mean something else, or waiting.
    stance varchar,
    -- Where the reviewer met it: random, uncertain or chosen. Only random ones measure precision.
    queue varchar,
    -- Which text was judged; null where not said.
    text_version varchar,
    -- What the reviewer noted.
    note varchar,
    -- When, UTC.
    observed_at timestamp with time zone
);
