"""Laws of compiling again: what has not changed is not compiled, and nobody could tell from the bytes."""

from __future__ import annotations

import hashlib
import json
import shutil
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Shell

SPEC = """\
version: 1
name: {name}
about: Nothing but {name}.
source: {{path: {path}, format: csv, csv: {{delimiter: ",", quote: null, escape: null, header: true, encoding: utf-8, null_values: [""]}}}}
target: {{storage: duckdb, table: {name}}}
columns:
  - {{name: id, type: integer, nullable: false}}
  - {{name: "имя \\"x\\"", type: text}}
primary_key: [id]
load: {{mode: full}}
partition: null
order_by: null
schedule: {schedule}
quality: []
on_schema_change: {{new_column: evolve, dropped_column: freeze, type_change: freeze}}
"""
SETTINGS = "version: 1\ndefaults:\n  owner: {owner}\n"


def spec(name: str, path: str = "x.csv", schedule: str = "null") -> str:
    return SPEC.format(name=name, path=path, schedule=schedule)


@pytest.fixture
def project(shell: Shell) -> Shell:
    """A project of three compiled specs, one of which waits for another."""
    shell.write("dataeng.yaml", SETTINGS.format(owner="dwh"))
    shell.write("specs/a.yaml", spec("a"))
    shell.write("specs/b.yaml", spec("b", schedule="{after: [a]}"))
    shell.write("specs/c.yaml", spec("c"))
    shell.ok("compile")
    return shell


def files(folder: Path) -> dict[str, bytes]:
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def like_new(shell: Shell) -> None:
    """Compile again, and hold every byte against a compile that remembers nothing and finds nothing."""
    shell.ok("compile")
    found = files(shell.folder / "build")
    assert shell.ok("compile", "--check").out == "nothing to change\n"
    shutil.rmtree(shell.folder / "build")
    shutil.rmtree(shell.folder / ".dataeng")
    shell.ok("compile")
    assert files(shell.folder / "build") == found


def test_what_has_not_changed_needs_no_language_no_sql_and_no_template(project: Shell) -> None:
    code = "import sys\nfrom dataeng_ai.cli import run\nassert run(['compile']) == 0\nprint([*sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], cwd=project.folder, capture_output=True, text=True, check=True)
    said, modules = done.stdout.split("\n", 1)
    assert said == "nothing to change"
    assert not {"yaml", "pydantic", "sqlglot", "jinja2", "duckdb"} & {name.strip("[]'\n") for name in modules.split(", ")}


def test_one_byte_of_any_file_is_noticed_and_put_right(project: Shell) -> None:
    whole = files(project.folder / "build")
    for path, content in whole.items():
        file = project.folder / "build" / path
        file.write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        said = project.spec("compile", "--check")
        assert (said.code, path in said.out) == (1, True), path
        project.ok("compile")
        file.unlink()
        assert project.spec("compile", "--check").code == 1, path
        project.ok("compile")
        assert files(project.folder / "build") == whole


def test_an_edit_that_takes_the_manifest_along_is_noticed_too(project: Shell) -> None:
    file, manifest = project.folder / "build/dags/a/publish.sql", project.folder / "build/manifest.json"
    old, new = file.read_bytes(), file.read_bytes() + b"DROP TABLE a;\n"
    file.write_bytes(new)
    manifest.write_text(manifest.read_text("utf-8").replace(hashlib.sha256(old).hexdigest(), hashlib.sha256(new).hexdigest()), "utf-8")
    assert project.spec("compile", "--check").code == 1
    project.ok("compile")
    assert file.read_bytes() == old


def test_after_an_edit_every_byte_is_that_of_a_whole_compile(project: Shell) -> None:
    before = files(project.folder / "build")
    project.write("specs/a.yaml", spec("a", "other.csv"))
    changed = {change.split(" ", 1)[1] for change in project.spec("compile", "--check").out.splitlines()}
    assert changed
    assert all(path.split("/")[1].startswith("a") for path in changed - {"manifest.json"})
    like_new(project)
    assert files(project.folder / "build") != before


@pytest.mark.parametrize("words", [(), ("a",), ("a", "b")])
def test_compiling_some_leaves_the_rest_as_a_whole_compile_does(project: Shell, words: tuple[str, ...]) -> None:
    project.write("specs/a.yaml", spec("a", "other.csv"))
    project.ok("compile", *words)
    project.ok("compile", *words)
    like_new(project)


def test_the_settings_of_the_project_are_part_of_every_spec(project: Shell) -> None:
    project.write("dataeng.yaml", SETTINGS.format(owner="someone_else"))
    assert project.spec("compile", "--check").code == 1
    like_new(project)
    assert "someone_else" in (project.folder / "build/dags/c.py").read_text("utf-8")
    project.write("dataeng.yaml", "version: 9\n")
    assert project.spec("compile").code == 1


def test_the_lock_is_part_of_the_report(project: Shell) -> None:
    entry = {"value": "integer", "by": "profile", "evidence": "all", "reason": "narrowest", "fingerprint": "f"}
    project.write("specs/a.lock.yaml", json.dumps({"version": 1, "decisions": {"columns.id.type": entry}, "profile": {}}))
    assert project.spec("compile", "--check").out == "~ docs/a.md\n~ manifest.json\n"
    like_new(project)


def test_a_spec_that_others_wait_for_is_missed_when_it_is_gone(project: Shell) -> None:
    (project.folder / "specs/a.yaml").unlink()
    assert project.spec("compile").code == 1
    project.write("specs/b.yaml", spec("b"))
    like_new(project)
    assert not (project.folder / "build/dags/a.py").exists()


def test_a_spec_asked_for_by_a_path_elsewhere_is_not_taken_for_the_project_s(project: Shell) -> None:
    project.write("elsewhere/c.yaml", spec("c", "other.csv"))
    project.ok("compile", "elsewhere/c.yaml")
    like_new(project)
    assert "other.csv" not in (project.folder / "build/dags/c.py").read_text("utf-8")


def test_in_another_folder_a_path_written_in_full_is_compiled_again(project: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    project.write("specs/a.yaml", spec("a", str(project.folder / "x.csv")))
    project.ok("compile")
    moved = project.folder.with_name("moved")
    shutil.copytree(project.folder, moved)
    monkeypatch.chdir(moved)
    assert "dags/a.py" in project.spec("compile", "--check").out


def test_what_is_remembered_may_be_lost_or_broken(project: Shell) -> None:
    for text in ("", "{", "[]", "null", "{}"):
        project.write(".dataeng/compiled.json", text)
        assert project.ok("compile", "--check").out == "nothing to change\n"
