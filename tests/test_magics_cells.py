"""A cell against the file: fill's decisions are kept, and what a person wrote into the file is never lost."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from dataeng_ai import build
from dataeng_ai import fill as filling
from dataeng_ai.commands import completing
from dataeng_ai.diagnostics import Problems
from dataeng_ai.draft import AUTO
from dataeng_ai.fill.person import Person
from dataeng_ai.magics import cells
from dataeng_ai.project import find, open_spec

CELL = "version: 1\nname: tickets\n# Билеты музея\nsource: {path: tickets.csv}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "tickets.csv").write_text("ид,цена\n1,2.50\n2,3.00\n3,\n")
    return tmp_path


def spec() -> Path:
    return Path("specs/tickets.yaml")


def filled() -> str:
    """Fill the spec; return its text."""
    completing.fill("tickets")
    return spec().read_text()


def test_the_same_cell_leaves_what_fill_decided_to_the_byte() -> None:
    cells.save("tickets", CELL)
    text = filled()
    assert text != CELL
    assert cells.save("tickets", CELL).notes == ()
    assert spec().read_text() == text


def test_a_cell_that_was_changed_elsewhere_keeps_the_decisions() -> None:
    cells.save("tickets", CELL)
    before = read_(filled())
    saved = cells.save("tickets", CELL.replace("source:", "owner: dwh\nsource:"))
    after = read_(spec().read_text())
    assert after == before | {"owner": "dwh"}
    assert "# Билеты музея" in spec().read_text()
    assert "`load`" in saved.notes[0]


def test_a_decision_that_the_cell_now_takes_is_the_cells() -> None:
    cells.save("tickets", CELL)
    filled()
    cells.save("tickets", CELL + "load: {mode: append}\npartition: null\n")
    after = read_(spec().read_text())
    assert after["load"] == {"mode": "append"}
    assert isinstance(after["columns"], list)


def test_a_line_that_is_taken_out_of_the_cell_is_open_again() -> None:
    cells.save("tickets", f"{CELL}load: {{mode: append}}\n")
    filled()
    cells.save("tickets", CELL)
    after = read_(spec().read_text())
    assert "load" not in after
    assert "columns" in after


def test_a_decision_that_no_longer_fits_is_left_open() -> None:
    cells.save("tickets", CELL)
    filled()
    cells.save("tickets", f"{CELL}columns:\n  - {{name: price, from: цена, type: double}}\n")
    after = read_(spec().read_text())
    assert "primary_key" not in after  # it named a column that is gone
    assert "target" in after


def test_a_persons_edit_in_the_file_is_never_lost() -> None:
    cells.save("tickets", CELL)
    text = filled().replace("load: {mode: full}", "load: {mode: full}  # так решила Аня")
    spec().write_text(text + "owner: dwh\n")
    with pytest.raises(Problems, match="E051") as problems:
        cells.save("tickets", CELL + "tags: [a]\n")
    assert "-owner: dwh" in problems.value.diagnostics[0].notes[0]
    assert spec().read_text() == text + "owner: dwh\n"


def test_a_cell_that_says_the_same_as_an_edited_file_leaves_it() -> None:
    cells.save("tickets", CELL)
    text = filled() + "# моя заметка\n"
    spec().write_text(text)
    cells.save("tickets", CELL)
    assert spec().read_text() == text
    with pytest.raises(Problems, match="E051"):
        cells.save("tickets", CELL + "tags: [a]\n")


def test_on_a_fresh_clone_the_cell_and_the_lock_stand_for_the_file() -> None:
    cells.save("tickets", CELL)
    text = filled()
    for kept in sorted(Path(".dataeng").rglob("*"), reverse=True):
        kept.rmdir() if kept.is_dir() else kept.unlink()
    cells.save("tickets", CELL)
    assert spec().read_text() == text


def test_replace_saves_over_everything_and_keeps_it_beside() -> None:
    cells.save("tickets", CELL)
    spec().write_text("by hand\n")
    with pytest.raises(Problems, match="E051"):
        cells.save("tickets", CELL)
    saved = cells.save("tickets", CELL, replace=True)
    assert spec().read_text() == CELL
    assert Path(saved.notes[-1].partition(": ")[2]).read_text() == "by hand\n"


def test_what_was_rejected_in_python_is_kept_like_a_decision() -> None:
    cells.save("tickets", CELL)
    filling = completing.fill("tickets")
    filling.reject("load.mode", "append")  # type: ignore[attr-defined]  # the command is typed as what all of them return
    cells.save("tickets", CELL + "tags: [a]\n")
    assert read_(spec().read_text())["load"] == {"mode": "append"}


def test_what_a_person_answered_is_a_persons_edit() -> None:
    cells.save("tickets", CELL)
    project = find(Path.cwd())
    draft = open_spec("tickets", project)
    asked = Person(lambda choice: "append" if choice.place == "load.mode" else "")
    filling.save(project, draft, filling.fill(draft, build.profile_of(draft, project), project, asked))
    assert read_(spec().read_text())["load"] == {"mode": "append"}
    with pytest.raises(Problems, match="E051"):
        cells.save("tickets", CELL + "tags: [a]\n")


def test_set_is_a_persons_edit() -> None:
    cells.save("tickets", CELL)
    filled()
    completing.set_value("tickets", ["owner=dwh"])
    with pytest.raises(Problems, match="E051"):
        cells.save("tickets", CELL + "tags: [a]\n")


STEPS = st.lists(
    st.sampled_from(["cell", "other cell", "fill", "undo", "person: owner", "person: comment", "replace"]), min_size=2, max_size=7
)


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(STEPS)
def test_whatever_happens_a_persons_line_stays_until_it_is_replaced(steps: list[str]) -> None:
    with in_a_new_folder():
        theirs: list[str] = []
        for number, step in enumerate(steps):
            before = spec().read_text() if spec().exists() else ""
            try:
                match step:
                    case "cell" | "other cell" | "replace":
                        text = CELL if step != "other cell" else f"{CELL}tags: [a{number}]\n"
                        cells.save("tickets", text, replace=step == "replace")
                        theirs = [] if step == "replace" and not all(line in spec().read_text() for line in theirs) else theirs
                    case "fill":
                        completing.fill("tickets")
                    case "undo":
                        completing.undo("tickets")
                    case _ if before:
                        line = f"# заметка {number}\n" if step.endswith("comment") else f"meta: {{заметка: {number}}}\n"
                        if "meta:" not in line or "meta:" not in before:
                            spec().write_text(before + line)
                            theirs.append(line)
            except Problems:
                assert (spec().read_text() if spec().exists() else "") == before
            standing = spec().read_text() if spec().exists() else ""
            assert all(line in standing for line in theirs)


class in_a_new_folder:  # noqa: N801  it reads as a phrase where it stands
    """A folder with data and nothing else: each example of a law has its own."""

    def __enter__(self) -> None:
        self.back = Path.cwd()
        self.folder = tempfile.TemporaryDirectory()
        os.chdir(self.folder.name)
        Path("tickets.csv").write_text("ид,цена\n1,2.50\n2,3.00\n3,\n")

    def __exit__(self, *_: object) -> None:
        os.chdir(self.back)
        self.folder.cleanup()


def read_(text: str) -> dict[str, object]:
    """Return the values of a spec, without its holes."""
    from dataeng_ai import draft as drafts
    from dataeng_ai.diagnostics import Text

    return {key: value for key, value in drafts.read(Text("specs/tickets.yaml", text)).data.items() if value is not AUTO}
