"""The notebook's face, in a real IPython shell."""

from __future__ import annotations

from datetime import UTC, date, datetime
from decimal import Decimal
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
    assert "load.mode" in shell.run_cell("%dataeng why load.mode").result.text
    assert shell.run_cell("%dataeng run").success
    result = shell.run_cell('%dataeng sql "SELECT count(*) AS n FROM tickets"').result
    assert result.data == [{"n": "2"}]


FRAME = """
import datetime, decimal, pandas
times = ["2026-01-31 12:00:00.000001", None, "1969-12-31"]
продажи = df = pandas.DataFrame({
    "ид": [1, 2, 9007199254740993],
    "цена": [decimal.Decimal("1.50"), None, decimal.Decimal("2.25")],
    "продано": pandas.to_datetime(times, format="ISO8601", utc=True).tz_convert("Europe/Moscow"),
    "вид": pandas.Categorical(["а", "б", None]),
    "день": [datetime.date(2020, 2, 29), None, datetime.date(1, 1, 1)],
})
"""


@pytest.fixture
def frames(shell: InteractiveShell) -> InteractiveShell:
    assert shell.run_cell(FRAME).success
    return shell


def test_a_frame_becomes_a_file_that_the_spec_reads_and_every_value_arrives(frames: InteractiveShell, tmp_path: Path) -> None:
    drafted = frames.run_cell("%dataeng new sales --from df").result
    assert "source: {path: data/sales.parquet}" in drafted.text
    assert "`df` is the file data/sales.parquet now: 3 rows" in drafted.notes[0]
    assert "data/sales.parquet" in drafted._repr_html_()
    assert frames.run_cell("%dataeng fill sales").success
    frames.run_cell("r = %dataeng run sales")
    found = frames.run_cell("r.arrow().to_pylist()").result
    assert sorted(tuple(row.values())[:5] for row in found) == [
        (1, Decimal("1.50"), datetime(2026, 1, 31, 12, 0, 0, 1, tzinfo=UTC), "а", date(2020, 2, 29)),
        (2, None, None, "б", None),
        (2**53 + 1, Decimal("2.25"), datetime(1969, 12, 31, tzinfo=UTC), None, date(1, 1, 1)),
    ]
    # Without the notebook the spec is runnable all the same.
    assert (tmp_path / "data/sales.parquet").is_file()


def test_a_frame_is_looked_at_without_a_spec(frames: InteractiveShell, tmp_path: Path) -> None:
    assert "цена" in frames.run_cell("%dataeng profile --from продажи").result.text
    rows = frames.run_cell("r = %dataeng preview --from=df --rows all\nr.arrow().to_pylist()").result
    assert [row["ид"] for row in rows] == [1, 2, 2**53 + 1]
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize(
    ("line", "said"),
    [
        ("%dataeng new sales --from dff", "did you mean `df`?"),
        ("%dataeng new sales --from nothing_of_the_kind", "frames here: "),
        ("%dataeng new sales --from", "wants the name of a frame"),
        ("%dataeng new sales --from pandas", "E054"),
        ("%dataeng new Sales --from df", "E396"),
        ("%dataeng new sales --from mixed", "the column `x` of `mixed`"),
    ],
)
def test_what_is_no_frame_or_no_name_leaves_no_file(
    frames: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str], line: str, said: str
) -> None:
    frames.run_cell("mixed = pandas.DataFrame({'x': [1, 'a']})")
    capsys.readouterr()
    assert said in failed(frames.run_cell(line), capsys)
    assert not [*tmp_path.rglob("*.parquet")]
    assert not (tmp_path / "specs").exists()


def test_a_second_new_leaves_the_first_ones_data(frames: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert frames.run_cell("%dataeng new sales --from df").success
    before = (tmp_path / "data/sales.parquet").read_bytes()
    frames.run_cell("df = df.head(1)")
    capsys.readouterr()
    assert "E394" in failed(frames.run_cell("%dataeng new sales --from df"), capsys)
    assert (tmp_path / "data/sales.parquet").read_bytes() == before


def test_a_cell_brings_the_frame_as_it_is_now(frames: InteractiveShell) -> None:
    cell = "%%dataeng sales --from df\nversion: 1\nname: sales\nsource: {path: data/sales.parquet}\n"
    assert frames.run_cell(cell).success
    assert frames.run_cell("%dataeng fill").success
    assert frames.run_cell("df = df.head(2)").success
    result = frames.run_cell(cell).result
    assert "2 rows" in result.notes[0]
    assert "columns:" in result.text
    assert frames.run_cell("r = %dataeng run sales\nlen(r.df())").result == 2


def test_a_restarted_kernel_knows_what_a_cell_wrote(shell: InteractiveShell, tmp_path: Path) -> None:
    assert shell.run_cell(f"%%dataeng tickets\n{DRAFT}").success
    assert shell.run_cell("%dataeng fill").success
    InteractiveShell.clear_instance()
    after = InteractiveShell.instance(config=Config({"HistoryManager": {"enabled": False}}))
    after.run_cell("%load_ext dataeng_ai")
    result = after.run_cell(f"%%dataeng tickets\n{DRAFT}owner: dwh\n")
    assert result.success
    assert "kept as fill decided: " in result.result.notes[0]
    text = (tmp_path / "specs/tickets.yaml").read_text()
    assert "owner: dwh" in text
    assert "columns:" in text


def test_a_folder_that_cannot_be_written_is_one_block(shell: InteractiveShell, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "specs").write_text("a file where the folder should be")
    assert "E043" in failed(shell.run_cell(f"%%dataeng tickets\n{DRAFT}"), capsys)


def test_a_bug_of_ours_keeps_its_traceback(
    shell: InteractiveShell, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    def broken() -> None:
        message = "a bug"
        raise ValueError(message)

    monkeypatch.setattr("dataeng_ai.commands.looking.here", broken)
    assert not shell.run_cell("%dataeng status").success
    shown = capsys.readouterr()
    assert "Traceback" in shown.out + shown.err
    assert "a bug" in shown.out + shown.err
