"""Files that were made to harm: whatever reading them does, this process lives, says what was wrong in words, and leaves nothing behind."""

from __future__ import annotations

import json
import os
import signal
import stat
import subprocess
import sys
import time
import zipfile
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

import duckdb
import pytest

from dataeng_ai import apart, asking
from dataeng_ai.diagnostics import Diagnostic, Problems, Span, Text, Unreachable
from dataeng_ai.profile import profile, shown_of
from dataeng_ai.profile.opening import opened
from dataeng_ai.progress import Step, heard, say
from dataeng_ai.sources import files
from tests.corpus.excel_files import book

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shell import Shell

HERE = f"{__name__}:"
NEEDED = __name__

# --- what is asked of the other process ---


def crash(how: int) -> Iterator[int]:
    os.kill(os.getpid(), how)
    yield 1


def eat() -> Iterator[int]:
    held = [bytearray(64 << 20)]
    while held:
        held.append(bytearray(64 << 20))
    yield 1


def spin() -> Iterator[int]:
    while sum(range(1000)):
        pass
    yield 1


def fill(path: str) -> Iterator[int]:
    with Path(path).open("wb") as out:
        while out.write(bytes(1 << 20)):
            pass
    yield 1


def talk() -> Iterator[object]:
    print("not an answer")  # noqa: T201  a library may
    say("дело", 1, 2)
    yield {"где": os.environ["TMPDIR"], "кто": os.getpid(), "asked": asking.voice() is not None}
    yield [None, "я"]


def fail(outside: bool) -> NoReturn:  # noqa: FBT001  a request
    where = Span(0, 2, 1, 1)
    raise (Unreachable if outside else Problems)(
        Diagnostic("E302", "нет", "a.yaml", where, ("note",), help="help", label="тут", hidden=(where,)), texts=(Text("a.yaml", "да"),)
    )


def stumble() -> Iterator[int]:
    yield 1 // 0


def wait(mark: str) -> Iterator[int]:
    Path(os.environ["TMPDIR"], "scratch").write_text("x", "utf-8")
    Path(mark).write_text(f"{os.getpid()} {os.environ['TMPDIR']}", "utf-8")
    time.sleep(600)
    yield 1


# --- the laws ---


def code(function: str, *request: object) -> str:
    with pytest.raises(Problems) as caught:
        list(apart.call(HERE + function, request, NEEDED))
    return f"{caught.value.diagnostics[0].code} {caught.value.diagnostics[0].message}"


@pytest.mark.parametrize(("how", "word"), [(signal.SIGSEGV, "crashed"), (signal.SIGKILL, "memory"), (signal.SIGABRT, "memory")])
def test_a_crash_there_is_a_diagnostic_here_and_the_next_is_served(how: int, word: str) -> None:
    said = code("crash", int(how))
    assert (said[:4], word in said) == ("E306", True)
    assert len(list(apart.call(f"{HERE}talk", (), NEEDED))) == 2


@pytest.mark.parametrize(
    ("limit", "value", "function", "word"),
    [("MEMORY", "512", "eat", "memory"), ("SECONDS", "1", "spin", "processor time"), ("DISK", "8", "fill", "disk")],
)
def test_a_limit_that_is_reached_is_a_diagnostic(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, limit: str, value: str, function: str, word: str
) -> None:
    monkeypatch.setenv(f"DATAENG_READ_{limit}", value)
    said = code(function, *([str(tmp_path / "a")] if function == "fill" else []))
    assert (said[:4], word in said) == ("E306", True), said


def test_answers_and_steps_come_in_order_and_the_scratch_folder_goes() -> None:
    steps: list[Step] = []
    with heard(steps.append):
        first, second = apart.call(f"{HERE}talk", (), NEEDED)
    assert (steps, second) == ([Step("дело", 1, 2)], [None, "я"])
    assert first["кто"] != os.getpid()
    assert not Path(first["где"]).exists()


@pytest.mark.parametrize("outside", [False, True])
def test_problems_come_as_they_are(outside: bool) -> None:  # noqa: FBT001  a parameter
    with pytest.raises(Problems) as here:
        fail(outside)
    with pytest.raises(Problems) as there:
        list(apart.call(f"{HERE}fail", (outside,), NEEDED))
    assert (there.value.diagnostics, there.value.texts) == (here.value.diagnostics, here.value.texts)
    assert type(there.value) is type(here.value)


