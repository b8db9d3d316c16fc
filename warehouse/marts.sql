-- Marts: making the table of a mart, and bringing it up to date.

-- name: known
select name, definition from kept.marts

-- name: create
create table {name} as
with mart as (
{select}
)
select * from mart limit 0

-- name: drop
drop table if exists {name}

-- name: forget
delete from kept.marts where name = $name

-- name: note
insert into kept.marts values ($name, $definition)

-- name: describe
comment on table {name} is {text}

-- name: describe_column
comment on column {name}.{column} is {text}

-- name: columns
select column_name from duckdb_columns() where database_name = 'warehouse' and schema_name = 'main' and table_name = $name

-- name: clear
delete from {name}

-- name: fill
insert into {name}
with mart as (
{select}
)
select * from mart

-- name: clear_days
delete from {name} where day in ({days})

-- name: fill_days
insert into {name}
with mart as (
{select}
)
select * from mart where day in ({days})

-- name: touched_days
select distinct day from kept.touched_days order by day

-- name: clear_touched_days
delete from kept.touched_days

-- name: fresh
update kept.house set marts_stale = false
