-- A post in which a person may be in danger leaves the queue once somebody looked after it; a new text brings it back.

create or replace view danger_queue as
with handled as (  -- whoever spoke last of a text decides, whichever reviewer it was
    select platform, id_time, post_id, text_version, arg_max(stance, observed_at) as stance
    from verdicts
    where claim_id = 'person-in-danger'
    group by platform, id_time, post_id, text_version
)
select post.platform, post.id_time, post.post_id, post.created_at, post."text".value as "text"
from kept.taggings as tagging
join kept.posts as post using (platform, id_time, post_id)
left join handled on handled.platform = post.platform and handled.id_time = post.id_time
    and handled.post_id = post.post_id and handled.text_version = post.text_version
where tagging.is_current and tagging.said.danger and post.repost_of is null
    and coalesce(handled.stance, 'waiting') = 'waiting';

comment on view danger_queue is
    'One row per post in which a person may be in danger of harming themselves and after which nobody has looked yet, for people to look at. Nothing of its author is here.';
comment on column danger_queue.platform is 'The platform: x, bluesky, mastodon, simulated …';
comment on column danger_queue.id_time is
    'The moment that the post''s id itself states, UTC; 1970-01-01 where it states none. Join on it together with platform and post_id: it lets whole row groups be skipped.';
comment on column danger_queue.post_id is 'The platform''s immutable id of the original post. Always text.';
comment on column danger_queue.created_at is 'When it was written, UTC.';
comment on column danger_queue."text" is 'The text.';

comment on column verdicts.claim_id is
    'The claim; or person-in-danger, where somebody looked after a post of the queue of danger.';
comment on column verdicts.stance is
    'What the post does with the claim: promotes, debunks, questions, reports or none; of a person in danger handed-over, none where the words mean something else, or waiting.';
