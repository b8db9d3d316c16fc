-- Reading a snapshot.

-- name: lock
set timezone = 'UTC';
set lock_configuration = true
