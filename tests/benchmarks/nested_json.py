"""What reading nested JSON costs beside DuckDB's own scan of the file: made ready, profiled, and profiled with the rows of its lists.

python -m tests.benchmarks.nested_json [RECORDS] [ROUNDS]; 300,000 records are some 170 MiB
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from tests.benchmarks.race import race

TRADERS: Final = """
SELECT md5(i::VARCHAR)::UUID::VARCHAR AS id, lpad((hash(i, 1) % 1000000000000)::VARCHAR, 12, '0') AS inn,
    {'last': ['Иванов', 'Петров', 'Сидоров'][(hash(i, 2) % 3)::INT + 1], 'first': ['Иван', 'Анна'][(hash(i, 3) % 2)::INT + 1]} AS fio,
    {'region': {'code': lpad((hash(i, 4) % 90)::VARCHAR, 2, '0'), 'name': 'Регион ' || hash(i, 4) % 90},
        'city': 'Город ' || hash(i, 5) % 1000, 'geo': {'lat': 55 + (hash(i, 6) % 1000000) / 1e6, 'lon': 37 + (hash(i, 7) % 1000000) / 1e6}}
        AS address,
    list_transform(range((hash(i, 8) % 5 + 1)::INT), lambda j: {'code': ((hash(i, 9) + j) % 99)::VARCHAR || '.1', 'main': j = 0}) AS okved,
    strftime(TIMESTAMP '2004-01-01' + to_seconds((hash(i, 10) % 600000000)::BIGINT), '%Y-%m-%dT%H:%M:%S+03:00') AS registered_at,
    CASE WHEN hash(i, 11) % 3 = 0 THEN 'user' || hash(i, 11) % 99999 || '@example.ru' END AS email,
    (hash(i, 12) % 1000000) / 100 AS revenue, hash(i, 13) % 2 = 0 AS is_active
FROM range($1) AS r(i)
"""

SCAN: Final = "import duckdb, sys; duckdb.sql('SELECT count(*), count(COLUMNS(*)) FROM read_json($1)', params=sys.argv[1:]).fetchall()"
PREPARE: Final = """
import sys
from pathlib import Path
from tempfile import TemporaryDirectory
from dataeng_ai import ir
from dataeng_ai.sources import files, json
path = Path(sys.argv[1])
[file] = files.find(path.parent, path.name)
with TemporaryDirectory() as scratch:
    json.prepare(file, ir.Source(None, path.name, path.suffix[1:]), Path(scratch))
"""
SUMMARIES: Final = """
import duckdb, sys
read = 'SELECT id, unnest(okved, recursive := true) FROM read_json($1)'
for query in ('SELECT * EXCLUDE (okved) FROM read_json($1)', read):
    rows = duckdb.sql(query, params=sys.argv[1:]).create_view('v', replace=True)
    duckdb.sql('SUMMARIZE v').fetchall()
"""
PROFILE: Final = """
import sys
from pathlib import Path
from dataeng_ai.profile.survey import profile
path = Path(sys.argv[1])
profile(path.parent, path.name)
"""
CHILDREN: Final = """
import sys
from pathlib import Path
from dataeng_ai.profile.survey import profile_lists
path = Path(sys.argv[1])
profile_lists(path.parent, path.name)
"""


def main() -> None:
    """Print what each took, of a file of lines and of one that is a list."""
    records, rounds = (int(text) for text in (*sys.argv[1:3], *("300000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        for name, written in (("ndjson", "FORMAT json"), ("json", "FORMAT json, ARRAY true")):
            path = Path(folder, f"traders.{name}")
            query = TRADERS.replace("$1", str(records))
            duckdb.execute(f"COPY ({query}) TO '{path}' ({written})")
            codes = {
                "DuckDB's scan": SCAN,
                "made ready": PREPARE,
                "profile": PROFILE,
                "profile, with lists": CHILDREN,
                "SUMMARIZE, flat": SUMMARIES,
            }
            commands = {each: [sys.executable, "-c", code, str(path)] for each, code in codes.items()}
            race(f"{name}: {records:,} records, {path.stat().st_size >> 20} MiB", commands, rounds, "wall <= 1.5 x")


if __name__ == "__main__":
    main()
