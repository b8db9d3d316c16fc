-- Reading a snapshot.

-- name: lock
set timezone = 'UTC';
set lock_configuration = true

-- name: new_posts
select count(*) from kept.posts where first_import = $import_id

-- name: marked_partitions
select count(*) from kept.markers where marker_id = $marker_id
