"""`spec profile SOURCE --lists`: the rows of a source and of each of its lists, the file being read once and apart."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from tests.shell import Shell

if TYPE_CHECKING:
    from pathlib import Path

ORDERS = 300


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]) -> Shell:
    """Orders of a shop: each has up to three items."""
    orders = [
        {"номер": order, "товары": [{"код": f"T-{order % 9}", "штук": place + 1} for place in range(order % 4)]} for order in range(ORDERS)
    ]
    (tmp_path / "заказы.json").write_text(json.dumps(orders, ensure_ascii=False), encoding="utf-8")
    monkeypatch.chdir(tmp_path)
    return Shell(tmp_path, capsys)


def test_the_items_of_each_list_are_a_table_that_refers_to_its_rows(shell: Shell) -> None:
    """Both by their names: the word of the source, and the list in it."""
    found = shell.ok("profile", "заказы.json", "--lists", "--format", "json").data
    assert list(found) == ["заказы.json", "товары in заказы.json"]
    rows, items = found.values()
    assert (rows["rows"], items["rows"]) == (ORDERS, sum(order % 4 for order in range(ORDERS)))
    assert rows["primary_key"] == ["номер"]
    assert items["primary_key"] == ["../номер", ".position"]
    assert [(one["columns"], one["table"]) for one in items["foreign_keys"]] == [(["../номер"], "заказы.json")]


def test_all_of_each_is_told(shell: Shell) -> None:
    """As text and as a page, where the drawing has both."""
    text = shell.ok("profile", "заказы.json", "--lists").out
    assert "заказы.json: 300 rows, 2 columns" in text
    assert "товары: 450 rows, 4 columns" in text
    page = shell.ok("profile", "заказы.json", "--lists", "--format", "html").out
    assert page.count("товары in заказы.json") > 1


def test_a_spec_of_files_is_looked_at_by_its_name(shell: Shell) -> None:
    """One whose rows are another's items has no files."""
    shell.ok("init")
    shell.ok("new", "orders", "--source", "заказы.json", "--split")
    [items] = shell.folder.glob("specs/orders_*.yaml")
    assert list(shell.ok("profile", "orders", "--lists", "--format", "json").data) == ["orders", "товары in orders"]
    refused = shell.spec("profile", items.stem, "--lists")
    assert refused.code == 1
    assert "reads the rows of `orders`, and no files" in refused.err
    assert "spec profile orders --lists" in refused.err


def test_lists_are_of_one_source_as_a_whole(shell: Shell) -> None:
    """Neither of a part of it, nor of several beside each other."""
    for more in (("--quick",), ("заказы.json",)):
        assert shell.spec("profile", "заказы.json", "--lists", *more).code == 2
