-- One row per post, text version, rules and model; `is_current` marks the one to believe.

-- name: insert_fresh_taggings
insert into kept.taggings
select platform, id_time, post_id, text_version, rules, model, said, true
from staged anti join met using (platform, id_time, post_id)
where said is not null

-- name: merge_taggings
create or replace temp table merged_taggings as
with tagging as (
    select platform, id_time, post_id, text_version, rules, model, said
    from staged semi join met using (platform, id_time, post_id)
    where said is not null
    union all
    select platform, id_time, post_id, text_version, rules, model, said
    from existing_taggings semi join met using (platform, id_time, post_id)
),
newest as (
    select platform, id_time, post_id, text_version, rules, model, max(said) as said
    from tagging
    group by platform, id_time, post_id, text_version, rules, model
),
post as (
    select platform, id_time, post_id, text_version from merged_posts
)
select
    newest.*,
    coalesce(newest.text_version = post.text_version and row_number() over (
        partition by newest.platform, newest.id_time, newest.post_id, newest.text_version
        order by newest.rules desc, newest.model desc
    ) = 1, false) as is_current
from newest left join post using (platform, id_time, post_id)

-- name: find_changed_taggings
create or replace temp table changed_taggings as
select * from merged_taggings
except
select * from existing_taggings

-- name: delete_changed_taggings
delete from kept.taggings as tagging using changed_taggings as changed
where tagging.platform = changed.platform and tagging.id_time = changed.id_time
    and tagging.post_id = changed.post_id and tagging.text_version = changed.text_version
    and tagging.rules = changed.rules and tagging.model = changed.model

-- name: insert_changed_taggings
insert into kept.taggings by name select * from changed_taggings

-- name: note_days_of_taggings
insert into kept.touched_days
select distinct post.created_at::date
from kept.posts as post semi join changed_taggings using (platform, id_time, post_id)
where post.created_at is not null
