"""The notebook for real: a Jupyter kernel, a notebook run from the top, and IPython in a terminal."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import nbclient
import pexpect
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOAD = "%load_ext dataeng_ai"
CELL = "%%dataeng tickets\nversion: 1\nname: tickets\nsource: {path: tickets.csv}\n"
WATCHED = "from dataeng_ai import progress\nfrom dataeng_ai.magics.watching import watched\nwith watched(get_ipython()):"
WAIT = 180
"""Seconds for one cell: patience, on a machine that does other things, too."""


@dataclass
class Kernel:
    """A kernel of Jupyter's, as JupyterLab talks to it."""

    client: Any
    manager: Any
    said: list[tuple[str, dict[str, Any]]] = field(default_factory=list)

    def run(self, code: str, during: Any = None) -> str:
        """Run a cell; return its status, and keep what it showed."""
        self.said = []

        def hear(message: dict[str, Any]) -> None:
            self.said.append((message["msg_type"], message["content"]))
            if during is not None:
                during(message["msg_type"])

        status: str = self.client.execute_interactive(code, timeout=WAIT, output_hook=hear)["content"]["status"]
        return status

    def of(self, kind: str) -> list[dict[str, Any]]:
        return [content for found, content in self.said if found == kind]

    def offered(self, code: str) -> list[str]:
        """Return what Tab offers at the end of a cell."""
        found = self.client.complete(code, len(code), reply=True, timeout=WAIT)["content"]
        assert all(code[found["cursor_start"] :] == word[: len(code) - found["cursor_start"]] for word in found["matches"])
        matches: list[str] = found["matches"]
        return matches

    def kinds(self, code: str) -> dict[str, str]:
        """Return what JupyterLab shows beside each word."""
        found = self.client.complete(code, len(code), reply=True, timeout=WAIT)["content"]["metadata"]
        return {each["text"]: each["type"] for each in found["_jupyter_types_experimental"]}


