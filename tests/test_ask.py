"""`spec fill --ask`: a person at a terminal is shown each choice with its evidence; Enter takes the best."""

from __future__ import annotations

import os
import pty
import signal
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dataeng_ai.fill import Lock, Person, fill
from tests.fill_facts import TICKETS, draft, project

if TYPE_CHECKING:
    from dataeng_ai.asking import Choice
    from tests.shell import Shell

CTRL_C = "\x03"
ROWS = "id;Кубышка;sum\n" + "".join(f"{n};{('Москва', 'Тверь')[n % 2]};{n},50\n" for n in range(1, 60))


@pytest.fixture
def sales(shell: Shell) -> Shell:
    shell.write("dataeng.yaml", "version: 1\n")
    shell.write("sales.csv", ROWS)
    shell.ok("new", "sales", "Sales by city", "--source", "sales.csv")
    return shell


def at_a_terminal(shell: Shell, typed: dict[str, str], *words: str, rest: str = "\n") -> tuple[int, str]:
    """Fill and type: behind each question that has a place in it what is said for it, else the rest."""
    ours, theirs = pty.openpty()
    command = [sys.executable, "-m", "dataeng_ai", "fill", "sales", "--ask", *words]
    process = subprocess.Popen(command, cwd=shell.folder, stdin=theirs, stdout=subprocess.PIPE, stderr=theirs)
    os.close(theirs)
    seen, at = "", 0
    while True:
        try:
            seen += os.read(ours, 65536).decode("utf-8", "ignore")
        except OSError:  # what Linux says at the end of a terminal
            break
        if "all that is left: " in seen[at:]:
            place = next((place for place in typed if f"\n{place}: " in seen[at:].replace("\r", "")), None)
            at = len(seen)
            said = rest if place is None else typed.pop(place)
            if said == CTRL_C:
                process.send_signal(signal.SIGINT)
            else:
                os.write(ours, said.encode())
    os.close(ours)
    assert process.stdout is not None
    process.stdout.close()
    return process.wait(600), seen.replace("\r", "")


def spec_and_lock(shell: Shell) -> tuple[dict[str, Any], dict[str, Any]]:
    spec, lock = (yaml.safe_load((shell.folder / f"specs/sales{kind}.yaml").read_text("utf-8")) for kind in ("", ".lock"))
    return spec, lock["decisions"]


def test_enter_everywhere_is_what_the_rules_decide(sales: Shell) -> None:
    sales.ok("fill", "sales", "--model", "rules")
    by_rules = spec_and_lock(sales)
    sales.ok("undo", "sales")
    code, seen = at_a_terminal(sales, {})
    assert code == 0, seen
    assert spec_and_lock(sales) == by_rules
    assert "primary_key: Which columns say which row it is?\n  1  id\n     id: never null" in seen


def test_what_a_person_says_is_theirs_and_stands_in_no_lock(sales: Shell) -> None:
    code, seen = at_a_terminal(sales, {"load.mode": "append\n", "columns[1].name": "city\n", "primary_key": "2\n"})
    assert code == 0, seen
    spec, lock = spec_and_lock(sales)
    assert spec["load"]["mode"] == "append"
    assert spec["primary_key"] is None
    assert [row["name"] for row in spec["columns"]] == ["id", "city", "sum"]
    assert not {"load.mode", "primary_key", "columns.city.name"} & set(lock)
    assert lock["columns.city.type"]["by"].startswith(("profile", "rule"))
    sales.ok("check", "sales")
    assert "nothing to fill" in sales.ok("fill", "sales", "--refresh").out


def test_an_exclamation_mark_leaves_all_that_is_left_to_the_rules(sales: Shell) -> None:
    code, seen = at_a_terminal(sales, {}, rest="!\n")
    assert code == 0, seen
    assert seen.count("all that is left: ") == 1
    sales.ok("check", "sales")


def test_ctrl_c_keeps_what_was_said_before(sales: Shell) -> None:
    code, seen = at_a_terminal(sales, {"load.mode": CTRL_C, "columns[1].name": "city\n"})
    assert code == 130, seen
    assert "interrupted; " in seen
    spec, _ = spec_and_lock(sales)
    assert [row["name"] for row in spec["columns"]] == ["id", "city", "sum"]
    assert "load" not in spec


def test_dry_run_and_only_are_obeyed(sales: Shell) -> None:
    before = (sales.folder / "specs/sales.yaml").read_bytes()
    code, seen = at_a_terminal(sales, {}, "--dry-run", "--only", "schedule", rest="!\n")
    assert code == 0, seen
    assert (sales.folder / "specs/sales.yaml").read_bytes() == before


@pytest.mark.parametrize("words", [("--ask",), ("--ask", "--model", "x")])
def test_where_nobody_is_there_it_is_a_word_too_many(words: tuple[str, ...], sales: Shell) -> None:
    said = sales.spec("fill", "sales", *words)
    assert said.code == 2
    assert "--ask" in said.err


def test_what_cannot_stand_is_asked_again_and_says_why() -> None:
    def ask(choice: Choice) -> str:
        asked.append(choice)
        if not choice.place.endswith(".name"):
            return "!" if choice.place == "schedule" else ""
        return ("select", "good_name")[choice.remark != ""] if choice.place == asked[0].place else ""

    asked: list[Choice] = []
    filled = fill(draft(), TICKETS, project(), Person(ask), Lock())
    assert filled.left == ()
    remarks = [choice.remark for choice in asked if choice.remark]
    assert "`select` cannot stand here" in remarks
    assert {one.by.partition(":")[0] for one in filled.decided} == {"profile", "rule", "person"}
    assert not [entry for entry in filled.lock.entries.values() if entry.by == "person"]
