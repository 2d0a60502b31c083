"""`spec doctor --model M --pull`: a model is fetched by the server, its progress shown; whatever goes wrong is one clear line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import pytest

from dataeng_ai.diagnostics import Unreachable
from dataeng_ai.fill.pulling import pull
from dataeng_ai.fill.serving import Service
from dataeng_ai.progress import Step, heard
from tests.services import false_llm
from tests.services.false_llm import NAME, good

if TYPE_CHECKING:
    from collections.abc import Callable

    from tests.services.false_llm import Handler
    from tests.shell import Said, Shell

REGISTRY = "https://registry.example.org/v2/library/x/manifests/1b?token=signed"


def doctor(shell: Shell, pulls: Callable[[Handler, str], None] | None, monkeypatch: pytest.MonkeyPatch, *words: str) -> Said:
    with false_llm.serving(lambda handler, body: handler.say(good(body)), pulls) as state:
        monkeypatch.setenv("OLLAMA_HOST", state.host)
        return shell.spec("doctor", "--model", NAME, *words)


def test_a_model_that_is_not_there_is_pulled_and_then_looked_at(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    steps: list[Step] = []
    with heard(steps.append), false_llm.serving(lambda handler, body: handler.say(good(body)), false_llm.pulled) as state:
        assert pull(Service(NAME, state.host)) == 4_700_000_000
    said = [step.what for step in steps]
    assert f"pulling {NAME}: pulling manifest" in said
    assert f"pulling {NAME}: 3.0 GB of 4.0 GB" in said
    assert f"pulling {NAME}: 4.5 GB of 4.7 GB" in said
    assert steps[-1].over
    found = doctor(shell, false_llm.pulled, monkeypatch, "--pull")
    assert [line.split()[1] for line in found.out.splitlines()][:2] == ["reachable", "present"]
    assert f"pulled {NAME}: 4.7 GB" in found.err


def test_without_pull_the_line_says_what_to_type_and_nothing_is_fetched(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    def pulls(handler: Handler, model: str) -> None:
        asked.append(model)
        handler.give(500, "{}")

    asked: list[str] = []
    said = doctor(shell, pulls, monkeypatch)
    assert said.code == 3
    assert f"`spec doctor --model {NAME} --pull`" in said.err
    assert asked == []


def test_a_model_that_is_there_is_not_pulled_again(shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    said = doctor(shell, None, monkeypatch, "--pull")
    assert said.out.splitlines()[1].startswith("ok  present")
    assert "pulled" not in said.err


def streamed(error: str) -> Callable[[Handler, str], None]:
    """Return what begins to pull and then fails, as Ollama says it: a line in the stream."""

    def pulls(handler: Handler, _: str) -> None:
        handler.begin()
        handler.tell(status="pulling manifest")
        handler.tell(error=error)

    return pulls


def stops(handler: Handler, _: str) -> None:
    handler.begin()
    handler.tell(status="pulling aa", digest="sha256:aa", total=100, completed=50)


FAULTS: dict[str, tuple[Callable[[Handler, str], None], str, str]] = {
    "no network": (
        streamed(f'pull model manifest: Get "{REGISTRY}": dial tcp: lookup registry.example.org: no such host'),
        "E645",
        "no such host",
    ),
    "no such model": (streamed("pull model manifest: file does not exist"), "E641", "finds no model"),
    "disk full": (streamed("write /models/blobs/sha256-aa-partial: no space left on device"), "E645", "no room on its disk"),
    "too old": (lambda handler, _: handler.give(412, json.dumps({"error": "this model needs a newer Ollama"})), "E645", "newer Ollama"),
    "500": (lambda handler, _: handler.give(500, json.dumps({"error": "max retries exceeded: EOF"})), "E645", "cannot reach"),
    "no words": (lambda handler, _: handler.give(500, ""), "E645", "does not say why"),
    "breaks off": (stops, "E643", "broke off"),
    "reset": (lambda handler, _: false_llm.reset(handler, {}), "E643", "broke off"),
    "no JSON": (lambda handler, _: handler.give(200, "<html>a proxy</html>"), "E644", "does not speak"),
    "an escape": (streamed("\x1b]0;owned\x07 odd"), "E645", "odd"),
}


@pytest.mark.parametrize("fault", FAULTS)
def test_whatever_goes_wrong_is_one_line_with_what_to_do(fault: str, shell: Shell, monkeypatch: pytest.MonkeyPatch) -> None:
    pulls, code, words = FAULTS[fault]
    said = doctor(shell, pulls, monkeypatch, "--pull")
    assert said.code == 3
    first, help_ = said.err.splitlines()
    assert first.startswith(f"error[{code}]: ")
    assert words in first
    assert help_.strip().startswith("= help: ")
    assert "signed" not in said.err
    assert "\x1b" not in said.err


def test_a_server_that_falls_silent_is_waited_for_no_longer_than_it_may_be() -> None:
    with (
        false_llm.serving(false_llm.silence, lambda handler, _: false_llm.silence(handler, {})) as state,
        pytest.raises(Unreachable) as caught,
    ):
        pull(Service(NAME, state.host), patience=0.5)
    assert caught.value.diagnostics[0].code == "E645"


def test_ctrl_c_ends_it_with_one_line(shell: Shell) -> None:
    def pulls(handler: Handler, _: str) -> None:
        handler.begin()
        handler.tell(status="pulling aa", digest="sha256:aa", total=100, completed=50)
        os.kill(process.pid, signal.SIGINT)
        handler.state.over.wait(600)

    with false_llm.serving(false_llm.silence, pulls) as state:
        command = [sys.executable, "-m", "dataeng_ai", "doctor", "--model", NAME, "--pull"]
        heard_at = os.environ | {"OLLAMA_HOST": state.host}
        process = subprocess.Popen(command, cwd=shell.folder, env=heard_at, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True)
        out, err = process.communicate(timeout=600)
    assert (process.returncode, out) == (130, "")
    assert [line.partition(";")[0] for line in err.splitlines()] == ["interrupted"]
