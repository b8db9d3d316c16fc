-- What reviewers say of signals, and which posts go to people at once.

create table kept.verdicts (
    platform varchar not null,
    id_time timestamptz not null,
    post_id varchar not null,
    claim_id varchar not null,
    reviewer varchar not null,
    said struct(
        observed_at timestamptz, stance varchar, queue varchar, text_version varchar, note varchar
    ) not null
);

create view verdicts as
select
    platform, id_time, post_id, claim_id, reviewer, said.stance as stance, said.queue as queue,
    nullif(said.text_version, '') as text_version, nullif(said.note, '') as note, said.observed_at as observed_at
from kept.verdicts;

create view danger_queue as
select post.platform, post.id_time, post.post_id, post.created_at, post."text".value as "text"
from kept.taggings as tagging
join kept.posts as post using (platform, id_time, post_id)
where tagging.is_current and tagging.said.danger and post.repost_of is null;

comment on view verdicts is
    'One row per post, claim and reviewer: the newest of what that reviewer said.';
comment on column verdicts.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column verdicts.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column verdicts.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column verdicts.claim_id is 'The claim.';
comment on column verdicts.reviewer is 'Who judged: the name on their machine.';
comment on column verdicts.stance is 'What the post does with the claim: promotes, debunks, questions, reports or none.';
comment on column verdicts.queue is
    'Where the reviewer met it: random, uncertain or chosen. Only random ones measure precision.';
comment on column verdicts.text_version is 'Which text was judged; null where not said.';
comment on column verdicts.note is 'What the reviewer noted.';
comment on column verdicts.observed_at is 'When, UTC.';

comment on view danger_queue is
    'One row per post in which a person may be in danger of harming themselves, for people to look at. Nothing of its author is here.';
comment on column danger_queue.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column danger_queue.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column danger_queue.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column danger_queue.created_at is 'When it was written, UTC.';
comment on column danger_queue."text" is 'The text.';

comment on table kept.verdicts is
    'One row per post, claim and reviewer, as stored. Gone with its post.';
comment on column kept.verdicts.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column kept.verdicts.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column kept.verdicts.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column kept.verdicts.claim_id is 'The claim.';
comment on column kept.verdicts.reviewer is 'Who judged.';
comment on column kept.verdicts.said is 'When, what, where it was met, of which text, and a note; the greatest is kept.';
