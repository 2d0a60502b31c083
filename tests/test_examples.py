"""Every notebook in examples/ runs from top to bottom by a real kernel, in a folder of its own, and what it shows is fit to keep."""

from __future__ import annotations

import os
import re
import runpy
import shutil
import sys
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

import nbformat
import pytest
from nbclient import NotebookClient

if TYPE_CHECKING:
    from collections.abc import Iterator

EXAMPLES = Path(__file__).parents[1] / "examples"
NOTEBOOKS = sorted(EXAMPLES.glob("*.ipynb"))
WAIT = 300
"""Seconds for one cell: patience, on a machine that does other things, too."""
LARGEST = 100_000
FETCHED = re.compile(r"""\b(?:src|srcset|href|action)\s*=\s*(?!"data:)|url\((?!"?data:|#|%23)|@import""", re.IGNORECASE)
"""What would make a browser ask for something: every picture of a card is within it."""

SHOWN = {
    "01_first_spec": ("43 values decided", "397 of 400 rows loaded, 3 rejected", "not a decimal(10, 2)", "38674.50"),
    "02_russian_csv_drop": ("encoding cp1251", "345 of 350 rows loaded, 5 rejected", "too few fields", "268687.83"),
    "03_nested_register_with_child_table": ("120 of 120 rows loaded", "318 of 318 rows loaded", "105276000.00"),
    "04_from_a_dataframe": ("300 of 300 rows loaded", "205 of 205 rows loaded", "decimal128(18, 2)[pyarrow]"),
    "05_a_pipeline_reviewed_in_git": ('+    schedule=CronDataIntervalTimetable("30 4 * * *"', "CI says no: exit 1", "nothing to change"),
}
"""What each must have shown, whatever else."""


@dataclass
class Ran:
    """The notebooks that were run, each once, and the folder where."""

    home: Path
    books: dict[str, Any] = field(default_factory=dict)

    def book(self, name: str) -> Any:
        """Run a notebook as a person would who copied it and the data; a cell that fails fails the test."""
        if name not in self.books:
            shutil.copytree(EXAMPLES / "data", self.folder(name) / "data")
            own = {"IPYTHONDIR": str(self.home / "ipython"), "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"}
            book, place = nbformat.read(EXAMPLES / f"{name}.ipynb", 4), {"metadata": {"path": str(self.folder(name))}}
            client = NotebookClient(book, timeout=WAIT, kernel_name="python3", resources=place)
            self.books[name] = client.execute(env={**os.environ, **own})
        return self.books[name]

    def folder(self, name: str) -> Path:
        return self.home / name


@pytest.fixture(scope="module")
def ran(tmp_path_factory: pytest.TempPathFactory) -> Ran:
    return Ran(tmp_path_factory.mktemp("examples"))


def bundles(book: Any) -> Iterator[tuple[str, dict[str, str]]]:
    """Yield what cells showed: the kind of the output, and its forms."""
    for cell in book.cells:
        for output in cell.get("outputs", []):
            if output.output_type == "stream":
                yield f"stream {output.name}", {"text/plain": output.text}
            else:
                yield output.output_type, output.data


@pytest.mark.parametrize("name", SHOWN)
def test_a_notebook_runs_and_its_cards_are_small_and_fetch_nothing(name: str, ran: Ran) -> None:
    shown = list(bundles(ran.book(name)))
    words = "\n".join(forms.get("text/plain", "") for _, forms in shown)
    assert [said for said in SHOWN[name] if said not in words] == []
    cards = [forms for _, forms in shown if 'class="dataeng' in forms.get("text/html", "")]
    assert len(cards) >= 5
    for card in cards:
        assert len(card["text/html"].encode()) < LARGEST
        assert "<script" not in card["text/html"]
        assert FETCHED.findall(card["text/html"]) == []
        assert card["text/plain"].strip()
    # The one thing beside a command's own output is its progress, which is gone when it ends.
    assert [forms for kind, forms in shown if kind == "display_data" and any(forms.values())] == []


def test_no_person_of_the_russian_drop_is_shown(ran: Ran) -> None:
    name = "02_russian_csv_drop"
    shown = "\n".join(form for _, forms in bundles(ran.book(name)) for form in forms.values())
    lines = (EXAMPLES / "data/обращения_2026-02.csv").read_bytes().decode("cp1251").splitlines()[1:]
    people = {value for line in lines for value in line.split(";")[4:7] if value}
    made = [path for path in ran.folder(name).rglob("*") if path.suffix in {".yaml", ".html", ".md", ".json"}]
    written = "\n".join(path.read_text("utf-8") for path in made)
    assert len(people) > 500
    assert [person for person in people if person in shown or person in written] == []
    report = (ran.folder(name) / "отчёт.html").read_text("utf-8")
    assert 'lang="ru"' in report


def test_the_notebooks_are_five_numbered_short_and_without_outputs_of_somebodys_machine() -> None:
    assert [path.stem for path in NOTEBOOKS] == list(SHOWN)
    for notebook in NOTEBOOKS:
        cells = nbformat.read(notebook, 4).cells
        assert len(cells) < 25
        assert cells[0].source.startswith("# ")
        assert all(not cell.get("outputs") and cell.get("execution_count") is None for cell in cells)


def test_the_data_are_what_the_script_beside_them_writes() -> None:
    files: dict[str, bytes] = runpy.run_path(str(EXAMPLES / "data/make.py"))["files"]()
    assert {path.name: path.read_bytes() for path in (EXAMPLES / "data").iterdir() if path.suffix in {".csv", ".json"}} == files
