"""A draft from a source, from prose, or from both."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai import draft as drafts
from dataeng_ai.diagnostics import Problems, Text
from dataeng_ai.fill import new
from tests.fill_facts import project

if TYPE_CHECKING:
    from pathlib import Path


def data(text: str) -> dict[str, object]:
    return drafts.read(Text("new.yaml", text)).plain


def test_a_source_alone_gives_name_and_path(tmp_path: Path) -> None:
    found = new(project(tmp_path), source=str(tmp_path / "data" / "Sales Orders 2024-01.csv.gz"))
    assert found.file == tmp_path / "specs" / "sales_orders.yaml"
    assert found.text == "version: 1\nname: sales_orders\nsource: {path: data/Sales Orders 2024-01.csv.gz}\n"


def test_prose_that_names_a_file_gives_source_and_purpose(tmp_path: Path) -> None:
    (tmp_path / "tickets.csv").touch()
    found = new(project(tmp_path), name="tickets", about="Load tickets.csv every night: revenue by museum # now\n")
    assert data(found.text) == {
        "version": 1,
        "name": "tickets",
        "about": "Load tickets.csv every night: revenue by museum # now",
        "source": {"path": "tickets.csv"},
    }


@pytest.mark.parametrize(
    ("path", "name"),
    [
        ("tickets/*.csv.gz", "tickets"),
        ("билеты.csv", "ticket"),
        ("продажи.csv", "sale"),
        ("export/2024-01-31.csv", "export"),
        ("shop/data.csv", "shop"),
        ("data.csv", "data"),
        ("123.csv", "pipeline"),
        ("{{ x }}'); DROP TABLE.csv", "x_drop_table"),
        ("order.csv", "order"),
        ("run.csv", "run_data"),
        ("7 days.csv", "data_7_days"),
        ("a" * 90 + ".csv", "a" * 63),
    ],
)
def test_the_name_is_the_files_or_the_folders(tmp_path: Path, path: str, name: str) -> None:
    found = new(project(tmp_path), source=path, connection="landing")
    assert found.name == name
    assert data(found.text) == {"version": 1, "name": name, "source": {"connection": "landing", "path": path}}


@pytest.mark.parametrize(
    "about", ['"', "'", "a: b", "# no", "{{ x }}", "- a", "*x", "\u202e\x07", "null", "日本 😀", "\\", "'); DROP TABLE"]
)
def test_any_words_are_kept_as_words(tmp_path: Path, about: str) -> None:
    assert data(new(project(tmp_path), about=about, source="t.csv").text)["about"] == about


def test_a_path_outside_the_project_stays_whole(tmp_path: Path) -> None:
    (tmp_path / "home").mkdir()
    found = new(project(tmp_path / "home"), source=str(tmp_path / "flights.csv"))
    assert data(found.text)["source"] == {"path": str(tmp_path / "flights.csv")}


def test_the_path_is_meant_from_where_the_person_stands(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "t.csv").touch()
    monkeypatch.chdir(tmp_path / "data")
    assert data(new(project(tmp_path), source="t.csv").text)["source"] == {"path": "data/t.csv"}


def test_the_editors_schema_is_named_where_it_lies_beside(tmp_path: Path) -> None:
    (tmp_path / "specs").mkdir()
    (tmp_path / "specs" / "spec.schema.json").touch()
    assert new(project(tmp_path), source="t.csv").text.startswith("# yaml-language-server: $schema=spec.schema.json\nversion: 1\n")


def test_nothing_is_written_before_write_and_nothing_is_overwritten(tmp_path: Path) -> None:
    found = new(project(tmp_path), source="t.csv")
    assert not found.file.exists()
    assert found.write().read_text() == found.text
    for attempt in (found.write, lambda: new(project(tmp_path), source="t.csv")):
        with pytest.raises(Problems) as caught:
            attempt()
        assert caught.value.diagnostics[0].code == "E394"


@pytest.mark.parametrize(("arguments", "code"), [({"about": "tickets"}, "E395"), ({"name": "Bad Name", "source": "t.csv"}, "E396")])
def test_what_is_missing_or_wrong_is_said(tmp_path: Path, arguments: dict[str, str], code: str) -> None:
    with pytest.raises(Problems) as caught:
        new(project(tmp_path), **arguments)
    assert caught.value.diagnostics[0].code == code
    assert caught.value.diagnostics[0].help
