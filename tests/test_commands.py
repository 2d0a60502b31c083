"""Every command as it is documented, and what it says when it is typed wrongly."""

from __future__ import annotations

import csv
import io
import json
import os
import re
import shlex
import signal
import subprocess
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.commands import tree
from dataeng_ai.commands.tree import SECTIONS

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.shell import Shell

SALES = "id;city;sum\n1;Москва;10,50\n2;Тверь;7,00\n3;Псков;0,10\n"


@pytest.fixture
def sales(shell: Shell) -> Shell:
    """A project with one spec, not filled yet."""
    shell.ok("init")
    shell.write("sales.csv", SALES)
    shell.ok("new", "sales", "Sales by city, every hour", "--source", "sales.csv")
    return shell


@pytest.fixture
def filled(sales: Shell) -> Shell:
    """The same, filled."""
    sales.ok("fill", "sales")
    return sales


def spec_of(shell: Shell) -> str:
    return (shell.folder / "specs/sales.yaml").read_text("utf-8")


def test_without_a_command_every_spec_has_its_next_command(sales: Shell) -> None:
    seen = []
    for _ in range(4):
        name, *state, program, command, of = sales.ok().out.split()
        assert (name, program, of) == ("sales", "spec", "sales")
        seen.append((state[0], command))
        sales.ok(command, of)
    assert seen == [("open:", "fill"), ("complete,", "compile"), ("compiled", "run"), ("compiled", "run")]


def test_init_keeps_what_is_there(shell: Shell) -> None:
    shell.write("dataeng.yaml", "version: 1\n")
    assert shell.ok("init").out.splitlines()[-1] == "kept dataeng.yaml"
    assert (shell.folder / "dataeng.yaml").read_text() == "version: 1\n"


def test_profile_and_preview_say_what_is_in_a_file_and_in_a_spec(filled: Shell) -> None:
    for source in ("sales.csv", "sales"):
        profile = filled.ok("profile", source, "--format", "json").data
        assert (profile["rows"], [column["name"] for column in profile["columns"]]) == (3, ["id", "city", "sum"])
        assert filled.ok("preview", source, "--rows", "1", "--format", "json").data == [{"id": "1", "city": "Москва", "sum": "10.50"}]
    rows = list(csv.reader(io.StringIO(filled.ok("preview", "sales", "--rows", "all", "--format", "csv").out)))
    assert rows == [["id", "city", "sum"], ["1", "Москва", "10.50"], ["2", "Тверь", "7.00"], ["3", "Псков", "0.10"]]


def test_preview_says_beside_the_rows_what_was_left_out_mended_or_is_in_doubt(shell: Shell) -> None:
    shell.write("plain.csv", "id,имя\n1,Жук\n2,Лев\n")
    assert shell.ok("preview", "plain.csv").err == ""
    shell.write("odd.csv", "Выгрузка за 2024 год\nid,товар,день\n1,сыр,01/02/2024\n2,хлеб\n3,соль,03/04/2024\nИтого,,\n")
    said = shell.ok("preview", "odd.csv", "--rows", "all", "--format", "csv")
    assert said.out.splitlines()[1:] == ["1,сыр,2024-02-01", "3,соль,2024-04-03"]
    assert [line.split(":")[0] for line in said.err.splitlines()] == ["not a row", "skip 1", "footer 1", "warning"]
    assert "too few fields, first in line 4" in said.err


def test_fill_of_one_place_leaves_the_others_open_and_undo_takes_it_back(sales: Shell) -> None:
    before = spec_of(sales)
    sales.ok("fill", "sales", "--dry-run")
    assert spec_of(sales) == before
    sales.ok("fill", "sales", "--only", "source")
    assert "format: csv" in spec_of(sales)
    assert "target" not in spec_of(sales)
    sales.ok("undo", "sales")
    assert spec_of(sales) == before


def test_fill_of_a_place_that_waits_for_another_says_so(sales: Shell) -> None:
    assert "another decision comes first" in sales.ok("fill", "sales", "--only", "target").err


def test_fill_of_a_place_that_nobody_knows_is_refused(filled: Shell) -> None:
    said = filled.spec("fill", "sales", "--only", "nonsense")
    assert (said.code, "E045" in said.err) == (1, True)
    assert filled.ok("fill", "sales", "--only", "load").out == "nothing to fill: no hole is open at `load`\n"