@pytest.fixture(scope="module")
def folder(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("notebook")
    (folder / "tickets.csv").write_text("id,цена\n1,2.50\n2,3.00\n")
    return folder


@pytest.fixture(scope="module")
def kernel(folder: Path) -> Iterator[Kernel]:
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython")}
    manager, client = start_new_kernel(startup_timeout=WAIT, kernel_name="python3", cwd=str(folder), env=environment)
    kernel = Kernel(client, manager)
    assert kernel.run(LOAD) == "ok"
    yield kernel
    client.stop_channels()
    manager.shutdown_kernel(now=True)


def test_a_cell_a_fill_and_a_run_are_cards_and_objects(kernel: Kernel) -> None:
    assert kernel.run(CELL) == "ok"
    [card] = kernel.of("execute_result")
    assert "<div" in card["data"]["text/html"]
    assert "<script" not in card["data"]["text/html"]
    assert kernel.run("filled = %dataeng fill tickets --model rules") == "ok"
    assert kernel.run("loaded = %dataeng run\nloaded.df()['price'].sum()") == "ok"
    [total] = kernel.of("execute_result")
    assert total["data"]["text/plain"] == "Decimal('5.50')"


def test_a_fault_is_one_block_without_a_traceback_also_of_a_method(kernel: Kernel) -> None:
    assert kernel.run(CELL) == "ok"
    for code, said in (
        ("%dataeng show nobody", "error[E040]: there is no spec `nobody`"),
        ("%dataeng nonsense", "error: No such command 'nonsense'"),
        ("r = %dataeng show tickets\nr.sql('SELECT 1')", "error[E053]"),
        ("%dataeng profile --from nothing", "error[E054]: there is no `nothing` in this notebook"),
    ):
        assert kernel.run(code) == "error"
        [error] = kernel.of("error")
        text = "\n".join(error["traceback"])
        assert text.startswith(said)
        assert "Traceback" not in text
        assert "site-packages" not in text


def test_progress_is_one_output_that_is_empty_at_the_end(kernel: Kernel) -> None:
    steps = f"import time\n{WATCHED}\n    for done in range(4):\n        progress.say('чтение <b>', done, 4)\n        time.sleep(0.5)"
    assert kernel.run(steps) == "ok"
    [shown] = kernel.of("display_data")
    assert "чтение &lt;b&gt;" in shown["data"]["text/html"]
    assert 'max="4"' in shown["data"]["text/html"]
    updates = kernel.of("update_display_data")
    assert {update["transient"]["display_id"] for update in updates} == {shown["transient"]["display_id"]}
    assert updates[-1]["data"] == {"text/plain": "", "text/html": ""}


def test_a_quick_command_shows_no_progress(kernel: Kernel) -> None:
    steps = f"{WATCHED}\n    progress.say('quick')"
    assert kernel.run(steps) == "ok"
    assert not kernel.of("display_data")


def test_an_interrupted_cell_leaves_one_readable_block(kernel: Kernel) -> None:
    slow = (
        "import time\nfrom dataeng_ai import progress\nfrom dataeng_ai.profile import guarded\n"
        "def slowly(*_, **__):\n    progress.say('slowly')\n    time.sleep(600)\n"
        "usual, guarded.profile = guarded.profile, slowly\n%dataeng profile tickets.csv"
    )
    assert kernel.run(slow, lambda kind: kernel.manager.interrupt_kernel() if kind == "display_data" else None) == "error"
    [error] = kernel.of("error")
    assert error["traceback"] == ["interrupted; what was published before stands, nothing else was changed"]
    assert kernel.of("update_display_data")[-1]["data"]["text/plain"] == ""
    assert kernel.run("guarded.profile = usual") == "ok"


@pytest.mark.parametrize("jedi", [True, False])
def test_tab_offers_commands_names_paths_frames_keys_and_words(kernel: Kernel, jedi: bool) -> None:  # noqa: FBT001  a parameter of a test
    assert kernel.run(f"get_ipython().Completer.use_jedi = {jedi}") == "ok"
    assert kernel.run(CELL) == "ok"
    assert kernel.run("import os, pandas\nпродажи = sales = pandas.DataFrame({'id': [1]})") == "ok"
    assert kernel.offered("%dataeng comp") == ["compile", "completion"]
    assert kernel.offered("r = %dataeng fill ti") == ["tickets"]
    assert kernel.offered("%dataeng fill --ref") == ["--refresh"]
    assert kernel.offered("%dataeng set tickets source.pa") == ["source.path"]
    assert kernel.offered("%dataeng set tickets load.mode=m") == ["load.mode=merge"]
    assert kernel.offered("%dataeng why tickets sou") == ["source"]
    assert kernel.offered("x = 1\n%dataeng prof") == ["profile"]
    assert kernel.offered("%dataeng new x --from sa") == ["sales"]
    assert kernel.offered("%%dataeng tickets --rep") == ["--replace"]
    assert kernel.offered(CELL + "sche") == ["schedule:"]
    assert kernel.offered(CELL + "load: {mode: app") == ["append"]
    assert kernel.offered(CELL + "columns:\n  - {name: цена, ty") == ["type: "]
    assert kernel.kinds(CELL + "own") == {"owner: ": "string: Who answers for it.".replace(" ", "\N{NO-BREAK SPACE}")}
    assert "dataframe" not in str(kernel.offered("%%dataeng new x\nsou")).lower()
    assert any(word.endswith("path") for word in kernel.offered("x = 1\nos.pa"))


def test_a_failing_cell_stops_a_run_from_the_top(folder: Path) -> None:
    cells = [LOAD, CELL, "%dataeng show nobody", "after = 1"]
    notebook = new_notebook(cells=[new_code_cell(code) for code in cells])
    client = nbclient.NotebookClient(notebook, timeout=WAIT, kernel_name="python3", resources={"metadata": {"path": str(folder)}})
    with pytest.raises(nbclient.exceptions.CellExecutionError) as failure:
        client.execute()
    assert "Traceback" not in str(failure.value)
    [output] = [output for output in notebook.cells[2].outputs if output.output_type == "error"]
    assert "E040" in "\n".join(output.traceback)
    assert notebook.cells[3].execution_count is None


def test_in_a_terminal_a_fault_is_the_same_block(folder: Path) -> None:
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython"), "TERM": "xterm"}
    arguments = ["-m", "IPython", "--simple-prompt", "--no-banner", "--HistoryManager.enabled=False", "--colors=NoColor"]
    terminal = pexpect.spawn(sys.executable, arguments, cwd=str(folder), env=environment, encoding="utf-8", timeout=WAIT, echo=False)
    try:
        terminal.expect(r"In \[1\]: ")
        terminal.sendline(LOAD)
        terminal.expect(r"In \[2\]: ")
        terminal.sendline("%dataeng show nobody")
        terminal.expect(r"In \[3\]: ")
        shown = re.sub(r"\x1b\[[0-9;?]*[a-zA-Z]", "", terminal.before or "").replace("\r", "")
        terminal.sendline("exit")
        terminal.expect(pexpect.EOF)
    finally:
        terminal.close(force=True)
    assert "error[E040]: there is no spec `nobody`" in shown
    assert "Traceback" not in shown
    assert "site-packages" not in shown


def test_a_script_run_by_ipython_ends_at_a_failing_magic(folder: Path) -> None:
    (folder / "script.ipy").write_text(f"{LOAD}\n%dataeng show nobody\nprint('after')\n")
    shown, status = pexpect.run(
        f"{sys.executable} -m IPython --colors=NoColor --HistoryManager.enabled=False script.ipy",
        cwd=str(folder),
        env={**os.environ, "IPYTHONDIR": str(folder / "ipython")},
        timeout=WAIT,
        withexitstatus=True,
        encoding="utf-8",
    )
    assert status == 1
    assert "error[E040]" in shown
    assert "after" not in shown
