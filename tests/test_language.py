"""Every faulty spec beside `tests/bad` is drawn exactly as the text beside it says; `pytest --update` accepts what is drawn now."""

from __future__ import annotations

import json
import re
import subprocess
import sys
from pathlib import Path

import pytest

from dataeng_ai import draft as drafts
from dataeng_ai.check import check, explain
from dataeng_ai.diagnostics import Diagnostic, Problems, Text, render
from dataeng_ai.project import find

BAD = Path(__file__).parent / "bad"
SPECS = sorted(path for path in BAD.glob("*.yaml") if path.name != "dataeng.yaml")
PROJECT = find(BAD)


def diagnose(path: Path) -> tuple[Text, tuple[Diagnostic, ...]]:
    text = Text(f"bad/{path.name}", path.read_bytes().decode())
    try:
        draft = drafts.read(text)
    except Problems as problems:
        return text, problems.diagnostics
    checked = check(draft, PROJECT)
    assert checked.spec is None
    return text, checked.diagnostics


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_faulty_spec_is_drawn_as_the_text_beside_it(path: Path, *, update: bool) -> None:
    text, diagnostics = diagnose(path)
    drawn = render(diagnostics, [text]) + "\n"
    expected = path.with_suffix(".txt")
    if update:
        expected.write_text(drawn, encoding="utf-8")
    assert drawn == expected.read_text(encoding="utf-8")
    assert any(diagnostic.severity == "error" for diagnostic in diagnostics)


@pytest.mark.parametrize("path", SPECS, ids=lambda path: path.stem)
def test_a_diagnostic_of_a_faulty_spec_has_a_place_in_the_text_and_a_page(path: Path) -> None:
    text, diagnostics = diagnose(path)
    for diagnostic in diagnostics:
        assert diagnostic.span is not None
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text.text)
        assert explain(diagnostic.code)


def test_there_are_faulty_specs_enough_and_none_without_its_text() -> None:
    assert len(SPECS) >= 130
    assert {path.stem for path in BAD.glob("*.txt")} == {path.stem for path in SPECS}


def test_no_secret_of_a_faulty_spec_is_ever_drawn() -> None:
    drawn = "".join(path.read_text(encoding="utf-8") for path in BAD.glob("*.txt"))
    assert not re.search(r"pa55word|hunter2|AKIAIOSFODNN7EXAMPLE|0123456789abcdef", drawn)


def test_the_command_says_it_all_at_once_exits_1_and_never_shows_a_traceback() -> None:
    command = [sys.executable, "-m", "dataeng_ai", "check", "--format", "json", *map(str, SPECS)]
    run = subprocess.run(command, cwd=BAD, capture_output=True, text=True, check=False)
    assert run.returncode == 1
    assert "Traceback" not in run.stdout + run.stderr
    told = [(Path(one["file"]).name, one["line"], one["column"], one["code"]) for one in json.loads(run.stdout)]
    known = [(path.name, one.span.line, one.span.column, one.code) for path in SPECS for one in diagnose(path)[1] if one.span]
    assert sorted(told) == sorted(known)
