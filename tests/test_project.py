"""dataeng.yaml: found upward, read strictly, and never a place for secrets."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from dataeng_ai.diagnostics import Diagnostic, Problems, Text, render
from dataeng_ai.draft.codes import PAGES
from dataeng_ai.project import Project, find, open_text, parse, spec_names, spec_path

FULL = """\
version: 1
connections:                       # names and kinds, never secrets
  landing: {kind: files}
  shop: {kind: postgres}
defaults: {owner: dwh, schedule: {timezone: Europe/Moscow}, run: {retries: 3, retry_delay: 5m}}
model: {name: "qwen2.5:14b", sees: aggregates, budget: 120s}
"""


def faults(text: str) -> tuple[Diagnostic, ...]:
    with pytest.raises(Problems) as caught:
        parse(Text("dataeng.yaml", text), Path())
    assert caught.value.texts
    return caught.value.diagnostics


def test_a_project_is_what_its_file_says() -> None:
    project = parse(Text("dataeng.yaml", FULL), Path("/p"))
    assert project.connections == {"landing": "files", "shop": "postgres"}
    assert project.defaults == {"owner": "dwh", "schedule": {"timezone": "Europe/Moscow"}, "run": {"retries": 3, "retry_delay": "5m"}}
    assert project.model == {"name": "qwen2.5:14b", "sees": "aggregates", "budget": "120s"}
    assert project.specs_dir == Path("/p/specs")
    assert project.state_dir == Path("/p/.dataeng")


def test_the_nearest_file_upward_makes_the_root(tmp_path: Path) -> None:
    (tmp_path / "dataeng.yaml").write_text(FULL)
    inner = tmp_path / "specs" / "deep"
    inner.mkdir(parents=True)
    (inner / "x.yaml").write_text("")
    for start in (tmp_path, inner, inner / "x.yaml"):
        assert find(start).root == tmp_path
    (inner / "dataeng.yaml").write_text("version: 1\n")
    assert find(inner).root == inner


def test_a_folder_without_the_file_is_a_project_of_defaults(tmp_path: Path) -> None:
    assert find(tmp_path) == Project(tmp_path)


def test_a_relative_start_finds_an_absolute_root(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    assert find(Path()).root == tmp_path
    assert find(Path("missing")).root == tmp_path


def test_specs_go_by_name_or_by_path(tmp_path: Path) -> None:
    project = Project(tmp_path)
    specs = tmp_path / "specs"
    specs.mkdir()
    for name in ("b.yaml", "a.yaml", "a.lock.yaml", "spec.schema.json", "note.txt"):
        (specs / name).write_text("")
    assert spec_names(project) == ("a", "b")
    assert spec_path(project, "a") == specs / "a.yaml"
    assert spec_path(project, "other/a.yaml") == Path("other/a.yaml")
    assert spec_path(project, "a.yaml") == Path("a.yaml")
    assert spec_names(Project(tmp_path / "nowhere")) == ()


WRONG = [
    ("version: 1\nconnexions: {}\n", "E030", "2:1", "did you mean `connections`?"),
    ("version: 1\nfoo: {}\n", "E030", "2:1", "`connections`"),
    ("version: 1\ndefaults: {run: {retris: 1}}\n", "E030", "2:18", "did you mean `retries`?"),
    ("version: 1\nconnections: {a: {kind: files, knd: files}}\n", "E030", "2:32", "did you mean `kind`?"),
    ("version: 1\nconnections: {a: {kind: postgrs}}\n", "E031", "2:25", "did you mean `postgres`?"),
    ("version: 1\nconnections: {a: {kind: iceberg}}\n", "E033", "2:25", "files, duckdb, postgres"),
    ("version: 1\nconnections: {a: {kind: s3}}\n", "E031", "2:25", "write `kind: files`"),
    ("version: 1\nconnections: {a-b: {kind: files}}\n", "E031", "2:15", "starts with a letter"),
    ("version: 1\nconnections: {a: files}\n", "E031", "2:18", "look at `a`"),
    ("version: 1\nconnections: [a]\n", "E031", "2:14", "look at"),
    ("version: 1\nconnections: {a: }\n", "E031", "2:18", "look at `a`"),
    ("version: 2\n", "E031", "1:10", "write `1`"),
    ("model: {}\n", "E031", "1:1", "write `version: 1`"),
    ("version: 1\nmodel: {budget: 120}\n", "E031", "2:17", "`30s`"),
    ("version: 1\nmodel: {sees: everything}\n", "E031", "2:15", "write one of `none`, `names`"),
    ("version: 1\nmodel: {name: 5}\n", "E031", "2:15", "put it in quotes"),
    ("version: 1\ndefaults: {tags: x}\n", "E031", "2:18", "write `tags: [a, b]`"),
    ("version: 1\ndefaults: {run: {retries: -1}}\n", "E031", "2:27", "look at `retries`"),
    ("version: 1\ndefaults: {owner: @me}\n", "E007", "2:19", "put it in quotes"),
]


@pytest.mark.parametrize(("text", "code", "place", "advice"), WRONG, ids=[repr(text) for text, *_ in WRONG])
def test_each_fault_has_a_place_and_an_advice(text: str, code: str, place: str, advice: str) -> None:
    (fault,) = faults(text)
    assert fault.span
    assert (fault.code, f"{fault.span.line}:{fault.span.column}") == (code, place)
    assert advice in fault.help
    assert code in PAGES


def test_all_faults_are_found_at_once() -> None:
    text = "connections: {a: {kind: x, port: 1}, b: {}}\nmodel: {sees: all}\ndefaults: {load: {mode: full}}\n"
    assert sorted(fault.code for fault in faults(text)) == ["E030", "E031", "E031", "E031", "E031", "E032"]


def test_a_secret_is_refused_and_not_shown() -> None:
    text = "version: 1\nconnections:\n  a: {kind: nonsense, password: hunter2, x: 1, host: db.internal}\n"
    found = faults(text)
    assert [fault.code for fault in found].count("E032") == 2
    drawn = render(found, [Text("dataeng.yaml", text)])
    assert "hunter2" not in drawn
    assert "db.internal" not in drawn
    assert "AIRFLOW_CONN_A" in drawn


def test_a_file_is_read_byte_for_byte_and_named_as_a_person_would(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "x.yaml").write_bytes("\ufeffимя: 1\r\n".encode())
    assert open_text(tmp_path / "x.yaml") == Text("x.yaml", "\ufeffимя: 1\r\n")
    assert open_text(Path("x.yaml")).name == "x.yaml"


@pytest.mark.parametrize("content", [b"\xff\xfea\x00", "имя".encode("cp1251")])
def test_a_file_that_is_no_utf_8_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.yaml").write_bytes(content)
    with pytest.raises(Problems, match="E001"):
        open_text(tmp_path / "x.yaml")


def test_a_file_that_is_not_there_is_refused_by_name(tmp_path: Path) -> None:
    with pytest.raises(Problems, match=f"E001: cannot read `{tmp_path}{os.sep}x.yaml`"):
        open_text(tmp_path / "x.yaml")