@pytest.mark.parametrize("stage", ["sales", "filled"])
def test_every_line_that_recommend_prints_can_be_typed(stage: str, request: pytest.FixtureRequest) -> None:
    shell: Shell = request.getfixturevalue(stage)
    before = spec_of(shell)
    lines = [line.strip() for line in shell.ok("recommend", "sales").out.splitlines() if line.startswith("    spec ")]
    assert lines
    for line in lines:
        shell.write("specs/sales.yaml", before)
        shell.ok(*shlex.split(line)[1:])
        shell.ok("fill", "sales")
        shell.ok("check", "sales")


@pytest.mark.parametrize(
    ("assignment", "written"),
    [
        ("load.mode=append", "mode: append"),
        ("load.mode=auto", "mode: auto"),
        ("primary_key=null", "primary_key: null"),
        ("primary_key=[id, city]", "primary_key: [id, city]"),
        ("columns.sum.type=decimal(12, 3)", 'type: "decimal(12, 3)"'),
        ("columns[2].type=text", "name: sum, type: text"),
        ("schedule.cron=*/5 * * * *", 'cron: "*/5 * * * *"'),
        ("load.max_rejects=0.5%", "max_rejects: 0.5%"),
        ("source.csv.delimiter=|", 'delimiter: "|"'),
        ("source.csv.null_values=[NA, '']", 'null_values: [NA, ""]'),
        ("quality=[{check: pattern, columns: [city], pattern: '^\\w{3} x$'}]", "pattern: '^\\w{3} x$'"),
        ("about=one # two", 'about: "one # two"'),
        ("about={{ x }}", 'about: "{{ x }}"'),
        ("about=a: b", 'about: "a: b"'),
        ("about='quoted'", "about: quoted"),
        ("about=it's", 'about: "it\'s"'),
        ("about=*star", 'about: "*star"'),
        ("about=no", 'about: "no"'),
        ('about=""', 'about: ""'),
        ("tags=[a, 'b: c']", 'tags: [a, "b: c"]'),
    ],
)
def test_set_writes_what_was_typed(filled: Shell, assignment: str, written: str) -> None:
    filled.ok("set", "sales", assignment)
    assert written in spec_of(filled)


@pytest.mark.parametrize(
    ("assignment", "code"),
    [
        ("load.mod=append", "E102"),
        ("nonsense=1", "E102"),
        ("load.mode=upsert", "E103"),
        ("about=5", "E104"),
        ("tags=a", "E104"),
        ('quality=[{check: pattern, columns: [city], pattern: "\\d"}]', "E104"),
        ("columns.nope.type=text", "E021"),
        ("a..b=1", "E021"),
        ("=1", "E021"),
    ],
)
def test_set_refuses_what_the_language_does_not_know_and_writes_nothing(filled: Shell, assignment: str, code: str) -> None:
    before = spec_of(filled)
    said = filled.spec("set", "sales", assignment)
    assert (said.code, said.out, spec_of(filled)) == (1, "", before)
    assert code in said.err


@pytest.mark.parametrize("assignment", ["load.mode=", "load.mode", "about= "])
def test_set_without_a_value_is_mistyped(filled: Shell, assignment: str) -> None:
    assert filled.spec("set", "sales", assignment).code == 2


def test_set_finds_a_column_whose_name_holds_the_sign(filled: Shell) -> None:
    filled.write("specs/sales.yaml", spec_of(filled).replace("name: sum", 'name: "a=b.c", from: sum'))
    filled.ok("set", "sales", 'columns["a=b.c"].type=text')
    assert '{name: "a=b.c", from: sum, type: text' in spec_of(filled)


def test_set_of_an_entry_that_a_list_lacks_says_how_one_is_added(filled: Shell) -> None:
    assert "set the whole list" in filled.spec("set", "sales", "quality[7]={check: not_null, columns: [id]}").err


def test_set_does_not_make_columns_while_they_are_open(sales: Shell) -> None:
    before = spec_of(sales)
    assert sales.spec("set", "sales", "columns.id.type=text").code == 1
    assert spec_of(sales) == before


