"""`spec connections --from airflow`: what a real Airflow keeps in its database is listed, and taken over."""

from __future__ import annotations

import json
import os
import sqlite3
import subprocess
import sys
from contextlib import closing
from typing import TYPE_CHECKING, Any

import pytest

from dataeng_ai import connections, wiring
from dataeng_ai.connections import values
from dataeng_ai.diagnostics import Problems, Unreachable
from dataeng_ai.project import find
from dataeng_ai.wiring import airflow_store
from tests.services.airflow import PYTHONS, Airflow
from tests.test_connecting import FILE, SECRET, museum

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Shell

__all__ = ["museum"]

KEPT: dict[str, dict[str, Any]] = {
    "warehouse": {"conn_type": "postgres", "host": "сервер.example", "port": 6432, "login": "anna", "password": SECRET, "schema": "dwh"},
    "landing": {"conn_type": "fs", "extra": {"path": "входящие"}},
    "queue": {"conn_type": "oracle", "host": "oracle.example"},
}


def home_of(folder: Path) -> dict[str, str]:
    return {
        "AIRFLOW_HOME": str(folder),
        "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
        "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{folder}/airflow.db",
    }


@pytest.fixture(scope="module")
def near(tmp_path_factory: pytest.TempPathFactory) -> dict[str, str]:
    """Where the Airflow beside us lives; it keeps three connections, encrypted as it does."""
    folder = tmp_path_factory.mktemp("kept")
    Airflow("3", folder).migrate()
    home = home_of(folder)
    (folder / "connections.json").write_text(json.dumps(KEPT, ensure_ascii=False), "utf-8")
    command = [sys.executable, "-m", "airflow", "connections", "import", str(folder / "connections.json")]
    subprocess.run(command, env={**os.environ, **home}, check=True, capture_output=True)
    return home


@pytest.fixture(scope="module", params=PYTHONS)
def kept(request: pytest.FixtureRequest, near: dict[str, str], tmp_path_factory: pytest.TempPathFactory) -> tuple[str, dict[str, str]]:
    """The interpreter of each Airflow that we promise, and where it lives; 2.11 keeps them in clear, as one without a key does."""
    if request.param == "3":
        return sys.executable, near
    folder = tmp_path_factory.mktemp("older")
    Airflow(request.param, folder).migrate()
    columns = ("conn_type", "host", "port", "login", "password", "schema")
    with closing(sqlite3.connect(folder / "airflow.db")) as database, database:
        for name, fields in KEPT.items():
            row = [name, *(fields.get(column) for column in columns), json.dumps(fields["extra"]) if "extra" in fields else None]
            database.execute(
                "INSERT INTO connection (conn_id, conn_type, host, port, login, password, schema, extra, is_encrypted, is_extra_encrypted)"
                " VALUES (?, ?, ?, ?, ?, ?, ?, ?, false, false)",
                row,
            )
    return str(PYTHONS[request.param]), home_of(folder)


def live(monkeypatch: pytest.MonkeyPatch, home: dict[str, str]) -> None:
    for name, value in home.items():
        monkeypatch.setenv(name, value)


def test_what_airflow_keeps_is_read_in_full(kept: tuple[str, dict[str, str]], museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    python, home = kept
    live(monkeypatch, home)
    monkeypatch.setenv("AIRFLOW_CONN_MINE", "postgres://of/ours")
    found = airflow_store.stored(["warehouse", "mine", "nobody"], python)
    assert set(found) == set(KEPT)
    value, line = airflow_store.one("warehouse", found)
    assert value == connections.Connection("warehouse", "postgres", "сервер.example", 6432, "anna", SECRET, "dwh")
    assert values.read("warehouse", line) == value
    assert SECRET not in repr(value)
    with pytest.raises(Problems, match="E604"):
        airflow_store.one("queue", found)
    with pytest.raises(Problems, match="E601: Airflow does not know the connection `store`; it knows `landing`, `queue`, `warehouse`"):
        airflow_store.one("store", found)
    every = {each.name: each for each in wiring.known(find(museum.folder), found)}
    assert set(every) == {"landing", "mine", "queue", "store", "warehouse"}
    assert every["warehouse"].origins == ("Airflow's own connections",)
    assert [fault.help for fault in every["warehouse"].faults] == ["`spec connections warehouse --from airflow` takes it over"]


def test_they_are_listed_where_airflow_is_near_and_taken_over(near: dict[str, str], museum: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    live(monkeypatch, near)
    taken = museum.ok("connections", "warehouse", "--from", "airflow", "--no-test")
    assert connections.resolve("warehouse", museum.folder).password == SECRET
    listed = museum.ok("connections", "--format", "json")
    assert {each["name"]: each["origins"] for each in listed.data} == {
        "landing": ["Airflow's own connections"],
        "queue": ["Airflow's own connections"],
        "store": [],
        "warehouse": [f"{FILE}, line 1", "Airflow's own connections"],
    }
    assert SECRET not in taken.out + taken.err + listed.out + listed.err


def test_an_airflow_without_a_database_is_said_and_nothing_is_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    live(monkeypatch, home_of(tmp_path))
    with pytest.raises(Unreachable) as caught:
        airflow_store.stored()
    assert caught.value.diagnostics[0].code == "E633"
    assert "`airflow db migrate`" in caught.value.diagnostics[0].help
    assert not (tmp_path / "airflow.db").exists()


def test_nothing_asks_airflow_where_nobody_has_said_where_it_lives(museum: Shell) -> None:
    assert not airflow_store.is_near()
    museum.ok("connections")


def test_no_airflow_at_all_is_said(tmp_path: Path) -> None:
    """An interpreter of the same version with no packages."""
    subprocess.run([PYTHONS["3"], "-m", "venv", "--without-pip", tmp_path / "bare"], check=True)
    with pytest.raises(Unreachable, match="E633: Airflow is not installed here"):
        airflow_store.stored((), str(tmp_path / "bare/bin/python"))
