-- Erasing: deleted rows leave their bytes in a file, so the file is written anew without them.

-- name: attach_new
attach {path} as renewed (storage_version 'v1.4.0')

-- name: copy
copy from database {catalog} to renewed