def test_undo_after_set_shows_the_edit_and_leaves_it(filled: Shell) -> None:
    filled.ok("set", "sales", "load.max_rejects=5")
    said = filled.spec("undo", "sales")
    assert (said.code, "E393" in said.err, "max_rejects: 5" in spec_of(filled)) == (1, True, True)


def test_why_names_who_decided_and_what_became_of_it(filled: Shell) -> None:
    assert "by rule:" in filled.ok("why", "sales", "load.mode").out
    assert filled.ok("why", "sales", "about").out == "nobody but the person decided `about` here\n"
    assert filled.ok("why", "sales", "run.retries").out == "`run.retries` is not written, so its default holds\n"
    filled.ok("set", "sales", "columns.sum.name=amount")
    assert "gone since" in filled.ok("why", "sales", "columns.sum.type").out
    filled.ok("set", "sales", "load.mode=append")
    assert "changed by hand since" in filled.ok("why", "sales", "load.mode").out
    said = filled.spec("why", "sales", "nonsense")
    assert (said.code, "E045" in said.err) == (1, True)


def test_why_of_an_open_place_says_that_it_is_open(sales: Shell) -> None:
    assert sales.ok("why", "sales", "load.mode").out == "`load.mode` is open: nobody has decided it yet\n"


def test_why_of_a_code_is_its_page_in_any_case_of_letters(shell: Shell) -> None:
    assert shell.ok("why", "e101").out == shell.ok("why", "E101").out
    assert shell.spec("why", "E999").code == 1


def test_show_prints_the_spec_and_resolved_where_each_value_comes_from(filled: Shell) -> None:
    assert filled.ok("show", "sales").out == spec_of(filled)
    resolved = filled.ok("show", "sales", "--resolved").out
    assert any(line.startswith("run.retries: ") and line.endswith("# default") for line in resolved.splitlines())
    assert any(line.startswith("about: ") and line.endswith("# written") for line in resolved.splitlines())


def test_check_says_all_in_every_format(filled: Shell) -> None:
    assert filled.ok("check").out
    filled.write("specs/sales.yaml", spec_of(filled).replace("primary_key", "primaryKey"))
    assert "E102" in filled.spec("check", "sales").out
    assert next(found["code"] for found in filled.spec("check", "--format", "json").data if found["severity"] == "error") == "E102"
    assert json.loads(filled.spec("check", "--format", "gitlab").out)
    assert filled.spec("check", "--format", "github").out.count("::error ")


def test_compile_writes_checks_and_shows_what_would_change(filled: Shell) -> None:
    assert filled.spec("compile", "--check").code == 1
    filled.ok("compile")
    assert filled.ok("compile", "--check").out == "nothing to change\n"
    assert filled.ok("compile", "--diff").out == ""
    dag = filled.folder / "build/dags/sales.py"
    dag.write_text(dag.read_text() + "# mine\n")
    assert "edited by hand" in filled.spec("compile", "--check").out
    assert "-# mine" in filled.ok("compile", "--diff").out
    (filled.folder / "specs/sales.yaml").unlink()
    filled.ok("compile")
    assert not dag.exists()


def test_without_specs_nothing_is_written(shell: Shell) -> None:
    for command in ("compile", "check"):
        assert shell.ok(command).out == "no specs here yet\n"
    assert list(shell.folder.iterdir()) == []


def test_ddl_dag_and_report_print_one_artifact(filled: Shell) -> None:
    assert 'CREATE TABLE IF NOT EXISTS "sales"' in filled.ok("ddl", "sales", "--storage", "postgres").out
    compile(filled.ok("dag", "sales").out, "sales.py", "exec")
    assert filled.ok("dag", "sales", "--format", "mermaid").out.startswith("flowchart ")
    assert filled.ok("report", "sales", "-o", "report.md").out == "wrote report.md\n"
    assert (filled.folder / "report.md").read_text("utf-8") == filled.ok("report", "sales").out


def test_an_unknown_storage_is_refused_with_those_that_there_are(filled: Shell) -> None:
    said = filled.spec("ddl", "sales", "--storage", "oracle")
    assert (said.code, "`postgres`" in said.err) == (1, True)