def test_our_own_bug_keeps_its_traceback() -> None:
    with pytest.raises(apart.BugError, match=r"in stumble(?s:.)*ZeroDivisionError"):
        list(apart.call(f"{HERE}stumble", (), NEEDED))


@pytest.mark.parametrize("own", ["process.own()", "None"], ids=["forked", "started"])
@pytest.mark.parametrize("how", [signal.SIGINT, signal.SIGKILL])
def test_a_command_that_is_interrupted_or_killed_leaves_no_process_and_no_scratch(how: int, own: str, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    call = f"list(apart.call({HERE + 'wait'!r}, ({str(mark)!r},), {NEEDED!r}))"
    program = f"import sys; sys.path[:] = {sys.path!r}; from dataeng_ai import apart, process; {own}; {call}"
    with subprocess.Popen([sys.executable, "-c", program], stderr=subprocess.DEVNULL) as asking:
        _until(lambda: mark.exists() and mark.read_text("utf-8").count(" ") == 1)
        worker, scratch = mark.read_text("utf-8").split(" ")
        asking.send_signal(how)
        asking.wait(60)
    _until(lambda: not Path(f"/proc/{worker}").exists() and not Path(scratch).exists())


@pytest.mark.parametrize("own", ["process.own()", "None"], ids=["forked", "started"])
def test_what_is_left_alone_ends_without_a_word(own: str) -> None:
    """Whoever asked is gone at once: its terminal is another's by then, and a library that is taken apart would write there."""
    warm = "apart.warm('dataeng_ai.profile.survey'); time.sleep(3); os._exit(0)"
    program = f"import os, time; from dataeng_ai import apart, process; {own}; {warm}"
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True)
    assert done.stderr == ""


FORKED = """
import os, signal, sys, threading
sys.path[:] = {path!r}
from dataeng_ai import apart, asking, process
from dataeng_ai.diagnostics import Problems

def parents(pid):
    with open(f"/proc/{{pid}}/stat") as stat:
        return int(stat.read().rpartition(")")[2].split()[1])

def look():
    talk, _ = apart.call("tests.test_apart:talk", (), "tests.test_apart")
    return talk

process.own()
sys.stdout.write("kept ")  # not yet written when it is forked
with asking.lent(lambda choice: "", lambda field: ""):
    assert not look()["asked"], "the person is asked by nobody else"
[server] = apart._servers
with open(f"/proc/{{server.process}}/cmdline", "rb") as mine, open("/proc/self/cmdline", "rb") as own:
    assert mine.read() == own.read(), "it is this process, forked"
for how in (signal.SIGSEGV, signal.SIGKILL):
    try:
        list(apart.call("tests.test_apart:crash", (int(how),), "tests.test_apart"))
    except Problems as error:
        assert error.diagnostics[0].code == "E306"
    else:
        raise AssertionError
    assert look()["кто"] != os.getpid()
apart._drop(server)
held = threading.Event()
threading.Thread(target=held.wait, daemon=True).start()
assert not process.forkable(), "a thread may hold anything"
assert look()["кто"] != os.getpid()
held.set()
print("once")
"""


def test_a_command_forks_itself_and_starts_an_interpreter_where_another_thread_may_hold_anything() -> None:
    root = str(Path(__file__).parents[1])
    program = FORKED.format(path=[root, *sys.path])
    done = subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=False)
    assert (done.returncode, done.stdout) == (0, "kept once\n"), done.stderr
    assert set(done.stderr.splitlines()) <= {"not an answer"}


def test_what_is_said_before_the_server_knows_whom_it_forked_is_not_mixed_up() -> None:
    """A child may be done before its server is back from the fork: what it said last is heard out all the same."""
    for _ in range(20):
        with pytest.raises(Problems):
            list(apart.call(f"{HERE}fail", (False,), NEEDED))
        assert len(list(apart.call(f"{HERE}talk", (), NEEDED))) == 2


