-- The catalog of the warehouse.

-- name: columns
with relation as (
    select table_name as name, comment from duckdb_tables()
    where database_name = 'warehouse' and schema_name = 'main'
    union all
    select view_name, comment from duckdb_views()
    where database_name = 'warehouse' and schema_name = 'main' and not internal
)
select
    relation.name, relation.comment,
    case when exists (
        from duckdb_keywords() where keyword_name = "column".column_name and keyword_category = 'reserved'
    ) then '"' || "column".column_name || '"' else "column".column_name end,
    "column".data_type, "column".comment
from duckdb_columns() as "column"
join relation on relation.name = "column".table_name
where "column".database_name = 'warehouse' and "column".schema_name = 'main'
order by relation.name, "column".column_index

-- name: undescribed
select table_name, column_name from duckdb_columns()
where database_name = 'warehouse' and comment is null
union all
select table_name, null from duckdb_tables()
where database_name = 'warehouse' and comment is null
union all
select view_name, null from duckdb_views() where database_name = 'warehouse' and comment is null and not internal