def test_run_rejects_and_sql_look_at_one_load(filled: Shell) -> None:
    filled.write("sales.csv", SALES + "4;Омск;many\n")
    filled.ok("set", "sales", "load.max_rejects=1")
    report = filled.ok("run", "sales", "--format", "json").data
    assert (report["rows_in"], report["rows_loaded"], report["rows_rejected"]) == (4, 3, 1)
    [reject] = filled.ok("rejects", "sales", "--unmask", "--format", "json").data
    assert (reject["line"], reject["column"], reject["raw"]) == ("5", "sum", "4;Омск;many")
    assert filled.ok("sql", "sales", "SELECT sum(sum) AS total FROM sales", "--format", "json").data == [{"total": "17.60"}]


def test_a_load_that_nobody_knows_is_no_load_without_rejects(filled: Shell) -> None:
    filled.ok("run", "sales")
    assert filled.ok("rejects", "sales").out == "no record was turned away\n"
    said = filled.spec("rejects", "sales", "--load", "nope")
    assert (said.code, said.err.startswith("error[E514]: there is no load `nope`")) == (1, True)


def test_an_interval_ends_after_it_starts(filled: Shell) -> None:
    for end in ("2026-01-01", "2025-12-31"):
        assert filled.spec("run", "sales", "--from", "2026-01-01", "--to", end).code == 2
    assert filled.spec("run", "sales", "--to", "2026-01-01").code == 2


@pytest.mark.parametrize(("day", "said"), [("2026-13-01", "is no day; write 2026-01-31"), ("2026-01-01T00:00+03:00", "a zone of its own")])
def test_a_day_that_is_none_is_mistyped(filled: Shell, day: str, said: str) -> None:
    shown = filled.spec("run", "sales", "--from", day)
    assert (shown.code, said in shown.err) == (2, True)


def test_a_spec_is_meant_by_its_path_too(filled: Shell) -> None:
    for command in ("check", "compile", "run", "show", "rejects", "why", "recommend", "dag"):
        filled.ok(command, "specs/sales.yaml")


def test_schema_and_completion_print_what_editors_and_shells_read(shell: Shell) -> None:
    assert "required" in shell.ok("schema", "--strict").data
    for name in ("bash", "zsh", "fish"):
        assert "_SPEC_COMPLETE" in shell.ok("completion", name).out


@pytest.mark.parametrize("command", [command for commands in SECTIONS.values() for command in commands])
def test_a_mistyped_option_is_usage_and_help_is_not(shell: Shell, command: str) -> None:
    said = shell.spec(command, "--nonsense")
    assert (said.code, said.out) == (2, "")
    assert shell.ok(command, "--help").out.startswith(f"Usage: spec {command} ")


@pytest.mark.parametrize(
    "words",
    ["fill", "undo", "recommend", "show", "check", "compile", "ddl", "dag", "report", "run", "rejects", "why", "sql {} x", "set {} a=1"],
)
def test_a_spec_that_is_not_there_is_one_message(shell: Shell, words: str) -> None:
    said = shell.spec(*(words if "{}" in words else f"{words} {{}}").format("nope").split())
    assert (said.code, said.out.count("E040") + said.err.count("E040")) == (1, 1)


def test_a_misspelled_spec_is_guessed(sales: Shell) -> None:
    assert "did you mean `sales`?" in sales.spec("show", "sale").err


@pytest.mark.parametrize("words", ["profile sale", "profile Sales", "preview salse --rows 2"])
def test_a_misspelled_spec_is_guessed_where_a_file_could_stand_too(sales: Shell, words: str) -> None:
    assert "did you mean `sales`?" in sales.spec(*words.split()).err
    assert "no file matches `nothing.csv`" in sales.spec("profile", "nothing.csv").err


def test_a_misspelled_column_is_guessed(filled: Shell) -> None:
    assert "did you mean `city`?" in filled.spec("why", "sales", "columns.citi.type").err


@pytest.mark.parametrize("command", [name for names in SECTIONS.values() for name in names])
def test_the_examples_of_a_help_are_commands_that_can_be_typed(command: str) -> None:
    examples = [line.split("spec ", 1)[1] for line in (tree.commands[command].epilog or "").splitlines() if line.startswith("  spec ")]
    for name, *words in (shlex.split(example.split(" > ")[0]) for example in examples):
        assert name == command
        tree.commands[name].make_context(name, words)
    assert examples or command in {"status", "connections"}