def test_standard_streams_that_are_closed_are_nobody_s_pipes(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", "utf-8")
    command = f"{sys.executable} -m dataeng_ai profile a.csv <&-"
    done = subprocess.run(["sh", "-c", command], cwd=tmp_path, capture_output=True, text=True, check=False)
    assert (done.returncode, "1 row" in done.stdout, done.stderr) == (0, True, "")


def _until(true: object) -> None:
    for _ in range(1200):
        if true():  # type: ignore[operator]  # a function without parameters
            return
        time.sleep(0.05)
    pytest.fail("it has not come about")


def linked(path: Path) -> None:
    with zipfile.ZipFile(path, "w") as archive:
        link = zipfile.ZipInfo("a.csv")
        link.external_attr = (stat.S_IFLNK | 0o777) << 16
        archive.writestr(link, "/etc/passwd")


HOSTILE = {
    "nested.json": b"[" * 200_000,
    "nested_objects.json": b'{"a":' * 200_000,
    "many_keys.json": json.dumps([{f"k{n}": n for n in range(20_000)}]).encode(),
    "many_columns.csv": ",".join(f"c{n}" for n in range(20_000)).encode() + b"\n" + b",".join([b"1"] * 20_000) + b"\n",
    "nested.xml": b"<a>" * 200_000,
    "vast.xlsx": book(
        '<sheetData><row r="1"><c r="A1"><v>1</v></c></row><row r="1048576"><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    ),
    "damaged.parquet": b"PAR1" + bytes(range(256)) * 8 + (2000).to_bytes(4, "little") + b"PAR1",
}
"""What each was made for, its name says."""


@pytest.mark.parametrize("name", HOSTILE)
def test_a_hostile_file_is_refused_in_words(shell: Shell, name: str) -> None:
    (shell.folder / name).write_bytes(HOSTILE[name])
    said = shell.spec("profile", name)
    assert (said.code in (1, 3), said.err.startswith("error[E"), "Traceback" in said.err) == (True, True, False), said


@pytest.mark.parametrize("kind", ["fifo", "device", "loop", "folder", "link"])
def test_what_is_no_file_is_not_waited_for(shell: Shell, kind: str) -> None:
    path = shell.folder / ("a.zip" if kind == "link" else "a.csv")
    make = {
        "fifo": os.mkfifo,
        "device": lambda path: path.symlink_to("/dev/zero"),
        "loop": lambda path: path.symlink_to(path),
        "folder": lambda path: path.mkdir(),
        "link": linked,
    }
    make[kind](path)
    said = shell.spec("profile", path.name)
    assert (said.code, said.err.startswith("error[E30")) == (1, True), said


def test_names_in_an_archive_lead_nowhere(shell: Shell) -> None:
    with zipfile.ZipFile(shell.folder / "a.zip", "w") as archive:
        for name in ("../../evil.csv", "/evil.csv", "in/ok.csv"):
            archive.writestr(name, "a,b\n1,2\n")
    before = sorted(shell.folder.parent.iterdir())
    shell.ok("profile", "a.zip")
    assert (sorted(shell.folder.parent.iterdir()), Path("/evil.csv").exists()) == (before, False)


def test_duckdb_reads_the_files_it_was_given_and_no_others(tmp_path: Path) -> None:
    (tmp_path / "a.csv").write_text("a,b\n1,2\n", "utf-8")
    (tmp_path / "secret.csv").write_text("a,b\n3,4\n", "utf-8")
    with opened(files.find(tmp_path, "a.csv"), {}) as (con, _, _):
        assert con.execute('FROM "__source__"').fetchall() == [("1", "2")]
        for query in (
            f"FROM read_csv('{tmp_path}/secret.csv')",
            f"FROM glob('{tmp_path}/*')",
            f"COPY (SELECT 1) TO '{tmp_path}/made.csv'",
            f"ATTACH '{tmp_path}/made.db'",
            "SET enable_external_access = true",
            "INSTALL httpfs",
        ):
            with pytest.raises(duckdb.Error):
                con.execute(query).fetchall()
    assert sorted(path.name for path in tmp_path.iterdir()) == ["a.csv", "secret.csv"]


def test_a_profile_is_the_same_made_here_and_apart(tmp_path: Path) -> None:
    from dataeng_ai.profile import survey

    (tmp_path / "a.csv").write_text("id,имя,когда\n" + "".join(f"{n},Имя {n % 7},2024-01-{n % 28 + 1:02}\n" for n in range(500)), "utf-8")
    apart_, here = profile(tmp_path, "a.csv", unmask=True), survey.profile(tmp_path, "a.csv", unmask=True)
    assert (apart_, shown_of(apart_)) == (here, shown_of(here))
