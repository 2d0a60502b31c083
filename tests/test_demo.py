"""The tour: a project out of nothing, in seconds, without a network or a model."""

from __future__ import annotations

import json
import shlex
import subprocess
import sys
from typing import TYPE_CHECKING

import duckdb
import pytest

from dataeng_ai.demo.tickets import DIRTY, ENCODING, HEADER, ROWS, tickets

if TYPE_CHECKING:
    from pathlib import Path

    from tests.shell import Said, Shell


@pytest.fixture
def toured(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> Said:
    """What the tour said; the shell stands in the project that it made."""
    said = shell.ok("demo", "museum")
    monkeypatch.chdir(shell.folder / "museum")
    return said


def test_every_good_record_is_loaded_and_every_bad_one_is_kept_aside_with_its_reason(shell: Shell, toured: Said) -> None:
    bad = sum(DIRTY.values())
    assert f"{ROWS:,} of {ROWS + bad:,} records loaded, {bad} rejected" in toured.out
    rejects = json.loads(shell.ok("rejects", "tickets", "--unmask", "--format", "json").out)
    assert len(rejects) == bad
    reasons = [reject["reason"] for reject in rejects]
    assert sorted(set(reasons)) == [
        "not a date",
        "not a decimal(10, 2)",
        "not a uuid",
        "repeated header",
        "too few fields",
        "too many fields",
    ]
    lines = tickets().decode(ENCODING).splitlines()
    assert all(lines[int(reject["line"]) - 1] == reject["raw"] for reject in rejects)


def test_the_table_holds_what_the_file_says(shell: Shell, toured: Said) -> None:
    good = [line.split(";") for line in tickets().decode(ENCODING).splitlines()[1:] if '"' not in line]
    spec = shell.ok("show", "tickets").out
    assert "encoding: cp1251" in spec
    with duckdb.connect(str(shell.folder / "museum/.dataeng/warehouse.duckdb"), read_only=True) as warehouse:
        warehouse.execute("SET TimeZone = 'Europe/Moscow'")
        rows = {
            row[0]: row[1:]
            for row in warehouse.execute(
                "SELECT ticket_number, price::VARCHAR, phone, museum_inn, sale_date::VARCHAR FROM tickets"
            ).fetchall()
        }
    assert len(rows) == ROWS
    place = {name: HEADER.index(name) for name in ("Номер билета", "Цена", "Телефон", "ИНН музея", "Дата продажи")}
    seen = 0
    for record in good:
        if len(record) == len(HEADER) and record[0] in rows:
            price, phone, inn, sold = rows[record[place["Номер билета"]]]
            assert price == record[place["Цена"]].replace(",", ".")
            assert (phone, inn) == (record[place["Телефон"]], record[place["ИНН музея"]])
            assert sold == record[place["Дата продажи"]].removesuffix(":00")
            seen += 1
    assert seen > ROWS // 3


def test_every_command_that_the_tour_names_works(shell: Shell, toured: Said) -> None:
    lines = [line.strip().split("  ")[0] for line in toured.out.splitlines() if line.startswith("  spec ")]
    assert len(lines) >= 9
    for line in lines:
        shell.ok(*shlex.split(line)[1:])


def test_a_folder_that_holds_something_is_left_alone(shell: Shell) -> None:
    shell.write("museum/mine.txt", "mine")
    said = shell.spec("demo", "museum")
    assert said.code == 1
    assert "E041" in said.err
    assert [path.name for path in (shell.folder / "museum").iterdir()] == ["mine.txt"]


def test_the_data_are_the_same_bytes_in_every_process(tmp_path: Path) -> None:
    program = "import hashlib; from dataeng_ai.demo.tickets import tickets; print(hashlib.sha256(tickets()).hexdigest())"
    runs = {
        subprocess.run([sys.executable, "-c", program], capture_output=True, text=True, check=True, env={"PYTHONHASHSEED": seed}).stdout
        for seed in ("0", "1")
    }
    assert len(runs) == 1


def test_the_tour_needs_no_network(tmp_path: Path) -> None:
    done = subprocess.run(
        ["unshare", "-rn", sys.executable, "-m", "dataeng_ai", "demo", str(tmp_path / "museum")],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    assert "records loaded" in done.stdout