def test_new_says_that_a_file_is_not_there_yet_and_a_hint_names_the_spec(sales: Shell) -> None:
    assert "no file matches" not in sales.ok("new", "there", "--source", "sales.csv").err
    assert "no file matches `later/*.csv` yet" in sales.ok("new", "later", "--source", "later/*.csv").err
    assert "`spec new nowhere --source FILE`" in sales.spec("new", "nowhere").err
    assert " --> specs/sales.yaml\n" in sales.spec("undo", "sales").err


def test_new_refuses_the_names_of_commands(shell: Shell) -> None:
    said = shell.spec("new", "run", "x", "--source", "a.csv")
    assert (said.code, "`run_data`" in said.err) == (1, True)


@pytest.mark.parametrize(
    "words", [["report", "sales", "-o", "nowhere/report.md"], ["init", "sales.csv/x"], ["compile", "--out", "sales.csv/x"]]
)
def test_a_file_system_that_refuses_is_a_message(filled: Shell, words: list[str]) -> None:
    said = filled.spec(*words)
    assert said.code == 1
    assert said.err.startswith(("error[E043]", "error[E42"))


def test_a_full_disk_is_a_message(filled: Shell) -> None:
    said = filled.spec("report", "sales", "-o", "/dev/full")
    assert (said.code, said.err.splitlines()[0].startswith("error[E043]: the disk")) == (1, True)


def test_a_spec_with_windows_line_ends_and_a_bom_keeps_them(sales: Shell) -> None:
    file = sales.folder / "specs/sales.yaml"
    file.write_bytes(b"\xef\xbb\xbf" + file.read_bytes().replace(b"\n", b"\r\n"))
    sales.ok("fill", "sales")
    sales.ok("set", "sales", "load.max_rejects=1")
    raw = file.read_bytes()
    assert raw.startswith(b"\xef\xbb\xbf")
    assert raw.count(b"\n") == raw.count(b"\r\n")
    sales.ok("run", "sales")


def test_a_reader_that_goes_away_is_no_fault(filled: Shell) -> None:
    command = f"{shlex.quote(sys.executable)} -m dataeng_ai schema | head -1; exit ${{PIPESTATUS[0]}}"
    done = subprocess.run(["bash", "-c", command], cwd=filled.folder, capture_output=True, text=True, check=False, env=_env())
    assert (done.returncode, done.stdout, done.stderr) == (0, "{\n", "")


def _reads(pid: int, name: str) -> bool:
    """Say whether a process, or one that it started, has a file of that name open now."""
    try:
        below = Path(f"/proc/{pid}/task/{pid}/children").read_text().split()
        here = any(file.readlink().name == name for file in Path(f"/proc/{pid}/fd").iterdir())
    except (FileNotFoundError, ProcessLookupError):  # it was closed, or ended, while we looked
        return False
    return here or any(_reads(int(child), name) for child in below)


def _env() -> dict[str, str]:
    return {**os.environ, "PYTHONPATH": os.pathsep.join(path for path in sys.path if path)}


@pytest.mark.parametrize("query", ["SELEC", "SELECT 1; DROP TABLE sales", "DROP TABLE sales", "SELECT * FROM nowhere", "ATTACH 'x.db'"])
@pytest.mark.parametrize("storage", ["duckdb", "postgres"])
def test_a_query_that_is_no_reading_is_refused_with_what_to_write(
    sales: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch, storage: str, query: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", postgres)
    if storage == "postgres":
        sales.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    sales.ok("fill", "sales")
    sales.ok("run", "sales")
    said = sales.spec("sql", "sales", query)
    assert (said.code, said.out) == (1, "")
    assert said.err.splitlines()[-1].strip().startswith(("= help: write one SELECT", "= help: write a SELECT"))
    assert sales.ok("sql", "sales", "SELECT count(*) AS n FROM sales", "--format", "json").data == [{"n": "3"}]


def test_an_empty_query_is_mistyped(filled: Shell) -> None:
    assert filled.spec("sql", "sales", " ").code == 2


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (lambda url: re.sub(r":\d+/", ":1/", url), "E610"),
        (lambda url: url.rpartition("/")[0] + "/nowhere", "E612"),
        (lambda url: url.replace("postgres@", "nobody:s3cret@"), "E612"),
        (lambda url: url.replace("127.0.0.1", "nowhere.invalid"), "E610"),
    ],
)
def test_a_server_that_is_not_there_or_does_not_let_us_in_is_one_line_and_exit_3(
    sales: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch, change: Callable[[str], str], code: str
) -> None:
    sales.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    sales.ok("fill", "sales")
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", change(postgres))
    for command in (["run", "sales"], ["rejects", "sales"], ["sql", "sales", "SELECT 1"]):
        said = sales.spec(*command)
        assert (said.code, said.out) == (3, "")
        assert said.err.startswith(f"error[{code}]: the connection `warehouse`: ")
        assert "s3cret" not in said.err
        assert "\N{REPLACEMENT CHARACTER}" not in said.err


