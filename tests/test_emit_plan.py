"""Laws of the plan: it notices one byte, writes whole files, and removes only what a manifest says is ours."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai import plan
from dataeng_ai.diagnostics import Problems
from dataeng_ai.emit import emit, manifest
from tests.pipelines import TICKETS

if TYPE_CHECKING:
    from pathlib import Path


def compiled(*names: str) -> dict[str, str]:
    outputs = {name: {f"dags/{name}.py": f"# {name}\n", f"dags/{name}/stage.sql": "-- \r\nSELECT 'ё';\n"} for name in names}
    files = {path: text for found in outputs.values() for path, text in found.items()}
    return files | {"manifest.json": manifest(outputs, {})}


def compile_into(folder: Path, *names: str) -> None:
    plan.write(plan.changes(compiled(*names), folder, whole=True), folder)


def kinds(changes: tuple[plan.Change, ...]) -> dict[str, str]:
    return {change.path: change.kind for change in changes}


def test_what_was_written_needs_no_change(tmp_path: Path) -> None:
    files = emit(TICKETS)
    files["manifest.json"] = manifest({"tickets": files}, {})
    changes = plan.changes(files, tmp_path, whole=True)
    assert {change.kind for change in changes} == {"add"}
    plan.write(changes, tmp_path)
    assert plan.changes(files, tmp_path, whole=True) == ()
    assert {path.relative_to(tmp_path).as_posix() for path in tmp_path.rglob("*") if path.is_file()} == set(files)


@pytest.mark.parametrize("change", [b"\n", b" ", b"\r", b"\xff"])
def test_one_byte_is_noticed_and_said_to_be_an_edit(tmp_path: Path, change: bytes) -> None:
    compile_into(tmp_path, "a")
    file = tmp_path / "dags" / "a.py"
    file.write_bytes(file.read_bytes() + change)
    [found] = plan.changes(compiled("a"), tmp_path, whole=True)
    assert (found.path, found.kind, found.edited) == ("dags/a.py", "change", True)
    assert "the edit is lost" in plan.summary([found])
    plan.write([found], tmp_path)
    assert file.read_bytes() == b"# a\n"


def test_planning_writes_nothing(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    plan.diff(plan.changes(compiled("a"), folder, whole=True))
    assert not folder.exists()


def test_a_removed_spec_takes_its_files_and_empty_folders_along(tmp_path: Path) -> None:
    compile_into(tmp_path, "a", "b")
    mine = tmp_path / "dags" / "mine.py"
    mine.write_text("# a person's own\n")
    changes = plan.changes(compiled("a"), tmp_path, whole=True)
    assert kinds(changes) == {"dags/b.py": "remove", "dags/b/stage.sql": "remove", "manifest.json": "change"}
    plan.write(changes, tmp_path)
    assert not (tmp_path / "dags" / "b").exists()
    assert mine.exists()
    assert (tmp_path / "dags" / "a.py").exists()


def test_compiling_some_specs_removes_nothing(tmp_path: Path) -> None:
    compile_into(tmp_path, "a", "b")
    assert kinds(plan.changes(compiled("a"), tmp_path, whole=False)) == {"manifest.json": "change"}


def test_a_manifest_cannot_make_us_remove_what_is_elsewhere(tmp_path: Path) -> None:
    folder = tmp_path / "build"
    folder.mkdir()
    outside = tmp_path / "outside"
    outside.write_text("x")
    paths = ["../outside", str(outside), "dags/../../outside", "manifest.json", "", "other/x"]
    (folder / "manifest.json").write_text(manifest({"a": dict.fromkeys(paths, "x")}, {}))
    assert kinds(plan.changes(compiled(), folder, whole=True)) == {"manifest.json": "change"}


def test_the_diff_is_git_s(tmp_path: Path) -> None:
    compile_into(tmp_path, "a")
    (tmp_path / "dags" / "a.py").write_text("# b")
    found = plan.diff(plan.changes(compiled("a"), tmp_path, whole=True))
    assert found == "--- a/dags/a.py\n+++ b/dags/a.py\n@@ -1 +1 @@\n-# b\n\\ No newline at end of file\n+# a\n"


def test_a_folder_in_the_way_is_told(tmp_path: Path) -> None:
    (tmp_path / "dags" / "a.py").mkdir(parents=True)
    with pytest.raises(Problems) as caught:
        plan.changes(compiled("a"), tmp_path, whole=True)
    assert caught.value.diagnostics[0].code == "E421"


def test_a_file_that_cannot_be_written_leaves_the_old_one_whole(tmp_path: Path) -> None:
    compile_into(tmp_path, "a")
    (tmp_path / "dags" / "a.py").write_text("old")
    changes = plan.changes(compiled("a"), tmp_path, whole=True)
    (tmp_path / "dags" / "a.py").unlink()
    (tmp_path / "dags" / "a.py").mkdir()
    with pytest.raises(Problems) as caught:
        plan.write(changes, tmp_path)
    assert caught.value.diagnostics[0].code == "E420"
    assert not list(tmp_path.rglob("*.tmp"))
