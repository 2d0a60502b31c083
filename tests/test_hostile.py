"""Hostile text in every place of a spec and of its data, all the way into both storages and Airflow: nothing of it runs."""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

import duckdb
import psycopg
import pytest

from dataeng_ai.check import explain

if TYPE_CHECKING:
    from tests.services.airflow import Airflow
    from tests.shell import Shell

WORDS = [
    'say "hi"',
    "it's",
    "'); DROP TABLE keep; --",
    '"; DROP TABLE keep; --',
    "{{ macros.os.system('touch owned') }}",
    "{% raw %} {# x #}",
    "$$ $1 $tag$ ${HOME} %s %(x)s {x!r}",
    "back\\slash\\",
    "*/ -- /* c */ ; # c",
    "x" * 200,
    "🎟️ café e\u0301",
    "\u202eevil\u202c",
    "select",
    "NULL",
    "auto",
    "no",
    "line\nbreak",
    "tab\there",
    "a.b",
    "  spaces  ",
    "`tick` [x](y) <b>|pipe|</b>",
    "*star &amp; #hash",
    "a\u2028\x85\xa0",
    "-",
    "Ц" * 40,
]
"""Each of them stands everywhere at once."""

PATTERN = re.compile(r"[/*?%\[\]]")
"""What a path reads as a pattern, or as a folder."""
FIELDS = '{"new_column": "evolve", "dropped_column": "freeze", "type_change": "freeze"}'


def literally(word: str) -> str:
    """Return a pattern in which each character that could mean something stands for itself."""
    return "".join(char if char.isalnum() else "." if char in "\\^[]" else f"[{char}]" for char in word)


def spec(name: str, word: str, file: str, target: dict[str, str]) -> str:
    """Return a spec with the word in every place that takes a text. JSON is YAML."""
    parts = {
        "version": 1,
        "name": name,
        "about": word,
        "owner": word,
        "tags": [word[:100]],
        "meta": {"word": word, "words": [word]},
        "source": {
            "path": file,
            "format": "csv",
            "csv": {"delimiter": ",", "quote": '"', "escape": '"', "header": True, "encoding": "utf-8", "null_values": ["", f"no {word}"]},
        },
        "target": target,
        "columns": [
            {"name": word, "from": word.strip(), "type": "text", "description": word, "unit": word, "values": [word, f"{word}!", "x"]},
            {"name": "id", "type": "integer", "nullable": False},
        ],
        "primary_key": ["id"],
        "load": {"mode": "merge"},
        "partition": None,
        "order_by": None,
        "schedule": None,
        "quality": [
            {"check": "accepted_values", "columns": [word], "values": [word, f"{word}!", "x"]},
            {"check": "pattern", "columns": [word], "pattern": f"^({literally(word)}!?|x)$"},
        ],
        "on_schema_change": json.loads(FIELDS),
    }
    text = json.dumps(parts, ensure_ascii=False, indent=1)
    return "".join(char if char.isprintable() or char == "\n" else f"\\u{ord(char):04x}" for char in text)


def prepare(shell: Shell, storage: str) -> dict[str, str]:
    """Write a spec and its file for each word; return name -> word."""
    shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    target = {"storage": storage} | ({"connection": "warehouse"} if storage == "postgres" else {})
    for number, word in enumerate(WORDS):
        file = f"{number} {PATTERN.sub('_', word)[:40]}.csv"
        with (shell.folder / file).open("w", encoding="utf-8", newline="") as opened:
            csv.writer(opened).writerows([[word, "id"], [word, 1], [f"{word}!", 2], ["x", 3], [f"no {word}", 4]])
        shell.write(f"specs/hostile_{number}.yaml", spec(f"hostile_{number}", word, file, target | {"table": f"t {number}"}))
    return {f"hostile_{number}": word for number, word in enumerate(WORDS)}


def refused(shell: Shell, names: dict[str, str]) -> set[str]:
    """Take away the specs that check refuses, with codes that have a page; return their words."""
    found = set()
    for name, word in names.items():
        said = shell.spec("check", name, "--format", "json")
        if said.code:
            assert all(explain(wrong["code"]) for wrong in said.data)
            (shell.folder / f"specs/{name}.yaml").unlink()
            found.add(word)
    return found


