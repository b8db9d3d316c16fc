-- What must hold of the tables. Each statement gives what breaks it, so no rows is good; its first line says what holds.

-- name: no_duplicate_posts
-- A post stands once.
select platform, post_id, count(*) as times from kept.posts group by platform, post_id having count(*) > 1

-- name: no_duplicate_taggings
-- A post, text version, rules and model stand once.
select platform, post_id, text_version, rules, model, count(*) as times
from kept.taggings
group by platform, post_id, text_version, rules, model
having count(*) > 1

-- name: one_current_tagging
-- A post has at most one current tagging.
select platform, post_id, count(*) as times
from kept.taggings
where is_current
group by platform, post_id
having count(*) > 1

-- name: current_tagging_of_current_text
-- The current tagging read the text as it stands.
select tagging.platform, tagging.post_id, tagging.text_version, post.text_version as stands
from kept.taggings as tagging
join kept.posts as post using (platform, id_time, post_id)
where tagging.is_current and tagging.text_version is distinct from post.text_version

-- name: no_orphan_taggings
-- Every current tagging has its post.
select tagging.platform, tagging.post_id
from kept.taggings as tagging anti join kept.posts using (platform, id_time, post_id)
where tagging.is_current

-- name: no_duplicate_counts
-- A post's totals at one moment stand once.
select platform, post_id, observed_at, count(*) as times
from post_counts
group by platform, post_id, observed_at
having count(*) > 1

-- name: no_orphan_counts
-- Totals belong to a post.
select counted.platform, counted.post_id
from post_counts as counted anti join kept.posts using (platform, id_time, post_id)

-- name: no_removed_posts
-- What was removed stays out.
select platform, post_id from kept.posts semi join kept.removed_posts using (platform, id_time, post_id)

-- name: no_duplicate_removals
-- A removed post stands once.
select platform, post_id, count(*) as times from kept.removed_posts group by platform, post_id having count(*) > 1

-- name: no_illness_by_author
-- No author stands as a patient or caregiver.
select platform, author from kept.authors where role.value = 'patient-or-caregiver'

-- name: evidence_on_the_text
-- The words of a mention in the text are the words at its place.
select mention.platform, mention.post_id, mention.span_text
from topic_mentions as mention
join posts as post using (platform, id_time, post_id)
where mention.field = 'text'
    and substring(post."text", mention.span_start + 1, mention.span_end - mention.span_start) <> mention.span_text

-- name: one_stream
-- The stored offsets of a topic belong to one cluster and one topic id, each partition once.
select topic, count(*) as positions, count(distinct partition) as partitions
from kept.stream_positions
group by topic
having count(*) > count(distinct partition) or count(distinct (cluster_id, topic_id)) > 1 or min(next_offset) < 0

-- name: one_spelling
-- A spelling of a hashtag is registered once.
select hashtag, count(*) as times
from (select unnest(list_distinct(list_prepend(tag, aliases))) as hashtag from hashtags)
group by hashtag
having count(*) > 1
