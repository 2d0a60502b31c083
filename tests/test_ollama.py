"""A false model behind Ollama's API, through the command: a valid spec, or one clear line, within the budget."""

from __future__ import annotations

import json
import os
import signal
import socket
import subprocess
import sys
from typing import TYPE_CHECKING, Any

import pytest
import yaml

from tests.services import false_llm
from tests.services.false_llm import NAME, good

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.false_llm import Handler
    from tests.shell import Said, Shell

SALES = "id;Кубышка;sum;phone\n" + "".join(f"{n};{('Москва', 'Тверь')[n % 2]};{n},50;+7 916 555-{n:02d}-99\n" for n in range(1, 60))
ABOUT = "Sales by city, every hour"
CHOICES = {"primary_key", "load.mode", "order_by", "schedule", "quality"}
BY_RULE_OR_PROFILE = ("type", "nullable", "parse", "pii", "from")


@pytest.fixture
def sales(shell: Shell) -> Shell:
    """A project with one open spec, whose model has more time than any machine needs."""
    budget(shell, "20m", NAME)
    shell.write("sales.csv", SALES)
    shell.ok("new", "sales", ABOUT, "--source", "sales.csv")
    return shell


def budget(shell: Shell, time: str, name: str = "") -> None:
    named = f'name: "{name}", ' if name else ""
    shell.write("dataeng.yaml", f"version: 1\nmodel: {{{named}budget: {time}}}\n")


def spec_of(shell: Shell, name: str = "sales") -> dict[str, Any]:
    plain: dict[str, Any] = yaml.safe_load((shell.folder / f"specs/{name}.yaml").read_text("utf-8"))
    return plain


def lock_of(shell: Shell, name: str = "sales") -> dict[str, dict[str, Any]]:
    plain: dict[str, dict[str, Any]] = yaml.safe_load((shell.folder / f"specs/{name}.lock.yaml").read_text("utf-8"))["decisions"]
    return plain


def by_rules(shell: Shell) -> dict[str, Any]:
    shell.ok("fill", "sales", "--model", "rules")
    found = spec_of(shell)
    shell.ok("undo", "sales")
    return found


def fill_with(shell: Shell, behave: Callable[[Handler, dict[str, Any]], None], monkeypatch: pytest.MonkeyPatch, *words: str) -> Said:
    with false_llm.serving(behave) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        return shell.spec("fill", "sales", *words)


# a model that does what it is asked


