"""Connections by name: from the environment, from the file, from Airflow; never shown."""

from __future__ import annotations

import os
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.connections import Connection, resolve
from dataeng_ai.diagnostics import Problems

if TYPE_CHECKING:
    from pathlib import Path

SECRET = "s3cret/@:я"  # noqa: S105  looked for wherever it must not be
URI = "postgres://user%40corp:s3cret%2F%40%3A%D1%8F@DB.Example:5433/dwh?sslmode=require"


def code(name: str, root: Path) -> str:
    with pytest.raises(Problems) as caught:
        resolve(name, root)
    assert "s3cret" not in str(caught.value)
    return caught.value.diagnostics[0].code


def write(root: Path, text: str, mode: int = 0o600) -> None:
    folder = root / ".dataeng"
    folder.mkdir(exist_ok=True)
    (folder / "connections.env").write_text(text, encoding="utf-8")
    (folder / "connections.env").chmod(mode)


def test_a_uri_is_read_as_airflow_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DWH", URI)
    expected = Connection("dwh", "postgres", "DB.Example", 5433, "user@corp", SECRET, "dwh", {"sslmode": "require"})
    assert resolve("dwh", tmp_path) == expected


def test_json_is_read_as_airflow_writes_it(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", '{"conn_type": "fs", "extra": {"path": "/data/входящие"}}')
    assert resolve("landing", tmp_path) == Connection("landing", "files", extra={"path": "/data/входящие"})
    monkeypatch.setenv("AIRFLOW_CONN_LANDING", '{"conn_type": "postgres", "port": "5432", "extra": "{\\"sslmode\\": \\"require\\"}"}')
    assert resolve("landing", tmp_path) == Connection("landing", "postgres", port=5432, extra={"sslmode": "require"})


def test_the_environment_wins_over_the_file(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    write(tmp_path, "# ours\nexport AIRFLOW_CONN_DWH='postgres://file/db'\n\nAIRFLOW_CONN_FILES=fs://?path=/in\n")
    assert resolve("dwh", tmp_path).host == "file"
    assert resolve("files", tmp_path).extra == {"path": "/in"}
    monkeypatch.setenv("AIRFLOW_CONN_DWH", "postgres://environment/db")
    assert resolve("dwh", tmp_path).host == "environment"


def test_a_file_that_others_may_read_is_refused(tmp_path: Path) -> None:
    write(tmp_path, f"AIRFLOW_CONN_DWH={URI}\n", mode=0o644)
    assert code("dwh", tmp_path) == "E603"


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ("s3cret", "E602"),
        ('{"conn_type": "postgres", "password": "s3cret"', "E602"),
        ("postgres://u:s3cret@host:port/db", "E602"),
        ("mongo://u:s3cret@host/db", "E604"),
        ('{"password": "s3cret"}', "E604"),
    ],
)
def test_a_value_that_cannot_be_read_is_refused_without_being_shown(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, value: str, expected: str
) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DWH", value)
    assert code("dwh", tmp_path) == expected


def test_an_unknown_name_says_where_to_write_it(tmp_path: Path) -> None:
    with pytest.raises(Problems) as caught:
        resolve("dwh", tmp_path)
    assert caught.value.diagnostics[0].code == "E601"
    assert "AIRFLOW_CONN_DWH" in caught.value.diagnostics[0].help


def test_a_password_is_in_no_repr(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("AIRFLOW_CONN_DWH", URI)
    assert "s3cret" not in repr(resolve("dwh", tmp_path))


def test_airflow_is_asked_where_it_is_imported(tmp_path: Path) -> None:
    program = (
        "import airflow, pathlib; from dataeng_ai.connections import resolve;"
        f"found = resolve('dwh', pathlib.Path({str(tmp_path)!r})); print(found.host, found.password, found.extra)"
    )
    environment = {**os.environ, "AIRFLOW_HOME": str(tmp_path), "AIRFLOW_CONN_DWH": URI, "PYTHONIOENCODING": "utf-8"}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert done.stdout.splitlines()[-1].casefold() == f"db.example {SECRET} {{'sslmode': 'require'}}"


def test_nothing_asks_for_airflow_where_it_is_not_imported(tmp_path: Path) -> None:
    program = f"""
import sys, pathlib
from dataeng_ai.connections import resolve
resolve("dwh", pathlib.Path({str(tmp_path)!r}))
assert "airflow" not in sys.modules
"""
    environment = {**os.environ, "AIRFLOW_CONN_DWH": URI}
    done = subprocess.run([sys.executable, "-c", program], env=environment, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
