"""What a long step shows: one line of a terminal, rewritten in place and gone at the end; where there is no terminal, nothing of it."""

from __future__ import annotations

import fcntl
import os
import pty
import re
import signal
import struct
import subprocess
import sys
import termios
import unicodedata
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.commands import tree
from dataeng_ai.progress import Step, heard
from dataeng_ai.terminal import fitted, shown
from tests.services import false_llm
from tests.services.false_llm import NAME, good

if TYPE_CHECKING:
    from typing import Any

    from tests.services.false_llm import Handler
    from tests.shell import Shell

WIPE = "\r\x1b[K"
ROWS = "id;Кубышка\n" + "".join(f"{n};{('Москва', 'Тверь')[n % 2]}\n" for n in range(1, 60))


class Terminal:
    """A command with a pseudo-terminal for its stderr, so wide."""

    def __init__(self, shell: Shell, *words: str, columns: int = 60, **more: str) -> None:
        """Start it."""
        self.ours, theirs = pty.openpty()
        fcntl.ioctl(theirs, termios.TIOCSWINSZ, struct.pack("HHHH", 24, columns, 0, 0))
        self.process = subprocess.Popen(
            [sys.executable, "-m", "dataeng_ai", *words], cwd=shell.folder, env=os.environ | more, stdout=subprocess.PIPE, stderr=theirs
        )
        os.close(theirs)
        self.seen = ""

    def until(self, words: str = "") -> str:
        """Read what is shown until some words stand there, or to the end."""
        while not words or words not in self.seen:
            try:
                self.seen += os.read(self.ours, 65536).decode("utf-8", "ignore")
            except OSError:  # what Linux says at the end of a terminal
                break
        return self.seen

    def end(self) -> int:
        """Read all that is left; return the exit code."""
        self.until()
        os.close(self.ours)
        assert self.process.stdout is not None
        self.process.stdout.close()
        return self.process.wait(600)

    @property
    def left(self) -> list[str]:
        """Return the lines that stand there at the end: a line begins anew behind each wipe."""
        return [line.rpartition(WIPE)[2] for line in self.seen.replace("\r\n", "\n").split("\n")]


def patient(handler: Handler, body: dict[str, Any]) -> None:
    """Answer late enough to be seen at it."""
    handler.state.over.wait(0.7)
    handler.say(good(body))


@pytest.fixture
def sales(shell: Shell) -> Shell:
    shell.write("dataeng.yaml", f'version: 1\nmodel: {{name: "{NAME}", budget: 20m}}\n')
    shell.write("sales.csv", ROWS)
    shell.ok("new", "sales", "Sales", "--source", "sales.csv")
    return shell


def test_a_fill_shows_what_is_asked_in_one_line_and_keeps_a_line_of_each_answer(sales: Shell) -> None:
    with false_llm.serving(patient) as state:
        terminal = Terminal(sales, "fill", "sales", OLLAMA_HOST=state.host)
        assert terminal.end() == 0, terminal.seen
    drawn = re.findall(rf"{re.escape(WIPE)}([^\r\n\x1b]+)", terminal.seen)
    assert any(line.startswith(f"loading and asking {NAME}: columns.name (1 of 9)") for line in drawn)
    assert any(line.startswith(f"asking {NAME}: load.mode (4 of 9)") for line in drawn)
    assert all(len(line) < 60 for line in drawn if line.startswith(("asking", "loading")))
    left = terminal.left
    assert not any(line.startswith(("asking", "loading")) for line in left)
    assert any(re.fullmatch(r'load\.mode: "append", \d+\.\d s', line) for line in left), left
    assert any(re.fullmatch(r"columns\.description: 2 of 2 texts, \d+\.\d s", line) for line in left), left
    assert re.sub(r"\x1b\[K", "", terminal.seen).count("\x1b") == 0


def test_where_no_terminal_is_only_the_answers_are_said(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with false_llm.serving(lambda handler, body: handler.say(good(body))) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        said = sales.ok("fill", "sales")
    assert "asking" not in said.err
    assert "\r" not in said.err
    assert re.search(r'^load\.mode: "append", \d+\.\d s$', said.err, re.MULTILINE)
    sales.ok("undo", "sales")
    assert "load.mode" not in sales.ok("fill", "sales", "--model", "rules").err
    assert sales.ok("profile", "sales.csv").err == ""


@pytest.mark.parametrize("words", [("profile", "sales.csv"), ("run", "sales")])
def test_a_terminal_is_left_as_if_nothing_had_been_shown(words: tuple[str, ...], sales: Shell) -> None:
    sales.ok("fill", "sales", "--model", "rules")
    plain = sales.ok(*words).err
    sales.write("sales.csv", ROWS + "60;Тула\n")
    terminal = Terminal(sales, *words, columns=20)
    assert terminal.end() == 0, terminal.seen
    assert len([line for line in terminal.left if line]) == len(plain.splitlines())


def test_a_profile_and_a_run_say_what_they_are_doing(sales: Shell) -> None:
    sales.ok("fill", "sales", "--model", "rules")
    steps: list[Step] = []
    with heard(steps.append):
        tree.main(["profile", "sales.csv"], standalone_mode=False)
        tree.main(["run", "sales"], standalone_mode=False)
    assert [step.what for step in steps] == [
        "looking at 1 file and counting the records",
        "proving the types of 2 columns on all rows",
        "looking for keys among 2 columns",
        "looking at how rows hang together, in time and among columns",
        "sales: stage",
        "staging sales.csv",
        "sales: check",
        "sales: publish",
        "sales: reconcile",
    ]
    assert [(step.done, step.of) for step in steps[4:]] == [(1, 4), (1, 1), (2, 4), (3, 4), (4, 4)]


def test_a_dumb_terminal_is_not_drawn_in(sales: Shell) -> None:
    with false_llm.serving(patient) as state:
        terminal = Terminal(sales, "fill", "sales", OLLAMA_HOST=state.host, TERM="dumb")
        assert terminal.end() == 0, terminal.seen
    assert "\x1b" not in terminal.seen
    assert "asking" not in terminal.seen


def test_ctrl_c_leaves_a_clean_line(sales: Shell) -> None:
    def waits(handler: Handler, body: dict[str, Any]) -> None:
        del body
        handler.state.over.wait(600)

    with false_llm.serving(waits) as state:
        terminal = Terminal(sales, "fill", "sales", OLLAMA_HOST=state.host)
        terminal.until("asking")
        terminal.process.send_signal(signal.SIGINT)
        assert terminal.end() == 130
    assert next(line for line in terminal.left if line).startswith("interrupted; ")


def test_a_line_fits_the_terminal_whatever_stands_in_it() -> None:
    texts = ("asking qwen2.5:14b: load.mode", "продажи билетов музея " * 20, "票" * 100, "e\u0301" * 100, "a\x1b[31m\nb" * 30)
    for text in texts:
        for width in (1, 2, 10, 40, 80, 300):
            line = shown(Step(text, 3, 9), 12.3, width)
            assert sum(2 if unicodedata.east_asian_width(letter) in "WF" else not unicodedata.combining(letter) for letter in line) <= width
            assert line.isprintable()
    assert shown(Step("asking", 3, 9), 12.3, 80) == "asking (3 of 9) 12 s"
    assert shown(Step("продажи"), 0.1, 80) == "продажи"
    assert fitted("продажи билетов", 8) == "продажи…"
