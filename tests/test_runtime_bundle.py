"""A compiled pipeline is verified before it is used."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.diagnostics import Problems
from dataeng_ai.emit import emit
from dataeng_ai.runtime import Bundle
from tests.places import sales

if TYPE_CHECKING:
    from pathlib import Path

INDEX = "dags/sales/pipeline.json"


def code(files: dict[str, str]) -> str:
    with pytest.raises(Problems) as caught:
        Bundle.of(files)
    assert caught.value.diagnostics[0].help
    return caught.value.diagnostics[0].code


def test_a_bundle_read_from_a_folder_is_the_one_that_was_emitted(tmp_path: Path) -> None:
    files = emit(sales("postgres"))
    for path, text in files.items():
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).write_bytes(text.encode())
    bundle = Bundle.load(tmp_path / "dags" / "sales")
    assert bundle == Bundle.of(files)
    assert bundle.pipeline == sales("postgres")
    assert bundle.statement("ledger.last_load").sql.startswith("SELECT")
    assert [statement.name for statement in bundle.having("publish.")] == ["publish.delete", "publish.insert"]


def test_one_changed_byte_of_sql_is_refused() -> None:
    files = emit(sales("duckdb"))
    files["dags/sales/publish.sql"] = files["dags/sales/publish.sql"].replace("DELETE", "delete", 1)
    assert code(files) == "E402"


def test_a_missing_file_is_refused() -> None:
    files = emit(sales("duckdb"))
    del files["dags/sales/publish.sql"]
    assert code(files) == "E402"


@pytest.mark.parametrize("text", ["", "[]", "{}", "{", '{"ir_version": 1}'])
def test_an_index_that_is_none_is_refused(text: str) -> None:
    assert code({**emit(sales("duckdb")), INDEX: text}) == "E402"


def test_a_pipeline_of_another_version_of_the_ir_is_refused() -> None:
    files = emit(sales("duckdb"))
    files[INDEX] = json.dumps({**json.loads(files[INDEX]), "ir_version": 99})
    assert code(files) == "E403"


def test_an_empty_folder_says_what_to_type(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        Bundle.load(tmp_path)
    assert (caught.value.diagnostics[0].code, caught.value.diagnostics[0].help) == ("E401", "compile it: `spec compile`")


def test_a_statement_that_was_not_compiled_is_refused() -> None:
    with pytest.raises(Problems) as caught:
        Bundle.of(emit(sales("duckdb"))).statement("publish.swap")
    assert caught.value.diagnostics[0].code == "E404"
