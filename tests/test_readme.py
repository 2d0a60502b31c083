"""What README shows is what happens: its console blocks are typed in order, in one new folder, and print what they print there."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

README = Path(__file__).parent.parent / "README.md"
BLOCK = re.compile(r"(?<=^```console\n).*?(?=^```$)", re.MULTILINE | re.DOTALL)
MARK = "__folder__"


def commands(block: str) -> Iterator[str]:
    """Yield what is typed in a block: lines after `$ `, each with the lines that a backslash joins to it."""
    lines = iter(block.splitlines())
    for line in lines:
        if line.startswith("$ "):
            command = [line[2:]]
            while command[-1].endswith("\\"):
                command.append(next(lines))
            yield "\n".join(command)


def typed(block: str, folder: Path) -> tuple[str, Path]:
    """Type a block's commands; return the block as a terminal shows it, and where the shell then stands."""
    shown = []
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    for command in commands(block):
        done = subprocess.run(
            ["bash", "-c", f"{command}\necho {MARK}$PWD"],
            cwd=folder,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
            env={**os.environ, "PATH": path, "NO_COLOR": "1", "COLUMNS": "110"},
        )
        printed, _, stands = done.stdout.rpartition(MARK)
        folder = Path(stands.strip())
        shown.append(f"$ {command}\n{printed}")
    return "".join(shown), folder


def test_every_command_of_the_readme_prints_what_stands_there(tmp_path: Path, update: bool) -> None:  # noqa: FBT001  a fixture
    text = README.read_text("utf-8")
    folder, fresh, end = tmp_path, "", 0
    for match in BLOCK.finditer(text):
        shown, folder = typed(match[0], folder)
        fresh += text[end : match.start()] + shown
        end = match.end()
    fresh += text[end:]
    if update:
        README.write_text(fresh, "utf-8")
    assert fresh == text