def test_a_model_has_its_say_where_it_can_help_and_nowhere_else(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = by_rules(sales)
    said = fill_with(sales, lambda handler, body: handler.say(good(body)), monkeypatch)
    assert said.code == 0, said
    lock = lock_of(sales)
    its = {place for place, entry in lock.items() if entry["by"] == "model"}
    assert {"load.mode", "primary_key", "schedule", "quality"} <= its
    assert {place.rpartition(".")[2] for place in its if place.startswith("columns.")} == {"description", "name"}
    assert lock["load.mode"]["model"] == f"{NAME}@abcdef012345"
    for key in BY_RULE_OR_PROFILE[:-1]:
        assert [row.get(key) for row in spec_of(sales)["columns"]] == [row.get(key) for row in rules["columns"]]
    sales.ok("check", "sales")


def test_a_second_fill_with_a_model_changes_nothing_and_asks_nothing(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    fill_with(sales, lambda handler, body: handler.say(good(body)), monkeypatch)
    with false_llm.serving(lambda handler, body: handler.say(good(body))) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        assert "nothing to fill" in sales.ok("fill", "sales", "--refresh").out
    assert state.asked == []


def test_what_is_asked_names_format_context_seed_and_temperature(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with false_llm.serving(lambda handler, body: handler.say(good(body))) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        sales.ok("fill", "sales")
    for body in state.asked:
        assert body["think"] is False
        assert body["keep_alive"]
        assert {"num_ctx", "num_predict", "seed"} <= set(body["options"])
        assert body["options"]["temperature"] == 0
        assert all(value["type"] == "string" for value in body["format"]["properties"].values())


def test_scores_are_weighed_with_the_rule_and_a_near_tie_is_the_rule_s(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def scored(handler: Handler, body: dict[str, Any], first: float, last: float) -> None:
        values = body["format"]["properties"]
        if "choice" not in values:
            handler.say(good(body))
            return
        letter = values["choice"]["enum"][-1]
        others = [{"token": "A", "logprob": first}, {"token": letter, "logprob": last}]
        token = {"token": letter, "logprob": last, "top_logprobs": others}
        handler.say(good(body), logprobs=[{"token": '{"choice": "', "logprob": 0.0}, token, {"token": '"}', "logprob": 0.0}])

    rules = by_rules(sales)
    fill_with(sales, lambda handler, body: scored(handler, body, -0.7, -0.6), monkeypatch)
    assert spec_of(sales)["load"] == rules["load"]
    assert lock_of(sales)["load.mode"]["by"] == "rule:load.mode"
    sales.ok("undo", "sales")
    fill_with(sales, lambda handler, body: scored(handler, body, -9.0, -0.001), monkeypatch)
    assert lock_of(sales)["load.mode"]["by"] == "model"
    assert spec_of(sales)["load"] != rules["load"]


# one that misbehaves


def failing(handler: Handler, body: dict[str, Any]) -> None:
    del body
    handler.give(500, json.dumps({"error": "llama runner process has terminated"}))


def no_json(handler: Handler, body: dict[str, Any]) -> None:
    del body
    handler.give(200, "<html>a proxy</html>")


def a_list(handler: Handler, body: dict[str, Any]) -> None:
    del body
    handler.give(200, "[1, 2]")


FAULTS: dict[str, tuple[Callable[[Handler, dict[str, Any]], None], str, str]] = {
    "never answers": (false_llm.silence, "E642", "1s"),
    "hang": (false_llm.hang, "E642", "1s"),
    "stall": (false_llm.stall, "E642", "2s"),
    "drip": (false_llm.drip, "E642", "1s"),
    "reset": (false_llm.reset, "E643", "20m"),
    "500": (failing, "E643", "20m"),
    "no JSON": (no_json, "E644", "20m"),
    "a list": (a_list, "E644", "20m"),
}
"""What it does, the code of that, and the budget: a short one only for those that never come to an end of themselves."""


@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_that_fails_is_one_line_and_exit_3_where_the_model_was_named(
    fault: str, sales: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    behave, code, time = FAULTS[fault]
    budget(sales, time)
    before = spec_of(sales)
    said = fill_with(sales, behave, monkeypatch, "--model", NAME)
    assert said.code == 3
    first, help_ = said.err.splitlines()
    assert first.startswith(f"error[{code}]: ")
    assert "--model rules" in help_
    assert spec_of(sales) == before


@pytest.mark.parametrize("fault", FAULTS)
def test_a_service_that_fails_leaves_the_rules_in_charge_where_only_dataeng_yaml_names_it(
    fault: str, sales: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    rules = by_rules(sales)
    behave, _, time = FAULTS[fault]
    budget(sales, time, NAME)
    said = fill_with(sales, behave, monkeypatch)
    assert said.code == 0, said
    assert "the rules decided" in said.err
    assert spec_of(sales) == rules


def test_without_a_server_the_line_says_how_to_start_one(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    monkeypatch.setenv("OLLAMA_HOST", f"user:secret@127.0.0.1:{port}")
    said = sales.spec("fill", "sales", "--model", NAME)
    assert said.code == 3
    assert "E640" in said.err
    assert "ollama serve" in said.err
    assert "secret" not in said.err
    said = sales.ok("fill", "sales")
    assert "the rules decided" in said.err
    assert "secret" not in said.err + said.out


def silent_overflow(handler: Handler, body: dict[str, Any]) -> None:
    context = body["options"]["num_ctx"]
    fits = len(body["format"]["properties"]) < 2
    handler.say(good(body), prompt_eval_count=100 if fits else context)


def loud_overflow(handler: Handler, body: dict[str, Any]) -> None:
    if len(body["format"]["properties"]) < 2:
        handler.say(good(body))
    else:
        handler.give(400, json.dumps({"error": "request (936 tokens) exceeds the available context size (512 tokens)"}))


def slow_start(handler: Handler, body: dict[str, Any]) -> None:
    handler.state.over.wait(2 if len(handler.state.asked) == 1 else 0)
    handler.say(good(body))


def aloud(handler: Handler, body: dict[str, Any]) -> None:
    handler.say(f"<think>\nOr {good(body, letter=0)}? No.\n</think>\nWell:\n```json\n{good(body)}\n```\nI hope this helps!")


USABLE: dict[str, Callable[[Handler, dict[str, Any]], None]] = {
    "slow start": slow_start,
    "overflows in silence": silent_overflow,
    "overflows aloud": loud_overflow,
    "thinks aloud": aloud,
}


@pytest.mark.parametrize("way", USABLE)
def test_a_good_answer_is_taken_however_it_comes(way: str, sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said = fill_with(sales, USABLE[way], monkeypatch, "--model", NAME)
    assert said.code == 0, said
    assert lock_of(sales)["load.mode"]["by"] == "model"
    assert lock_of(sales)["columns.id.description"]["by"] == "model"
    assert spec_of(sales)["load"]["mode"] == "append"
    sales.ok("check", "sales")


USELESS: dict[str, Callable[[Handler, dict[str, Any]], None]] = {
    "empty": lambda handler, _: handler.say(""),
    "nonsense": lambda handler, _: handler.say('I would choose merge, because {it} is {"better": [1, 2'),
    "other options": lambda handler, body: handler.say(json.dumps({key: ["Z"] for key in body["format"]["properties"]})),
    "a letter that is none": lambda handler, _: handler.say(json.dumps({"choice": "Z"})),
    "wrong types": lambda handler, body: handler.say(json.dumps({key: {"a": [10**30]} for key in body["format"]["properties"]})),
    "deep": lambda handler, _: handler.say('{"choice": ' + "[" * 50_000),
    "truncated": lambda handler, _: handler.say('{"choice": "A', done_reason="length"),
    "overflows always": lambda handler, body: handler.say(good(body), prompt_eval_count=body["options"]["num_ctx"]),
    "endless": false_llm.endless,
}


@pytest.mark.parametrize("way", USELESS)
def test_of_useless_answers_nothing_is_taken_and_the_rules_decide(way: str, sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = by_rules(sales)
    said = fill_with(sales, USELESS[way], monkeypatch, "--model", NAME)
    assert said.code == 0, said
    assert "could not be used" in said.err
    assert spec_of(sales) == rules
    assert {entry["by"] for entry in lock_of(sales).values()} & {"model"} == set()


# one that is too slow: it answers some questions at once, and others never


def never(handler: Handler, body: dict[str, Any], *, choices: bool, texts: bool, begun: str = "") -> None:
    """Answer never what is said here, all else at once; of texts, begin with some words."""
    if choices if "choice" in body["format"]["properties"] else texts:
        handler.begin()
        if begun and "choice" not in body["format"]["properties"]:
            handler.wfile.write(false_llm.line(begun, done=False).encode() + b"\n")
            handler.wfile.flush()
        handler.state.over.wait(600)
    else:
        handler.say(good(body))


def test_texts_that_take_too_long_are_the_rules_and_every_choice_is_the_model_s(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = by_rules(sales)
    budget(sales, "5s")
    said = fill_with(sales, lambda handler, body: never(handler, body, choices=False, texts=True), monkeypatch, "--model", NAME)
    assert said.code == 0, said
    assert f"the budget of 5 s for `{NAME}` is used up: the rules decided the rest" in said.err
    lock = lock_of(sales)
    assert {place for place, entry in lock.items() if entry["by"] == "model"} == CHOICES
    assert spec_of(sales)["columns"] == rules["columns"]
    sales.ok("check", "sales")


def test_what_is_whole_of_texts_that_take_too_long_is_kept(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    budget(sales, "5s")
    words = '{"c1": "number of the \\"sale\\"", "c2": "the ci'

    def breaks_off(handler: Handler, body: dict[str, Any]) -> None:
        never(handler, body, choices=False, texts=True, begun=words)

    said = fill_with(sales, breaks_off, monkeypatch, "--model", NAME)
    assert said.code == 0, said
    first, second, *_ = spec_of(sales)["columns"]
    assert (first["description"], second["description"]) == ('number of the "sale"', "Кубышка")
    lock = lock_of(sales)
    assert lock["columns.id.description"]["by"] == "model"
    assert lock["load.mode"]["by"] == "model"
    assert lock[f"columns.{second['name']}.description"]["by"] == "rule:columns.description"
    sales.ok("check", "sales")


def test_choices_that_take_too_long_are_the_rules_and_what_came_before_is_kept(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = by_rules(sales)
    budget(sales, "5s")
    said = fill_with(sales, lambda handler, body: never(handler, body, choices=True, texts=False), monkeypatch, "--model", NAME)
    assert said.code == 0, said
    assert "is used up: the rules decided the rest" in said.err
    its = {place for place, entry in lock_of(sales).items() if entry["by"] == "model"}
    assert [place.rpartition(".")[2] for place in its] == ["name"]
    assert spec_of(sales)["load"] == rules["load"]
    sales.ok("check", "sales")


def test_of_an_answer_that_was_cut_the_whole_texts_are_kept_and_no_choice(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    rules = by_rules(sales)
    said = fill_with(sales, lambda handler, body: handler.say(good(body), done_reason="length"), monkeypatch, "--model", NAME)
    assert said.code == 0, said
    its = {place for place, entry in lock_of(sales).items() if entry["by"] == "model"}
    assert {place.rpartition(".")[2] for place in its} == {"name", "description"}
    assert {key: spec_of(sales)[key] for key in ("load", "schedule", "quality")} == {
        key: rules[key] for key in ("load", "schedule", "quality")
    }


def test_a_description_that_only_repeats_the_header_is_the_rule_s_and_is_not_asked_for_again(
    sales: Shell, monkeypatch: pytest.MonkeyPatch
) -> None:
    def echoes(handler: Handler, body: dict[str, Any]) -> None:
        keys = list(body["format"]["properties"])
        handler.say(good(body) if "choice" in keys else json.dumps({"c1": "ID ", "c2": "what is in the box", "c3": "_sum_"}))

    with false_llm.serving(echoes) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        sales.ok("fill", "sales")
    assert [row["description"] for row in spec_of(sales)["columns"]][:3] == ["Id", "what is in the box", "Sum"]
    assert [body["messages"][1]["content"].count("columns.description") for body in state.asked].count(1) == 1


def test_descriptions_are_asked_last_and_names_first(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with false_llm.serving(lambda handler, body: handler.say(good(body))) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        sales.ok("fill", "sales")
    kinds = [body["messages"][1]["content"].partition("Question, `")[2].partition("`")[0] for body in state.asked]
    assert kinds[0] == "columns.name"
    assert set(kinds[1:-1]) == CHOICES
    assert kinds[-1] == "columns.description"


def test_ctrl_c_keeps_what_was_decided_and_the_next_fill_goes_on(sales: Shell) -> None:
    def behave(handler: Handler, body: dict[str, Any]) -> None:
        if "choice" in body["format"]["properties"]:
            asked.append(1)
            os.kill(process.pid, signal.SIGINT)
            handler.state.over.wait(600)
        else:
            handler.say(good(body))

    asked: list[int] = []
    with false_llm.serving(behave) as state:
        command = [sys.executable, "-m", "dataeng_ai", "fill", "sales"]
        process = subprocess.Popen(
            command, env=os.environ | {"OLLAMA_HOST": state.host}, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
        )
        _, err = process.communicate(timeout=600)
    assert process.returncode == 130, err
    assert "interrupted;" in err
    kept = spec_of(sales)
    assert len(kept["columns"]) == 4
    assert "primary_key" not in kept
    assert [entry["by"] for place, entry in lock_of(sales).items() if place.endswith(".name")].count("model") == 1
    sales.ok("fill", "sales", "--model", "rules")
    assert spec_of(sales)["columns"] == kept["columns"]
    sales.ok("check", "sales")


def test_show_prompt_says_all_that_would_be_sent_and_sends_and_writes_nothing(sales: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    before = spec_of(sales)
    with false_llm.serving(lambda handler, body: handler.say(good(body, letter=0, words="{}"))) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        shown = sales.ok("fill", "sales", "--show-prompt").out
        assert state.asked == []
        assert spec_of(sales) == before
        sales.ok("fill", "sales")
    assert state.asked
    assert state.asked[0]["messages"][1]["content"] in shown
    assert sales.spec("fill", "sales", "--show-prompt", "--model", "rules").code == 1


def test_the_doctor_says_what_a_model_does_not_do(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    with false_llm.serving(lambda handler, _: handler.say("Once upon a time", prompt_eval_count=300)) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        said = shell.ok("doctor", "--model", NAME)
    assert [line.split()[1] for line in said.out.splitlines() if line.startswith("no")] == ["format", "num_ctx", "scores"]
