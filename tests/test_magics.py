"""The notebook's face, in a real IPython shell."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from IPython.core.completer import provisionalcompleter
from IPython.core.interactiveshell import InteractiveShell
from traitlets.config import Config

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from IPython.core.interactiveshell import ExecutionResult

DRAFT = 'version: 1\nname: tickets\nabout: "Ticket sales {x} $HOME {{ y }}"\nsource: {path: "tickets.csv"}\n'


@pytest.fixture
def shell(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[InteractiveShell]:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("IPYTHONDIR", str(tmp_path / "ipython"))
    (tmp_path / "tickets.csv").write_text("id,price\n1,2.50\n2,3.00\n")
    InteractiveShell.clear_instance()
    shell = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    shell.run_cell("%load_ext dataeng_ai")
    yield shell
    InteractiveShell.clear_instance()


def failed(result: ExecutionResult, capsys: pytest.CaptureFixture[str]) -> str:
    """Return what the failed cell showed, which is no traceback."""
    assert not result.success
    shown = capsys.readouterr()
    text = shown.out + shown.err
    assert "Traceback" not in text
    assert "site-packages" not in text
    return text


def test_a_command_returns_its_object(shell: InteractiveShell) -> None:
    result = shell.run_cell("r = %dataeng\nr.text")
    assert result.success
    assert result.result == "no specs here yet"


def test_help_is_printed_and_returns_nothing(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    result = shell.run_cell("%dataeng --help")
    assert result.success
    assert result.result is None
    assert "Usage: %dataeng" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%dataeng nonsense", "nonsense"),
        ("%dataeng compile --nonsense", "--nonsense"),
        ("%dataeng show 'open", "No closing quotation"),
        ("%dataeng show nowhere", "there is no spec `nowhere`"),
    ],
)
def test_a_fault_is_one_readable_block_and_a_failed_cell(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    assert said in failed(shell.run_cell(line), capsys)


def test_a_cell_is_saved_to_the_byte_and_nothing_in_it_is_expanded(shell: InteractiveShell, tmp_path: Path) -> None:
    shell.user_ns["x"] = "expanded"
    result = shell.run_cell(f"%%dataeng tickets\n{DRAFT}")
    assert result.success
    assert (tmp_path / "specs/tickets.yaml").read_bytes() == DRAFT.encode()


def test_a_cell_may_save_again_what_a_cell_saved(shell: InteractiveShell, tmp_path: Path) -> None:
    assert shell.run_cell(f"%%dataeng tickets\n{DRAFT}").success
    assert shell.run_cell(f"%%dataeng tickets\n{DRAFT}owner: dwh\n").success
    assert (tmp_path / "specs/tickets.yaml").read_text().endswith("owner: dwh\n")


def test_a_cell_never_overwrites_what_another_hand_wrote(
    shell: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    assert shell.run_cell(f"%%dataeng tickets\n{DRAFT}").success
    path = tmp_path / "specs/tickets.yaml"
    path.write_text(DRAFT + "owner: somebody\n")
    text = failed(shell.run_cell(f"%%dataeng tickets\n{DRAFT}owner: dwh\n"), capsys)
    assert "-owner: somebody" in text
    assert "+owner: dwh" in text
    assert path.read_text() == DRAFT + "owner: somebody\n"


@pytest.mark.parametrize(
    ("cell", "said"),
    [
        (DRAFT + "primarykey: [id]\n", "primary_key"),
        (DRAFT.replace("name: tickets", "name: other"), "different names"),
        ("version: 1\nname: [", "E0"),
    ],
)
def test_a_wrong_cell_is_refused_and_not_saved(
    shell: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str], cell: str, said: str
) -> None:
    assert said in failed(shell.run_cell(f"%%dataeng tickets\n{cell}"), capsys)
    assert not (tmp_path / "specs/tickets.yaml").exists()


def test_the_last_spec_is_remembered_and_said(shell: InteractiveShell, capsys: pytest.CaptureFixture[str]) -> None:
    shell.run_cell(f"%%dataeng tickets\n{DRAFT}")
    capsys.readouterr()
    result = shell.run_cell("r = %dataeng show\nr.text")
    assert result.success
    assert "tickets.csv" in result.result
    assert "the last spec: tickets" in capsys.readouterr().err


def test_commands_options_and_words_are_completed(shell: InteractiveShell) -> None:
    def offered(text: str) -> set[str]:
        completer: Any = shell.Completer
        with provisionalcompleter():
            return {completion.text for completion in completer.completions(text, len(text))}

    assert "compile" in offered("%dataeng comp")
    assert "--diff" in offered("%dataeng compile --d")
    assert "recommend" not in offered("recom")


def test_the_last_spec_stands_for_the_name_that_was_left_out_before_other_words(shell: InteractiveShell) -> None:
    shell.run_cell("%dataeng new tickets --source tickets.csv")
    assert shell.run_cell("%dataeng fill").success
    assert shell.run_cell("%dataeng why E101").success
    assert not shell.run_cell("%dataeng show nobody").success
    assert shell.run_cell("%dataeng set load.max_rejects=3").success
    assert shell.run_cell("%dataeng run").success
    result = shell.run_cell('%dataeng sql "SELECT count(*) AS n FROM tickets"').result
    assert result.data == [{"n": "2"}]
