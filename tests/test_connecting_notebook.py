"""`%dataeng connections NAME --set` in a real Jupyter kernel: the password goes into a box that shows nothing, and into no output."""

from __future__ import annotations

import json
import os
from typing import TYPE_CHECKING, Any

import nbclient
import nbformat
import pytest
from jupyter_client.manager import start_new_kernel
from nbformat.v4 import new_code_cell, new_notebook

from dataeng_ai.connections import resolve
from tests.test_connecting import FILE, PROJECT, SECRET

if TYPE_CHECKING:
    from pathlib import Path

LOAD = "%load_ext dataeng_ai"
SET = "%dataeng connections warehouse --set --no-test"
WAIT = 180
TYPED = ["сервер.example", "", "dwh", "anna", SECRET, "nonsense", "require"]
"""What a person types, box by box; nonsense is asked again."""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "dataeng.yaml").write_text(PROJECT)
    return tmp_path


def test_a_password_is_typed_into_a_box_that_hides_it(folder: Path) -> None:
    environment = {**os.environ, "IPYTHONDIR": str(folder / "ipython")}
    manager, client = start_new_kernel(startup_timeout=WAIT, kernel_name="python3", cwd=str(folder), env=environment)
    asked: list[tuple[str, bool]] = []
    said: list[dict[str, Any]] = []
    typed = iter(TYPED)

    def answer(message: dict[str, Any]) -> None:
        asked.append((message["content"]["prompt"], message["content"]["password"]))
        client.input(next(typed))

    def run(code: str) -> str:
        done = client.execute_interactive(
            code, timeout=WAIT, output_hook=lambda m: said.append(m["content"]), stdin_hook=answer, allow_stdin=True
        )
        status: str = done["content"]["status"]
        return status

    try:
        assert run(LOAD) == "ok"
        assert run(SET) == "ok", said
        # What the session itself remembers of its inputs and outputs is no place for it either.
        assert run("print(In, Out)") == "ok"
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)
    assert [name for name, hidden in asked if hidden] == ["warehouse: password (not shown while you type; Enter for none): "]
    assert asked[-1][0].startswith("it is one of disable, ")
    assert SECRET not in json.dumps([said, asked], default=str, ensure_ascii=False)
    found = resolve("warehouse", folder)
    assert (found.host, found.port, found.password, found.extra) == ("сервер.example", 5432, SECRET, {"sslmode": "require"})


def test_a_notebook_that_runs_by_itself_says_that_nobody_is_there(folder: Path) -> None:
    notebook = new_notebook(cells=[new_code_cell(LOAD), new_code_cell(SET)])
    with pytest.raises(nbclient.exceptions.CellExecutionError) as caught:
        nbclient.NotebookClient(notebook, timeout=WAIT, kernel_name="python3", resources={"metadata": {"path": str(folder)}}).execute()
    assert "error[E631]: `warehouse` is to be asked for, and nobody is there to answer" in str(caught.value)
    assert "Traceback" not in nbformat.writes(notebook)
    assert not (folder / FILE).exists()
