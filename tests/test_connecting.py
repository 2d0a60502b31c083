"""`spec connections`: what is known and where from, folders and DuckDB files opened, and the file of connections written."""

from __future__ import annotations

import io
import json
import os
import stat
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import duckdb
import pexpect
import pytest
from click.shell_completion import ShellComplete

from dataeng_ai import connections
from dataeng_ai.commands import tree
from dataeng_ai.connections.connection import KINDS
from dataeng_ai.wiring import trial

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from tests.shell import Said, Shell

SECRET = "S3kretnyj!Parol#/@?"  # noqa: S105  looked for wherever it must not be
PROJECT = "version: 1\nconnections:\n  landing: {kind: files}\n  store: {kind: duckdb}\n  warehouse: {kind: postgres}\n"
SPEC = """\
version: 1
name: tickets
source: {connection: landing, path: "*.csv"}
target: {storage: postgres, connection: warehouse, table: museums.tickets}
"""
FILE = ".dataeng/connections.env"
ENTER = "\r"


@pytest.fixture
def museum(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A project with three connections, and a spec that uses two of them."""
    for name in [name for name in os.environ if name.startswith("AIRFLOW")]:
        monkeypatch.delenv(name)
    shell.write("dataeng.yaml", PROJECT)
    shell.write("specs/tickets.yaml", SPEC)
    shell.write(".gitignore", ".dataeng/\n")
    (shell.folder / "входящие").mkdir()
    return shell


def keep(shell: Shell, text: str, mode: int = 0o600) -> Path:
    path = shell.write(FILE, text)
    path.chmod(mode)
    return path


def one(shell: Shell, name: str, *words: str) -> dict[str, Any]:
    data: list[dict[str, Any]] = shell.spec("connections", name, "--format", "json", *words).data
    assert [each["name"] for each in data] == [name]
    return data[0]


def given(shell: Shell, name: str, value: str, *words: str) -> Said:
    """Pipe a value into `--uri -`, as a program does."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO(value))
        return shell.spec("connections", name, "--uri", "-", *words)


@pytest.fixture
def unprivileged(museum: Shell, tmp_path: Path) -> Iterator[None]:
    """Whoever runs the tests has no more rights than anybody: an administrator may read and write whatever the modes say."""
    if os.geteuid() != 0:
        yield
        return
    for folder in tmp_path.parents:
        if folder.name:
            folder.chmod(folder.stat().st_mode | 0o011)
    for path in (tmp_path, *tmp_path.rglob("*")):
        os.chown(path, 65534, 65534)
    os.seteuid(65534)
    try:
        yield
    finally:
        os.seteuid(0)


def test_what_is_known_says_where_from_who_uses_it_and_what_is_missing(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    keep(museum, f"# ours\nAIRFLOW_CONN_LANDING=fs://?path=elsewhere\nAIRFLOW_CONN_OTHER=postgres://anna:{'x'}@db/dwh\n")
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", '{"conn_type": "fs", "extra": {"path": "входящие"}}')
    data = {each["name"]: each for each in museum.ok("connections", "--format", "json").data}
    assert list(data) == ["landing", "other", "store", "warehouse"]
    landing, other, warehouse = data["landing"], data["other"], data["warehouse"]
    assert landing["origins"] == ["AIRFLOW_CONN_LANDING", f"{FILE}, line 2"]
    assert (landing["value"], landing["source_of"], landing["faults"]) == ({"path": "входящие"}, ["tickets"], [])
    assert (other["origins"], other["declared"]) == ([f"{FILE}, line 3"], False)
    assert other["value"] == {"host": "db", "database": "dwh", "user": "anna", "password": "set"}
    assert (warehouse["origins"], warehouse["value"], warehouse["target_of"]) == ([], None, ["tickets"])
    assert [fault["code"] for fault in warehouse["faults"]] == ["E601"]
    said = museum.ok("connections")
    assert "also in .dataeng/connections.env, line 2, which does not count here" in said.out
    assert said.err.splitlines() == ["next: `spec connections store --set`", "next: `spec connections warehouse --set`"]


def test_a_value_of_another_kind_and_one_that_says_too_little_are_seen(museum: Shell) -> None:
    keep(museum, "AIRFLOW_CONN_LANDING=postgres://db/dwh\nAIRFLOW_CONN_WAREHOUSE=postgres://db\nAIRFLOW_CONN_STORE=nonsense\n")
    assert [fault["code"] for fault in one(museum, "landing")["faults"]] == ["E606"]
    assert one(museum, "warehouse")["remarks"] == [
        "it does not say `database`, `user`: then the driver takes what it finds on each machine"
    ]
    assert [fault["code"] for fault in one(museum, "store")["faults"]] == ["E602"]
    assert museum.spec("connections", "store", "--test").code == 1


def test_a_connection_that_only_specs_name_is_known(museum: Shell) -> None:
    museum.write("dataeng.yaml", "version: 1\n")
    assert one(museum, "warehouse")["remarks"] == ["dataeng.yaml does not name it: add `warehouse: {kind: …}` under `connections`"]
    assert museum.spec("connections", "nobody").code == 1


def test_a_file_that_others_may_read_is_refused(museum: Shell) -> None:
    path = keep(museum, "AIRFLOW_CONN_LANDING=fs://?path=in\n", 0o644)
    assert "E603" in museum.spec("connections").err
    assert "E603" in given(museum, "landing", "fs://?path=входящие").err
    assert path.read_text() == "AIRFLOW_CONN_LANDING=fs://?path=in\n"


def test_a_folder_is_looked_at(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    museum.write("входящие/a.csv", "id\n1\n")
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", "fs://?path=входящие")
    tested = one(museum, "landing", "--test")["tested"]
    facts = {fact["what"]: fact["words"] for fact in tested["facts"]}
    assert (tested["good"], tested["fault"]) == (True, None)
    assert (facts["holds"], facts["rights"]) == ("1 files and folders", "may be read and written")
    assert isinstance(tested["latency_ms"], float)
    for path in ("nowhere", "входящие/a.csv"):
        monkeypatch.setenv("AIRFLOW_CONN_LANDING", f"fs://?path={path}")
        said = museum.spec("connections", "landing", "--test")
        assert (said.code, "E616" in said.out) == (3, True)


def test_a_folder_without_rights_is_told_from_one_that_is_not_there(
    museum: Shell, unprivileged: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    (museum.folder / "read").mkdir(mode=0o500)
    (museum.folder / "closed").mkdir(mode=0o000)
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", "fs://?path=read")
    tested = one(museum, "landing", "--test")["tested"]
    assert [fact["words"] for fact in tested["facts"] if fact["what"] == "rights"] == ["may be read, not written; nothing more is needed"]
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", "fs://?path=closed")
    assert one(museum, "landing", "--test")["tested"]["fault"]["code"] == "E613"


def test_a_duckdb_file_is_opened_without_being_made(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_STORE", '{"conn_type": "duckdb", "extra": {"path": "склад.duckdb"}}')
    path = museum.folder / "склад.duckdb"
    facts = one(museum, "store", "--test")["tested"]["facts"]
    assert facts[-1]["words"] == "it is not there yet: the first run makes it"
    assert not path.exists()
    with duckdb.connect(str(path)) as connection:
        connection.execute("CREATE TABLE t (x int)")
        tested = one(museum, "store", "--test")["tested"]
        assert (tested["fault"]["code"], "this very program" in tested["fault"]["message"]) == ("E614", True)
    before = path.read_bytes()
    tested = one(museum, "store", "--test")["tested"]
    words = {fact["what"]: fact["words"] for fact in tested["facts"]}
    assert tested["good"]
    assert words["holds"].startswith("1 tables, ")
    assert words["rights"] == "may be read and written"
    assert path.read_bytes() == before
    path.write_text("x" * 100)
    assert one(museum, "store", "--test")["tested"]["fault"]["code"] == "E629"
    assert path.read_text() == "x" * 100


def test_who_holds_a_duckdb_file_is_named(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_STORE", "duckdb://?path=held.duckdb")
    program = "import duckdb, sys; c = duckdb.connect('held.duckdb'); print('open', flush=True); sys.stdin.read()"
    command = [sys.executable, "-c", program]
    with subprocess.Popen(command, cwd=museum.folder, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as holder:
        assert holder.stdout is not None
        assert holder.stdout.readline() == "open\n"
        said = museum.spec("connections", "store", "--test")
        holder.communicate("")
    assert said.code == 3
    assert f"E614: `{museum.folder}/held.duckdb` is held by the process {holder.pid}" in said.out


def test_a_target_that_may_not_be_written_is_no_good(museum: Shell, unprivileged: None, monkeypatch: pytest.MonkeyPatch) -> None:
    museum.write("specs/tickets.yaml", SPEC.replace("postgres, connection: warehouse", "duckdb, connection: store"))
    (museum.folder / "read").mkdir()
    duckdb.connect(str(museum.folder / "read/w.duckdb")).close()
    (museum.folder / "read").chmod(0o500)
    monkeypatch.setenv("AIRFLOW_CONN_STORE", "duckdb://?path=read/w.duckdb")
    said = museum.spec("connections", "store", "--test")
    assert (said.code, "no  rights" in said.out, "chmod u+w" in said.out) == (1, True, True)


def test_every_kind_has_what_opens_it_and_what_is_asked(museum: Shell) -> None:
    from dataeng_ai.wiring.forms import BLANKS

    assert set(trial.ABOUT) == set(BLANKS) == set(KINDS.values())


BEFORE = (
    "\ufeff# keep: this\r\nexport AIRFLOW_CONN_WAREHOUSE='postgres://old/db'\r\n\r\nnot a line\r\nAIRFLOW_CONN_OTHER=postgres://o:x@h/d"
)


def test_only_the_line_of_the_connection_changes_and_only_its_owner_can_open_the_file(museum: Shell) -> None:
    path = keep(museum, BEFORE)
    done = given(museum, "landing", "fs://?path=входящие\n")
    assert done.code == 0, done
    assert path.read_bytes().decode() == f"{BEFORE}\r\nAIRFLOW_CONN_LANDING=fs://?path=входящие\r\n"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    done = given(museum, "warehouse", f'{{"conn_type": "postgres",\n "password": {json.dumps(SECRET)}}}', "--no-test")
    assert done.code == 0, done
    value = f'{{"conn_type": "postgres", "password": {json.dumps(SECRET)}}}'
    assert path.read_bytes().decode().splitlines()[1] == f"export AIRFLOW_CONN_WAREHOUSE='{value}'"
    assert connections.resolve("warehouse", museum.folder).password == SECRET
    assert [each.name for each in path.parent.iterdir()] == ["connections.env"]


def test_a_value_is_kept_as_it_was_given(museum: Shell) -> None:
    blanks = "два  пробела 'и' \" кавычки"
    assert given(museum, "warehouse", json.dumps({"conn_type": "postgres", "password": blanks}, indent=2), "--no-test").code == 0
    assert connections.resolve("warehouse", museum.folder).password == blanks
    before = (museum.folder / FILE).read_bytes()
    for broken in (
        f"postgres://anna:{SECRET}@db/dwh",
        "postgres://db/dwh\nAIRFLOW_CONN_OTHER=postgres://x/y",
        '{"conn_type":',
        "",
        "oracle://db/x",
    ):
        said = given(museum, "warehouse", broken, "--no-test")
        assert (said.code, said.err.startswith(("error[E602]", "error[E604]"))) == (1, True)
        assert SECRET not in said.out + said.err
    assert (museum.folder / FILE).read_bytes() == before


def test_what_does_not_open_is_not_written(museum: Shell) -> None:
    done = given(museum, "landing", "fs://?path=nowhere")
    assert (done.code, "E616" in done.err, "nothing was written; `--no-test`" in done.err) == (3, True, True)
    assert not (museum.folder / FILE).exists()
    assert given(museum, "landing", "fs://?path=nowhere", "--no-test").code == 0
    assert (museum.folder / FILE).read_text() == "AIRFLOW_CONN_LANDING=fs://?path=nowhere\n"
    assert "E606" in given(museum, "landing", "duckdb://?path=x").err


def test_whether_git_would_take_the_file_is_said(museum: Shell) -> None:
    assert "git ignores" in given(museum, "landing", "fs://?path=входящие").err
    museum.write(".gitignore", "*.tmp\n")
    advice = "git does not ignore `.dataeng/connections.env`: `echo .dataeng/ >> .gitignore`"
    assert advice in given(museum, "landing", "fs://?path=входящие").err
    git = ["git", "-C", str(museum.folder)]
    subprocess.run([*git, "init", "-q"], check=True)
    assert advice in given(museum, "landing", "fs://?path=входящие").err
    subprocess.run([*git, "add", FILE], check=True)
    assert "git has `.dataeng/connections.env` already" in given(museum, "landing", "fs://?path=входящие").err
    subprocess.run([*git, "rm", "-q", "--cached", FILE], check=True)
    (museum.folder / ".git/info/exclude").write_text(".dataeng\n")
    assert "git ignores" in given(museum, "landing", "fs://?path=входящие").err


def test_a_variable_that_comes_first_is_named(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", "fs://?path=elsewhere")
    assert "AIRFLOW_CONN_LANDING comes first, and is not what was written" in given(museum, "landing", "fs://?path=входящие").err


@pytest.mark.parametrize(
    "words",
    [
        ("warehouse", "--uri", f"postgres://anna:{SECRET}@db/dwh"),
        ("warehouse", f"--uri=postgres://anna:{SECRET}@db/dwh"),
        ("warehouse", "--password", SECRET),
        ("warehouse", "--set", f"--password={SECRET}"),
        (f"postgres://anna:{SECRET}@db/dwh",),
        ("warehouse", "--set", f'{{"password": "{SECRET}"}}'),
    ],
)
def test_a_password_on_the_command_line_is_refused_and_not_repeated(museum: Shell, words: tuple[str, ...]) -> None:
    said = museum.spec("connections", *words)
    assert (said.code, said.err.startswith("error[E630]")) == (1, True)
    assert SECRET not in said.out + said.err
    assert not (museum.folder / FILE).exists()


def test_nobody_is_asked_where_nobody_is(museum: Shell) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "dataeng_ai", "connections", "store", "--set"],
        cwd=museum.folder, stdin=subprocess.DEVNULL, capture_output=True, text=True, check=False,
    )  # fmt: skip
    assert (done.returncode, done.stderr.startswith("error[E631]")) == (1, True)


def at_a_terminal(shell: Shell, name: str, *words: str) -> pexpect.spawn[str]:
    command = ["-m", "dataeng_ai", "connections", name, "--set", *words]
    return pexpect.spawn(sys.executable, command, cwd=str(shell.folder), encoding="utf-8", timeout=300, dimensions=(40, 200))


def test_a_person_is_asked_and_the_password_is_not_shown(museum: Shell) -> None:
    child = at_a_terminal(museum, "warehouse", "--no-test")
    for prompt, typed in (
        (r"warehouse: host \(name or address of the server\) \[localhost\]: ", "сервер.example\n"),
        (r"port \[5432\]: ", "65536\n"),
        (r"a port is a number from 1 to 65535\r\nwarehouse: port \[5432\]: ", "\n"),
        (r"database: ", "\n"),
        (r"database is needed\r\nwarehouse: database: ", "хранилище\n"),
        (r"user: ", "anna\n"),
        (r"password \(not shown while you type; Enter for none\): ", f"{SECRET}\n"),
        (r"sslmode \(.*\) \[prefer\]: ", "require\n"),
    ):
        child.expect(prompt)
        child.send(typed)
    rest = child.read()
    child.close()
    assert child.exitstatus == 0, rest
    assert SECRET not in rest
    found = connections.resolve("warehouse", museum.folder)
    assert (found.host, found.port, found.database, found.user) == ("сервер.example", 5432, "хранилище", "anna")
    assert (found.password, found.extra) == (SECRET, {"sslmode": "require"})
    # A second time: what stands there is proposed, and Enter keeps it, the password too.
    child = at_a_terminal(museum, "warehouse", "--no-test")
    for prompt in (
        r"\[сервер.example\]: ",
        r"\[5432\]: ",
        r"\[хранилище\]: ",
        r"\[anna\]: ",
        "keeps the one that is set",
        r"\[require\]: ",
    ):
        child.expect(prompt)
        child.send("\n")
    rest = child.read()
    child.close()
    assert child.exitstatus == 0, rest
    assert connections.resolve("warehouse", museum.folder) == found


def test_ctrl_c_at_the_password_writes_nothing(museum: Shell) -> None:
    child = at_a_terminal(museum, "other")
    child.expect("kind ")
    child.send("oracle\n")
    child.expect("it is one of files, duckdb, postgres")
    child.send("postgres\n")
    for typed in ("\n", "\n", "d\n", "u\n"):
        child.expect(": ")
        child.send(typed)
    child.expect("Enter for none")
    child.sendintr()
    rest = child.read()
    child.close()
    assert (child.exitstatus, "interrupted" in rest) == (130, True), rest
    assert not (museum.folder / FILE).exists()


def test_status_says_which_connections_specs_need_and_nobody_has_set(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", "fs://?path=входящие")
    assert museum.ok("status").err.splitlines() == ["nobody has set the connection `warehouse`: `spec connections warehouse --set`"]
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", "postgres://u@db/d")
    assert museum.ok("status").err == ""


def test_names_are_completed(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LAKE", "fs://?path=x")
    found = ShellComplete(tree, {}, "spec", "_").get_completions(["connections"], "la")
    assert [item.value for item in found] == ["lake", "landing"]


def test_the_card_says_the_same_and_no_secret(museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    from tests.test_cards import ATTACK, Card
    from tests.test_cards import card as drawn

    monkeypatch.setenv("AIRFLOW_CONN_LANDING", "fs://?path=входящие")
    address = {"conn_type": "postgres", "host": ATTACK, "login": "anna", "password": SECRET, "extra": {"sslpassword": SECRET}}
    monkeypatch.setenv("AIRFLOW_CONN_WAREHOUSE", json.dumps(address))
    card = drawn("connections", "landing", "--test")
    for fact in ("landing files", "AIRFLOW_CONN_LANDING", "source of tickets", "✓ rights may be read and written"):
        assert fact in card.text
    assert "✗ not set" in drawn("connections", "store").text
    card = drawn("connections", "warehouse", "--test", "--no-test")
    assert ATTACK in card.text
    assert "sslpassword" in card.text
    assert SECRET not in card.html
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(sys, "stdin", io.StringIO("fs://?path=входящие"))
        card = drawn("connections", "landing", "--uri", "-")
    assert isinstance(card, Card)
    for fact in ("landing is set", "in .dataeng/connections.env", "git ignores", "AIRFLOW_CONN_LANDING comes first"):
        assert fact in card.text


def test_many_connections_fit_one_card(museum: Shell) -> None:
    from tests.test_cards import card

    keep(museum, "".join(f"AIRFLOW_CONN_C{number}=postgres://{'u' * 200}:{SECRET[:4]}@{'h' * 300}/d\n" for number in range(900)))
    assert "left out of this card" in card("connections").text
