"""What `spec compile` costs for many specs: cold, with nothing changed, with one spec edited.

python tests/benchmarks/compile.py [SPECS] [ROUNDS]

The anchor of each round is PyYAML's C loader over the same files, which any compiler of YAML pays. Seconds are those of the CPU, of the
whole process, least of the rounds. Beside them: what an empty `spec --help` costs, so that imports are not taken for work.
"""

from __future__ import annotations

import os
import random
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

SPEC = str(Path(sys.executable).parent / "spec")
TYPES = ("integer", "bigint", "decimal(12, 2)", "text", "text", "text", "double", "boolean", "date", "timestamp", "timestamptz", "uuid")
COLUMNS = 20
ANCHOR = "import pathlib, sys, yaml\nfor p in pathlib.Path(sys.argv[1]).glob('*.yaml'): yaml.load(p.read_bytes(), yaml.CSafeLoader)"


def spec(number: int) -> str:
    """Return the text of one spec, with its own mixture of types, always the same for its number."""
    chance = random.Random(number)  # noqa: S311  no secret: any mixture will do
    columns = ["  - {name: id, type: bigint, nullable: false, description: Number}"]
    for place in range(1, COLUMNS):
        nullable = ", nullable: false" if chance.random() < 1 / 3 else ""
        columns.append(f"  - {{name: column_{place}, type: '{chance.choice(TYPES)}'{nullable}, description: Column {place}}}")
    return f"""\
version: 1
name: bench_{number}
about: Pipeline number {number} of a benchmark, every night; for charts by day.
source:
  connection: landing
  path: bench_{number}/*.csv.gz
  format: csv
  csv: {{delimiter: ";", quote: '"', escape: '"', header: true, encoding: utf-8, null_values: ["", NA]}}
target: {{storage: postgres, connection: warehouse, table: public.bench_{number}}}
columns:
{chr(10).join(columns)}
primary_key: [id]
load: {{mode: {chance.choice(("full", "append", "merge"))}}}
partition: null
order_by: null
schedule: {{cron: "0 6 * * *", timezone: UTC, start_date: 2026-01-01}}
quality:
  - {{check: range, columns: [id], min: 0, severity: warn}}
  - {{check: row_count, min: 1000, severity: warn}}
on_schema_change: {{new_column: evolve, dropped_column: freeze, type_change: freeze}}
"""


def project(folder: Path, specs: int) -> None:
    """Write a project of so many specs."""
    (folder / "specs").mkdir()
    text = "version: 1\nconnections:\n  landing: {kind: files}\n  warehouse: {kind: postgres}\n"
    (folder / "dataeng.yaml").write_text(text, "utf-8")
    for number in range(specs):
        (folder / "specs" / f"bench_{number}.yaml").write_text(spec(number), "utf-8")


def seconds(command: list[str], folder: Path) -> float:
    """Return the CPU seconds of one run of a command."""
    before = os.times()
    subprocess.run(command, cwd=folder, check=True, stdout=subprocess.DEVNULL)
    after = os.times()
    return after.children_user + after.children_system - before.children_user - before.children_system


def round_of(folder: Path, number: int) -> dict[str, float]:
    """Return the seconds of each contestant, in turn."""
    shutil.rmtree(folder / "build", ignore_errors=True)
    shutil.rmtree(folder / ".dataeng", ignore_errors=True)
    taken = {"anchor: PyYAML": seconds([sys.executable, "-c", ANCHOR, "specs"], folder)}
    taken["spec --help"] = seconds([SPEC, "--help"], folder)
    taken["cold"] = seconds([SPEC, "compile"], folder)
    taken["unchanged"] = seconds([SPEC, "compile"], folder)
    taken["unchanged --check"] = seconds([SPEC, "compile", "--check"], folder)
    edited = folder / "specs" / "bench_0.yaml"
    edited.write_text(spec(0).replace("for charts", f"for charts {number}"), "utf-8")
    taken["one edited"] = seconds([SPEC, "compile"], folder)
    edited.write_text(spec(0), "utf-8")
    return taken


def main() -> None:
    """Print the least seconds of each, milliseconds a spec, and the ratio to the anchor."""
    specs, rounds = (int(word) for word in (*sys.argv[1:], *("1000", "3")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as name:
        project(Path(name), specs)
        taken = [round_of(Path(name), number) for number in range(rounds)]
    least = {word: min(one[word] for one in taken) for word in taken[0]}
    print(f"{specs} specs of {COLUMNS} columns, least of {rounds} rounds, CPU seconds of the whole process")
    for word, found in least.items():
        print(f"{word:18} {found:7.2f} s  {found / specs * 1000:7.2f} ms a spec  {found / least['anchor: PyYAML']:6.2f} x anchor")


if __name__ == "__main__":
    main()