def rows_of(storage: str, shell: Shell, url: str, table: str, column: str) -> list[tuple[Any, ...]]:
    """Return the rows and, last, the comment of the column, read without our code."""
    quoted = '"' + column.replace('"', '""') + '"'
    query = f'SELECT {quoted}, id FROM "{table}" ORDER BY id'
    if storage == "duckdb":
        with duckdb.connect(str(shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as connection:
            rows = connection.execute(query).fetchall()
            comment = connection.execute(
                "SELECT comment FROM duckdb_columns() WHERE table_name = ? AND column_index = 1", [table]
            ).fetchone()
    else:
        with psycopg.connect(url) as server:
            rows = server.execute(query.encode()).fetchall()
            comment = server.execute("SELECT col_description(%s::regclass, 1)", [f'"{table}"']).fetchone()
    return [*rows, comment or ()]


@pytest.mark.parametrize(("storage", "too_long"), [("duckdb", set()), ("postgres", {"x" * 200, "Ц" * 40})])
def test_hostile_words_are_loaded_as_they_are_or_refused_by_name(
    shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch, storage: str, too_long: set[str]
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    with psycopg.connect(postgres) as server:
        server.execute("CREATE TABLE keep (id integer)")
    names = prepare(shell, storage)
    assert refused(shell, names) == too_long
    shell.ok("compile")
    shell.ok("compile", "--check")
    for name, word in names.items():
        if word not in too_long:
            assert shell.ok("run", name, "--format", "json").data["rows_loaded"] == 4
            table = name.replace("hostile_", "t ")
            assert rows_of(storage, shell, postgres, table, word) == [
                (word, 1),
                (f"{word}!", 2),
                ("x", 3),
                (None, 4),
                (f"{word} [{word}]",),
            ]
            assert shell.ok("show", name, "--resolved").out
            assert shell.ok("profile", name).out
    with psycopg.connect(postgres) as server:
        server.execute("SELECT * FROM keep")
    assert not (shell.folder / "owned").exists()


def test_the_ddl_of_hostile_words_is_run_by_another_program(shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    names = prepare(shell, "postgres")
    too_long = refused(shell, names)
    with duckdb.connect() as embedded, psycopg.connect(postgres) as server:
        for name, word in names.items():
            if word not in too_long:
                embedded.execute(shell.ok("ddl", name, "--storage", "duckdb").out)
                server.execute(shell.ok("ddl", name).out.encode())
        made = embedded.execute("SELECT count(*) FROM duckdb_tables() WHERE table_name LIKE 't %'").fetchone()
        also = server.execute("SELECT count(*) FROM pg_tables WHERE tablename LIKE 't %'").fetchone()
    assert made == also == (len(WORDS) - len(too_long),)


def test_airflow_imports_the_dags_of_hostile_words(shell: Shell, airflow: Airflow) -> None:
    names = prepare(shell, "duckdb")
    shell.ok("compile")
    seen = airflow.parse(shell.folder / "build/dags")
    assert seen["errors"] == {}
    assert seen["dags"].keys() == names.keys()
    assert not list(shell.folder.rglob("owned"))


@pytest.mark.parametrize("storage", ["duckdb", "postgres"])
def test_a_file_of_hostile_headers_goes_all_the_way_by_itself(
    shell: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch, storage: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    shell.write("dataeng.yaml", "version: 1\n" + ("connections: {warehouse: {kind: postgres}}\n" if storage == "postgres" else ""))
    headers = [*WORDS, *("Ц" * 70 + end for end in "аб"), "id", "_load_id", "order", "user"]
    with (shell.folder / "it's {{ x }}.csv").open("w", encoding="utf-8", newline="") as opened:
        csv.writer(opened).writerows([headers, *([f"{row}.{place}" for place in range(len(headers))] for row in range(1, 4))])
    shell.ok("new", "hostile", '\'); DROP {{ x }} {% y %} $$ "q" \\ 🎟️', "--source", "it's {{ x }}.csv")
    shell.ok("fill", "hostile")
    assert f"storage: {storage}" in (shell.folder / "specs/hostile.yaml").read_text("utf-8")
    shell.ok("check", "hostile")
    shell.ok("compile")
    assert shell.ok("run", "hostile", "--format", "json").data["rows_loaded"] == 3
    [row, *_] = shell.ok("sql", "hostile", "SELECT * FROM hostile ORDER BY 1", "--format", "json").data
    assert list(row.values())[: len(headers)] == [f"1.{place}" for place in range(len(headers))]
    for command in ("why", "recommend", "show", "report", "dag", "ddl", "preview"):
        shell.ok(command, "hostile")
