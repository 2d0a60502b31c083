"""What refers to other tables: foreign keys and checks of relationships, from the spec to rows that must not be published."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import duckdb
import psycopg
import pytest

from dataeng_ai import lineage
from dataeng_ai.emit import emit
from dataeng_ai.project import find, open_spec

if TYPE_CHECKING:
    from pathlib import Path
    from typing import Any

    from tests.shell import Shell

CSV = 'format: csv, csv: {delimiter: ",", quote: \'"\', escape: \'"\', header: true, encoding: utf-8, null_values: [""]}'
SPEC = """\
version: 1
name: %(name)s
source: {path: "in/%(name)s.csv", %(csv)s}
target: {%(where)s, table: %(table)s}
columns:
%(columns)s
primary_key: [%(key)s]
%(refers)s
load: {mode: %(mode)s}
partition: null
order_by: null
schedule: null
quality: %(quality)s
on_schema_change: {new_column: freeze}
"""
MUSEUMS = "  - {name: Код, type: integer, nullable: false}\n  - {name: Название, type: text}"
HALLS = "  - {name: Музей, type: integer, nullable: false}\n  - {name: Зал, type: text, nullable: false}"
VISITS = (
    "  - {name: id, type: bigint, nullable: false}\n  - {name: Музей, type: bigint}\n  - {name: Зал, type: text}\n"
    "  - {name: после, type: bigint}\n  - {name: Телефон, type: text, pii: {category: phone, handling: keep}}"
)


class Museum:
    """A project with three tables that refer to each other, and the storage into which they are loaded."""

    def __init__(self, shell: Shell, storage: str, url: str | None) -> None:
        self.shell, self.storage, self.url = shell, storage, url
        shell.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n" if url else "version: 1\n")
        self.spec("museums", '"Мир.Музеи"', MUSEUMS, "Код")
        self.spec("halls", "halls", HALLS, "Музей, Зал")
        self.rows("museums", "Код,Название\n1,Эрмитаж\n2,Русский музей\n")
        self.rows("halls", "Музей,Зал\n1,А\n1,Б\n2,А\n")

    def spec(self, name: str, table: str, columns: str, key: str, refers: str = "", mode: str = "full", quality: str = "null") -> None:
        where = f"storage: {self.storage}" + (", connection: warehouse" if self.url else "")
        said = {"name": name, "table": table, "columns": columns, "key": key, "refers": refers, "mode": mode, "quality": quality}
        self.shell.write(f"specs/{name}.yaml", SPEC % (said | {"where": where, "csv": CSV}))

    def visits(self, keys: str, mode: str = "full", quality: str = "null") -> None:
        self.spec("visits", "visits", VISITS, "id", f"foreign_keys: {keys}", mode, quality)

    def rows(self, name: str, text: str) -> None:
        self.shell.write(f"in/{name}.csv", text)

    def ask(self, sql: str) -> list[tuple[Any, ...]]:
        if self.url:
            with psycopg.connect(self.url, autocommit=True) as connection:
                return connection.execute(sql.encode()).fetchall()
        with duckdb.connect(str(self.shell.folder / ".dataeng/warehouse.duckdb"), read_only=True) as warehouse:
            return warehouse.execute(sql).fetchall()

    def ids(self) -> list[int]:
        return [row[0] for row in self.ask("SELECT id FROM visits ORDER BY 1")]

    def failed(self) -> str:
        said = self.shell.spec("run", "visits")
        assert said.code == 1, said
        return said.err


@pytest.fixture(params=["duckdb", "postgres"])
def museum(shell: Shell, request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch) -> Museum:
    url = str(request.getfixturevalue("postgres")) if request.param == "postgres" else None
    if url:
        monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", url)
    return Museum(shell, str(request.param), url)


HEAD = "id,Музей,Зал,после,Телефон\n"


def test_a_value_that_stands_nowhere_keeps_the_load_from_being_published_and_is_named(museum: Museum) -> None:
    museum.visits("[{columns: [Музей], references: {spec: museums}}]")
    museum.shell.ok("run", "museums")
    museum.rows("visits", f"{HEAD}1,1,А,,\n2,,,,\n3,2,Ы,,\n")
    assert "rows_loaded" in museum.shell.ok("run", "visits", "--format", "json").data
    museum.rows("visits", f"{HEAD}1,1,А,,\n4,7,А,,\n5,99,А,,\n6,7,А,,\n")
    said = museum.failed()
    assert "E504" in said
    assert "3 rows refer by `Музей` to what is not in `Код` of `Мир.Музеи`: `7` (2 rows); `99`" in said
    assert "load what is new there (`spec run museums`)" in said
    assert museum.ids() == [1, 2, 3]
    museum.rows("museums", "Код,Название\n1,Эрмитаж\n7,Кунсткамера\n99,Эрарта\n")
    museum.shell.ok("run", "museums")
    museum.shell.ok("run", "visits")
    assert museum.ids() == [1, 4, 5, 6]


def test_columns_together_refer_to_a_key_of_as_many_and_a_null_among_them_to_nothing(museum: Museum) -> None:
    museum.visits("[{columns: [Музей, Зал], references: {spec: halls}}]")
    museum.shell.ok("run", "halls")
    museum.rows("visits", f"{HEAD}1,1,Б,,\n2,9,,,\n3,,Я,,\n")
    museum.shell.ok("run", "visits")
    museum.rows("visits", f"{HEAD}1,1,Б,,\n2,2,Б,,\n")
    assert "1 row refers by `Музей`, `Зал` to what is not in `Музей`, `Зал` of `halls`: `2`, `Б`" in museum.failed()
    assert museum.ids() == [1, 2, 3]


@pytest.mark.parametrize(("mode", "fails"), [("full", True), ("merge", False)])
def test_rows_of_one_table_refer_to_those_that_come_with_them_and_to_those_that_stay(museum: Museum, mode: str, fails: bool) -> None:  # noqa: FBT001  a parameter of the test
    museum.spec("visits", "visits", VISITS, "id", "foreign_keys: [{columns: [после], references: {spec: visits}}]", mode)
    path = museum.shell.folder / "specs/visits.yaml"
    path.write_text(path.read_text("utf-8").replace("in/visits.csv", "in/visits*.csv"), "utf-8")
    museum.rows("visits", f"{HEAD}1,,,,\n2,,,1,\n3,,,2,\n")
    museum.shell.ok("run", "visits")
    (museum.shell.folder / "in/visits.csv").rename(museum.shell.folder / "visits.csv")
    museum.rows("visits_b", f"{HEAD}4,,,5,\n5,,,3,\n")
    if fails:
        assert "`id` of `visits`: `3`" in museum.failed()
    else:
        museum.shell.ok("run", "visits")
        assert museum.ids() == [1, 2, 3, 4, 5]
    museum.rows("visits_b", f"{HEAD}6,,,8,\n")
    (museum.shell.folder / "in/visits_b.csv").rename(museum.shell.folder / "in/visits_c.csv")
    assert "`id` of `visits`: `8`" in museum.failed()


def test_a_table_that_is_not_there_yet_holds_nothing(museum: Museum) -> None:
    museum.visits("[{columns: [Музей], references: {spec: museums}}]")
    museum.rows("visits", f"{HEAD}1,,,,\n")
    museum.shell.ok("run", "visits")
    museum.rows("visits", f"{HEAD}1,1,,,\n2,1,,,\n3,,,,\n")
    said = museum.failed()
    assert "E521" in said
    assert "2 rows refer by `Музей` to the table `Мир.Музеи`, which is not there yet" in said
    assert "spec run museums" in said
    museum.visits("[{columns: [Музей], references: {spec: museums}, severity: warn}]")
    report = museum.shell.ok("run", "visits", "--format", "json").data
    assert report["warnings"] == ["foreign_key_Музей: 2"]
    assert museum.ids() == [1, 2, 3]


def test_a_warning_lets_rows_pass_that_came_early_and_says_which(museum: Museum, caplog: pytest.LogCaptureFixture) -> None:
    museum.spec(
        "visits", "visits", VISITS, "id",
        quality="[{check: relationships, columns: [Музей], references: {spec: museums, columns: [Код]}, severity: warn}]",
    )  # fmt: skip
    museum.shell.ok("run", "museums")
    museum.rows("visits", f"{HEAD}1,1,,,\n2,5,,,\n3,6,,,\n")
    report = museum.shell.ok("run", "visits", "--format", "json").data
    assert report["warnings"] == ["relationships_Музей: 2"]
    assert "`5`; `6`" in caplog.text
    assert museum.ids() == [1, 2, 3]


def test_a_table_that_no_spec_loads_is_looked_into_and_personal_values_are_not_shown(museum: Museum) -> None:
    museum.visits("[{columns: [Телефон], references: {table: people, columns: [phone]}}]")
    museum.rows("visits", f"{HEAD}1,,,,\n")
    museum.shell.ok("run", "visits")
    people = "CREATE TABLE all_people (phone text); INSERT INTO all_people VALUES ('+7 911 000-00-01')"
    if museum.url:
        with psycopg.connect(museum.url, autocommit=True) as connection:
            connection.execute(people)
            connection.execute("CREATE MATERIALIZED VIEW people AS SELECT phone FROM all_people")
    else:
        with duckdb.connect(str(museum.shell.folder / ".dataeng/warehouse.duckdb")) as warehouse:
            warehouse.execute(people)
            warehouse.execute("CREATE VIEW people AS SELECT phone FROM all_people")
    museum.rows("visits", f"{HEAD}1,,,,+7 911 000-00-01\n2,,,,+7 921 555-44-33\n")
    said = museum.failed()
    assert "`phone` of `people`: `+9 999 999-99-99`" in said
    assert "555-44" not in said
    assert museum.ids() == [1]


def compiled(folder: Path, name: str) -> dict[str, str]:
    project = find(folder)
    return emit(lineage.pipeline_of(open_spec(name, project), project))


def test_documents_and_ddl_tell_what_refers_to_what_and_no_constraint_is_made(museum: Museum) -> None:
    museum.visits("[{columns: [Музей, Зал], references: {spec: halls}}, {columns: [Музей], references: {spec: museums}}]")
    files = compiled(museum.shell.folder, "visits")
    docs, ddl = files["docs/visits.md"], files[f"ddl/visits.{museum.storage}.sql"]
    assert "| Refers | `Музей` to `Мир.Музеи (Код)`, loaded by `museums` |" in docs
    assert '  table -. "Музей, Зал" .-> referred1[("halls")]\n  table -. "Музей" .-> referred2[("Мир.Музеи")]' in docs
    assert "| `foreign_key_Музей_Зал` | Музей, Зал: stands in halls (Музей, Зал) (implied) | nothing is published |" in docs
    assert "'Refers, with Зал, to halls (Музей, Зал). Refers to Мир.Музеи (Код).'" in ddl
    assert "REFERENCES" not in ddl
    index = json.loads(files["dags/visits/pipeline.json"])
    assert {"check.foreign_key_Музей", "orphans.foreign_key_Музей", "there.foreign_key_Музей"} <= index["statements"].keys()
    report = museum.shell.ok("report", "visits", "--language", "ru").out
    assert "ссылка на" in report


def test_what_another_spec_says_of_its_table_is_compiled_in(museum: Museum) -> None:
    museum.visits("[{columns: [Музей], references: {spec: museums}}]")
    museum.shell.ok("compile", "visits")
    museum.shell.ok("compile", "visits", "--check")
    path = museum.shell.folder / "specs/museums.yaml"
    path.write_text(path.read_text("utf-8").replace("Мир.Музеи", "Мир.Собрания"), "utf-8")
    assert museum.shell.spec("compile", "visits", "--check").code == 1
    museum.shell.ok("compile", "visits")
    assert '"Мир"."Собрания"' in (museum.shell.folder / "build/dags/visits/check.sql").read_text("utf-8")
