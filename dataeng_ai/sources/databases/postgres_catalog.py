"""PostgreSQL as a source: what its catalogue is asked, as constants with bound values."""

from __future__ import annotations

from typing import Final

TABLES: Final = b"""
SELECT n.nspname, c.relname, c.relkind IN ('v', 'm'), c.reltuples::bigint, obj_description(c.oid, 'pg_class'), c.oid
FROM pg_class AS c JOIN pg_namespace AS n ON n.oid = c.relnamespace
WHERE c.relkind IN ('r', 'p', 'v', 'm', 'f') AND NOT c.relispartition AND n.nspname !~ '^pg_' AND n.nspname <> 'information_schema'
    AND has_schema_privilege(n.oid, 'USAGE') AND has_table_privilege(c.oid, 'SELECT') AND c.relname NOT LIKE '\\_dataeng\\_%'
ORDER BY 1, 2
"""
FIND: Final = b"""
SELECT c.oid, c.relkind FROM pg_class AS c
WHERE c.oid = to_regclass(CASE WHEN $1::text IS NULL THEN format('%I', $2::text) ELSE format('%I.%I', $1::text, $2::text) END)
"""
ABOUT: Final = b"""
SELECT obj_description(oid, 'pg_class'), reltuples::bigint, CASE WHEN relkind = 'p' THEN pg_get_partkeydef(oid) END
FROM pg_class WHERE oid = $1::oid
"""
DIFFERENT: Final = b"""
SELECT s.attname, CASE WHEN s.n_distinct >= 0 THEN s.n_distinct ELSE -s.n_distinct * c.reltuples END::bigint
FROM pg_stats AS s JOIN pg_namespace AS n ON n.nspname = s.schemaname
JOIN pg_class AS c ON c.relnamespace = n.oid AND c.relname = s.tablename
WHERE c.oid = $1::oid AND c.reltuples >= 0 AND s.inherited = (c.relkind = 'p')
"""
COLUMNS: Final = b"""
SELECT attname, attnotnull, col_description(attrelid, attnum) FROM pg_attribute
WHERE attrelid = $1::oid AND attnum > 0 AND NOT attisdropped ORDER BY attnum
"""
UNIQUE: Final = b"""
SELECT i.indisprimary, array_agg(a.attname::text ORDER BY k.place)
FROM pg_index AS i CROSS JOIN unnest(i.indkey::int2[]) WITH ORDINALITY AS k (attnum, place)
JOIN pg_attribute AS a ON a.attrelid = i.indrelid AND a.attnum = k.attnum
WHERE i.indrelid = $1::oid AND i.indisunique AND i.indisvalid AND i.indpred IS NULL AND i.indexprs IS NULL AND k.place <= i.indnkeyatts
GROUP BY i.indexrelid, i.indisprimary HAVING bool_and(a.attnotnull) ORDER BY i.indisprimary DESC, i.indexrelid
"""
FOREIGN: Final = b"""
SELECT c.conrelid, n.nspname, f.relname,
    (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.conkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.conrelid AND a.attnum = k.attnum),
    (SELECT array_agg(a.attname::text ORDER BY k.place) FROM unnest(c.confkey) WITH ORDINALITY AS k (attnum, place)
        JOIN pg_attribute AS a ON a.attrelid = c.confrelid AND a.attnum = k.attnum)
FROM pg_constraint AS c JOIN pg_class AS f ON f.oid = c.confrelid JOIN pg_namespace AS n ON n.oid = f.relnamespace
WHERE ($1::oid IS NULL OR c.conrelid = $1::oid) AND c.contype = 'f' ORDER BY c.conrelid, c.conname
"""
INDEXES: Final = b"SELECT pg_get_indexdef(indexrelid) FROM pg_index WHERE indrelid = $1::oid ORDER BY indexrelid"
TYPES: Final = b"""
WITH RECURSIVE base AS (
    SELECT oid AS asked, oid, typtype, typbasetype, typname, typcategory, typtypmod FROM pg_type WHERE oid = ANY ($1::oid[])
    UNION ALL
    SELECT b.asked, t.oid, t.typtype, t.typbasetype, t.typname, t.typcategory,
        CASE WHEN t.typtype = 'd' THEN t.typtypmod ELSE b.typtypmod END
    FROM base AS b JOIN pg_type AS t ON t.oid = b.typbasetype WHERE b.typtype = 'd'
)
SELECT asked, typname::text, typtype::text, typcategory::text, typtypmod, format_type(asked, NULL) FROM base WHERE typtype <> 'd'
"""
