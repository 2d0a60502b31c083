"""A small real model behind Ollama's API fills real specs: valid, within the budget, and everyone can see which values are its."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from dataeng_ai.fill.prompt import ASKED
from tests.services import llm
from tests.shell import FLIGHTS, flights

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tests.shell import Shell

MODEL = llm.NAME
SALES = "id;Кубышка;sum\n" + "".join(f"{n};{('Москва', 'Тверь')[n % 2]};{n},50\n" for n in range(1, 60))


@pytest.fixture(scope="module")
def real() -> Iterator[str]:
    with llm.serving() as host:
        yield host


@pytest.fixture
def here(shell: Shell, real: str, monkeypatch: pytest.MonkeyPatch) -> Shell:
    """A folder where the model answers, within the budget that nobody named."""
    monkeypatch.setenv("OLLAMA_HOST", real)
    shell.write("dataeng.yaml", "version: 1\n")
    return shell


def lock_of(shell: Shell, name: str) -> dict[str, dict[str, Any]]:
    plain: dict[str, dict[str, Any]] = yaml.safe_load((shell.folder / f"specs/{name}.lock.yaml").read_text("utf-8"))["decisions"]
    return plain


def its(shell: Shell, name: str) -> dict[str, dict[str, Any]]:
    """Return what the lock says is the model's: some of it, all of it signed, and of kinds it may be asked about."""
    found = {place: entry for place, entry in lock_of(shell, name).items() if entry["by"] == "model"}
    assert found
    for place, entry in found.items():
        kind = f"columns.{place.rpartition('.')[2]}" if place.startswith("columns.") else place
        assert kind in ASKED
        assert entry["model"].startswith(f"{MODEL}@")
        assert len(entry["prompt"]) == 16
        assert entry["evidence"]
        assert entry["reason"]
    return found


def test_flights_are_filled_valid_and_the_report_and_why_say_which_values_are_the_model_s(here: Shell) -> None:
    flights(here.folder)
    here.ok("new", "flights", "Flights from New York in 2013; analysts chart delays by carrier.", "--source", "flights.csv.gz")
    said = here.ok("fill", "flights", "--model", MODEL)
    assert f"model `{MODEL}`: " in said.err
    here.ok("check", "flights")
    here.ok("compile", "flights")
    found = its(here, "flights")
    report = (here.folder / "build/docs/flights.md").read_text("utf-8")
    why = here.ok("why", "flights").out
    assert f"{FLIGHTS:,} rows" in report
    told = [line for line in report.splitlines() if f"model `{MODEL}@" in line]
    for place in found:
        column, _, kind = place.removeprefix("columns.").rpartition(".")
        named = (f"`columns.*.{kind}`", f"`{column}`") if place.startswith("columns.") else (f"`{place}`",)
        assert any(all(word in line for word in named) for line in told), place
        assert "by model" in why[why.index(f"{place}: ") :].splitlines()[1], place
    # Asking nothing again, a second fill leaves every value as it is.
    assert "nothing to fill" in here.ok("fill", "flights", "--model", MODEL).out


def test_the_demo_is_filled_valid_and_its_pipeline_runs(here: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    here.ok("demo", "museum")
    museum = replace(here, folder=here.folder / "museum")
    monkeypatch.chdir(museum.folder)
    museum.ok("undo", "tickets")
    assert f"model `{MODEL}`: " in museum.ok("fill", "tickets", "--model", MODEL).err
    its(museum, "tickets")
    museum.ok("check", "tickets")
    museum.ok("run", "tickets")


def test_a_small_file_is_filled_and_runs(here: Shell) -> None:
    here.write("sales.csv", SALES)
    here.ok("new", "sales", "Sales by city, every hour", "--source", "sales.csv")
    here.ok("fill", "sales", "--model", MODEL)
    its(here, "sales")
    here.ok("check", "sales")
    assert "59" in here.ok("run", "sales").out


def test_the_doctor_finds_it_fit(here: Shell) -> None:
    said = here.ok("doctor", "--model", MODEL)
    assert [line.split()[:2] for line in said.out.splitlines()] == [
        ["ok", what] for what in ("reachable", "present", "format", "num_ctx", "scores", "speed")
    ]


def test_a_model_that_is_not_there_is_a_line_that_pulls_it(here: Shell) -> None:
    here.write("sales.csv", SALES)
    here.ok("new", "sales", "Sales by city, every hour", "--source", "sales.csv")
    for words in (("fill", "sales", "--model", "qwen9:1b"), ("doctor", "--model", "qwen9:1b")):
        said = here.spec(*words)
        assert said.code == 3
        assert "`spec doctor --model qwen9:1b --pull`" in said.err
    here.write("dataeng.yaml", 'version: 1\nmodel: {name: "qwen9:1b"}\n')
    assert "the rules decided" in here.ok("fill", "sales").err