def test_a_file_of_connections_may_begin_with_a_bom_and_must_be_utf_8(sales: Shell, postgres: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("AIRFLOW_CONN_WAREHOUSE", raising=False)
    sales.write("dataeng.yaml", "version: 1\nconnections: {warehouse: {kind: postgres}}\n")
    sales.ok("fill", "sales")
    file = sales.write(".dataeng/connections.env", f"\ufeffAIRFLOW_CONN_WAREHOUSE={postgres}\r\n")
    file.chmod(0o600)
    sales.ok("run", "sales")
    file.write_bytes(b"AIRFLOW_CONN_WAREHOUSE=\xff\xfe\n")
    said = sales.spec("run", "sales")
    assert (said.code, said.err.startswith("error[E602]")) == (1, True)


def test_of_two_fills_at_once_one_whole_result_stays(sales: Shell) -> None:
    command = [sys.executable, "-m", "dataeng_ai", "fill", "sales"]
    both = [subprocess.Popen(command, cwd=sales.folder, stdout=subprocess.PIPE, stderr=subprocess.PIPE, env=_env()) for _ in range(2)]
    said = [process.communicate()[1].decode() for process in both]
    assert {process.returncode for process in both} <= {0, 1}
    assert all("Traceback" not in text for text in said)
    sales.ok("check", "sales")
    assert "by rule:" in sales.ok("why", "sales", "load.mode").out
    assert not list(sales.folder.rglob("*.tmp"))


@pytest.mark.parametrize("command", ["fill", "run"])
def test_ctrl_c_leaves_what_can_simply_be_started_again(sales: Shell, command: str) -> None:
    file = sales.folder / "sales.csv"
    before = file.read_bytes()
    if command == "run":
        sales.ok("fill", "sales")
    # So much that the command is still reading when it is interrupted, however quick the machine.
    file.write_bytes(before + b"".join(b"%d;X;1,00\n" % row for row in range(4, 4_000_000)))
    process = subprocess.Popen([sys.executable, "-m", "dataeng_ai", command, "sales"], cwd=sales.folder, stderr=subprocess.PIPE, env=_env())
    while process.poll() is None and not _reads(process.pid, "sales.csv"):
        time.sleep(0.001)
    process.send_signal(signal.SIGINT)
    err = process.communicate()[1].decode()
    assert "Traceback" not in err
    assert process.returncode == 130, err
    file.write_bytes(before)
    sales.ok("fill", "sales")
    assert sales.ok("run", "sales", "--format", "json").data["rows_in"] == 3


def test_ddl_of_two_storages_stands_in_columns_where_there_is_room_else_below_one_another(
    filled: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    narrow = filled.ok("ddl", "sales", "--storage", "all").out
    assert narrow.count("CREATE TABLE IF NOT EXISTS") == 2
    assert "-- PostgreSQL keeps: " in narrow or "-- PostgreSQL gives up: " in narrow
    monkeypatch.setenv("COLUMNS", "500")
    wide = filled.ok("ddl", "sales", "--storage", "duckdb", "--storage", "postgres").out
    assert any(line.count("CREATE TABLE IF NOT EXISTS") == 2 for line in wide.splitlines())
    data = filled.ok("ddl", "sales", "--storage", "all", "--format", "json").data
    assert list(data) == ["duckdb", "postgres"]
    assert filled.ok("ddl", "sales").out == data["duckdb"]["ddl"] + "\n"
