"""A profile is kept while its files are the same; a preview shows rows as they will be loaded."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Problems, Text
from dataeng_ai.profile import fresh, load, preview, profile, profile_spec, save, shown_of, store
from dataeng_ai.project import Project

if TYPE_CHECKING:
    from pathlib import Path

    from dataeng_ai.draft import Draft

SPEC = """\
version: 1
name: sales
source: {path: "data/*.csv"}
"""
ROWS = 'id;Цена;word;email\n1;1,50;;a@b.org\n2;NA;"x;y""z";c@d.org\n3;oops;w;e@f.org\n4;2;w;g@h.org\n'


def draft(text: str = SPEC) -> Draft:
    return drafts.read(Text("specs/sales.yaml", text))


@pytest.fixture
def project(tmp_path: Path) -> Project:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "a.csv").write_text(ROWS, encoding="utf-8")
    return Project(tmp_path)


def test_a_kept_profile_is_the_same_and_for_its_owner_alone(project: Project) -> None:
    found = profile_spec(draft(), project)
    path = save(project, "sales", found)
    assert load(project, "sales") == found
    assert path.stat().st_mode & 0o077 == 0
    assert fresh(draft(), project) == found


def test_a_changed_file_makes_it_stale(project: Project) -> None:
    save(project, "sales", profile_spec(draft(), project))
    (project.root / "data" / "a.csv").write_text(ROWS + "5;3;w;i@j.org\n", encoding="utf-8")
    assert fresh(draft(), project) is None


def test_a_file_more_and_another_dialect_make_it_stale(project: Project) -> None:
    save(project, "sales", profile_spec(draft(), project))
    assert fresh(draft(SPEC.replace('csv"}', 'csv", csv: {delimiter: ","}}')), project) is None
    (project.root / "data" / "b.csv").write_text(ROWS, encoding="utf-8")
    assert fresh(draft(), project) is None


def test_nothing_kept_and_what_cannot_be_read_are_no_profile(project: Project) -> None:
    assert fresh(draft(), project) is None
    path = store.place(project, "sales")
    path.parent.mkdir(parents=True)
    path.write_text('{"old": "shape"}', encoding="utf-8")
    assert load(project, "sales") is None


def test_a_draft_without_a_path_is_told_where_to_write_it(project: Project) -> None:
    with pytest.raises(Problems) as caught:
        profile_spec(draft("version: 1\nname: sales\nsource: {connection: landing}\n"), project)
    assert "path" in caught.value.diagnostics[0].help


def test_a_path_of_an_interval_means_every_interval(project: Project) -> None:
    assert profile_spec(draft(SPEC.replace("*.csv", "%Y*.csv").replace("%Y", "")), project).rows == 4
    (project.root / "data" / "2024-01-31.csv").write_text(ROWS, encoding="utf-8")
    assert profile_spec(draft(SPEC.replace("*.csv", "%Y-%m-%d.csv")), project).rows == 4


def test_what_the_spec_says_of_the_dialect_holds(project: Project) -> None:
    found = profile_spec(draft(SPEC.replace('csv"}', 'csv", csv: {delimiter: "|"}}')), project)
    assert found.csv is not None
    assert (found.csv.delimiter, len(found.columns)) == ("|", 1)


def test_a_preview_shows_canonical_texts_and_leaves_out_what_would_be_rejected(project: Project) -> None:
    (project.root / "data" / "a.csv").write_text(ROWS + "".join(f"{n};1,5;w;u{n}@b.org\n" for n in range(5, 105)), encoding="utf-8")
    folder = project.root / "data"
    found = profile(folder, "a.csv")
    shown = preview(folder, "a.csv", shown_of(found), 3, unmask=True)
    assert shown.rows == (("1", "1.50", None, "a@b.org"), ("2", None, 'x;y"z', "c@d.org"), ("4", "2.00", "w", "g@h.org"))
    assert shown.columns == ("id", "Цена", "word", "email")
    assert len(preview(folder, "a.csv", shown_of(found), None).rows) == 103
    assert preview(folder, "a.csv", shown_of(found), 1).rows[0][3] == "*@*.***"
    assert preview(folder, "a.csv", shown_of(found), 0).rows == ()
