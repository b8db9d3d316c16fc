-- Reading a snapshot.

-- name: lock
set timezone = 'UTC';
set lock_configuration = true

-- name: allow_only
set allowed_paths = [{path}];
set enable_external_access = false

-- name: new_posts
select count(*) from kept.posts where first_import = $import_id

-- name: marked_partitions
select count(*) from kept.markers where marker_id = $marker_id

-- name: export_csv
copy (
{select}
) to {path} (format csv, header)

-- name: export_json
copy (
{select}
) to {path} (format json, array)

-- name: export_parquet
copy (
{select}
) to {path} (format parquet, compression zstd)
