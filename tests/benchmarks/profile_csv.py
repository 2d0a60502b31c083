"""What a profile of a CSV costs beside DuckDB's SUMMARIZE of it: a file of numbers, and one of texts, moments and quotes.

python -m tests.benchmarks.profile_csv [ROWS,ROWS,...] [ROUNDS]
"""

from __future__ import annotations

import sys
import tempfile
from pathlib import Path
from typing import Final

import duckdb

from tests.benchmarks.race import race

NUMBERS: Final = """
SELECT i // 4 * 4 + 1 AS order_key, hash(i, 1) % 200000 + 1 AS part_key, hash(i, 2) % 10000 + 1 AS supplier_key, i % 4 + 1 AS line_number,
    hash(i, 3) % 50 + 1 AS quantity, ((hash(i, 4) % 10000000 + 90000) / 100)::DECIMAL(15, 2) AS price,
    ((hash(i, 5) % 11) / 100)::DECIMAL(15, 2) AS discount, ((hash(i, 6) % 9) / 100)::DECIMAL(15, 2) AS tax,
    substr('NRA', (hash(i, 7) % 3)::INT + 1, 1) AS returned, substr('OF', (hash(i, 8) % 2)::INT + 1, 1) AS status,
    DATE '1992-01-02' + (hash(i, 9) % 2500)::INT AS shipped, DATE '1992-01-31' + (hash(i, 10) % 2460)::INT AS promised,
    DATE '1992-01-03' + (hash(i, 11) % 2530)::INT AS received, ['IN PERSON', 'COD', 'NONE', 'RETURN'][(hash(i, 12) % 4)::INT + 1] AS how,
    ['AIR', 'RAIL', 'SHIP', 'TRUCK', 'MAIL'][(hash(i, 13) % 5)::INT + 1] AS mode,
    'pending requests sleep ' || hash(i, 14) % 100000 AS remark
FROM range($1) AS r(i)
"""

TEXTS: Final = """
SELECT strftime(TIMESTAMP '2021-01-01' + to_seconds((hash(i, 1) % 94608000)::BIGINT), '%Y-%m-%d %H:%M:%S.%f') || '+03:00' AS created,
    ['PAID', 'CANCELED', 'REFUND'][(hash(i, 2) % 3)::INT + 1] AS status, (hash(i, 3) % 200 * 10)::DECIMAL(10, 2) AS price,
    ['Взрослый', 'Школьник', 'Студент', 'Пенсионер'][(hash(i, 4) % 4)::INT + 1] AS visitor, hash(i, 5) % 2 = 0 AS active,
    CASE WHEN hash(i, 6) % 3 = 0
        THEN strftime(TIMESTAMP '2022-01-01' + to_seconds((hash(i, 6) % 63072000)::BIGINT), '%Y-%m-%d %H:%M:%S+03:00')
        END AS entered,
    'Выставка "' || ['Космос', 'Графика; листы', 'Икона'][(hash(i, 7) % 3)::INT + 1] || '" № ' || hash(i, 8) % 400 AS event,
    'Площадка ' || hash(i, 9) % 300 AS place, 'Музей ' || hash(i, 10) % 90 AS museum,
    md5(i::VARCHAR)::UUID AS ticket_id,
    CASE WHEN hash(i, 11) % 5 > 0 THEN 'client' || hash(i, 11) % 700000 END AS client,
    '+7 (9' || 10 + hash(i, 12) % 90 || ') 555-00-11' AS phone,
    lpad((hash(i, 13) % 90)::VARCHAR, 10, '0') AS inn, DATE '1950-01-01' + (hash(i, 14) % 20000)::INT AS born,
    lpad(i::VARCHAR, 12, '0') AS number
FROM range($1) AS r(i)
"""

SUMMARIZE: Final = "import duckdb, sys; duckdb.sql('SUMMARIZE FROM read_csv($1)', params=sys.argv[1:]).fetchall()"
OURS: Final = """
import sys
from pathlib import Path
from dataeng_ai.profile.survey import profile
path = Path(sys.argv[1])
profile(path.parent, path.name)
"""


def write(path: Path, query: str, rows: int, delimiter: str = ",") -> None:
    """Write the rows of a query of ours as CSV, the same bytes each time."""
    with duckdb.connect() as connection:
        connection.sql(query, params=[rows]).write_csv(str(path), sep=delimiter, header=True)


def main() -> None:
    """Print what both took, of either file, for each number of rows."""
    sizes, rounds = (*sys.argv[1:3], *("1000000", "3")[len(sys.argv) - 1 :])
    files = {"numbers": (NUMBERS, ",", "CPU <= 1.0 x"), "texts": (TEXTS, ";", "CPU <= 1.2 x")}
    for rows in map(int, sizes.split(",")):
        with tempfile.TemporaryDirectory() as folder:
            for name, (query, delimiter, goal) in files.items():
                path = Path(folder, f"{name}.csv")
                write(path, query, rows, delimiter)
                commands = {each: [sys.executable, "-c", code, str(path)] for each, code in (("SUMMARIZE", SUMMARIZE), ("profile", OURS))}
                columns = len(path.open(encoding="utf-8").readline().split(delimiter))
                title = f"{name}: {rows:,} rows x {columns} columns, {path.stat().st_size >> 20} MiB"
                race(title, commands, int(rounds), f"{goal}, peak <= 300 MiB at any size, time linear")
                path.unlink()


if __name__ == "__main__":
    main()
