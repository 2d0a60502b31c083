"""What a profile costs beside other reports: ydata-profiling in its minimal mode, and skrub's TableReport.

python -m tests.benchmarks.profile_card [ROWS] [ROUNDS]

Two races. The first is the published one, ydata's own ground: 100,000 rows of 16 columns of plain numbers, words and days, a comma between
them; each ends with JSON. The second is ours, the hard one: the demo's 27 columns, semicolons, cp1251, decimal commas; each ends with one
HTML file, and the others get the dialect told. The others have an environment of their own, made by uv in a temporary folder.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Final

from dataeng_ai.demo.tickets import ENCODING, HEADER, record
from tests.benchmarks.profile_csv import NUMBERS
from tests.benchmarks.profile_csv import write as write_query
from tests.benchmarks.race import race

if TYPE_CHECKING:
    from collections.abc import Mapping

OURS: Final = """
import sys
from pathlib import Path
from dataeng_ai.profile import card
from dataeng_ai.profile.survey import profile
path = Path(sys.argv[1])
Path(sys.argv[2]).write_text(card.page(profile(path.parent, path.name), "spec profile tickets"), "utf-8")
"""

_READ: Final = f"import sys, pandas; frame = pandas.read_csv(sys.argv[1], sep=';', decimal=',', encoding={ENCODING!r})\n"
SKRUB: Final = _READ + "from skrub import TableReport; TableReport(frame, verbose=0).write_html(sys.argv[2])"
YDATA: Final = (
    _READ
    + "from ydata_profiling import ProfileReport; ProfileReport(frame, minimal=True, progress_bar=False).to_file(sys.argv[2], silent=True)"
)

PLAIN: Final = (
    "import sys, pandas; frame = pandas.read_csv(sys.argv[1])\n"
    "from ydata_profiling import ProfileReport; ProfileReport(frame, minimal=True, progress_bar=False).to_json()"
)
PLAIN_ROWS: Final = 100_000

QUIET: Final = {"TQDM_DISABLE": "1", "PYTHONWARNINGS": "ignore"}

PEERS: Final = {
    "skrub TableReport": (SKRUB, ("skrub", "pandas", "matplotlib")),
    # it imports pkg_resources, which setuptools has no more
    "ydata-profiling minimal": (YDATA, ("ydata-profiling", "setuptools<81")),
}


def write(path: Path, rows: int, encoding: str = ENCODING) -> None:
    """Write the demo's records, the same bytes each time."""
    chance = random.Random(20240401)  # noqa: S311  invented data, not cryptography
    with path.open("w", encoding=encoding, newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(record(chance, number) for number in range(rows))


def environment(folder: Path, packages: tuple[str, ...]) -> str:
    """Make an environment with these packages and return its Python."""
    python = folder / "bin" / "python"
    subprocess.run(["uv", "venv", "--quiet", "--python", "3.11", folder], check=True)
    subprocess.run(["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *packages], check=True)
    return str(python)


def plain(folder: Path, ydata: str, rounds: int) -> None:
    """Race over the published file: the whole of both processes."""
    path = folder / "plain.csv"
    write_query(path, NUMBERS, PLAIN_ROWS)
    commands = {
        "spec profile": [sys.executable, "-m", "dataeng_ai", "profile", str(path), "--format", "json"],
        "ydata-profiling minimal": [ydata, "-c", PLAIN, str(path)],
    }
    race(f"plain: {PLAIN_ROWS:,} rows of 16 columns, {path.stat().st_size >> 20} MiB", commands, rounds, "ydata >= 20 x wall", QUIET)


def hard(folder: Path, pythons: Mapping[str, str], rows: int, rounds: int) -> None:
    """Race over the demo's file, and say how large the reports are."""
    path = folder / "tickets.csv"
    write(path, rows)
    reports = {name: folder / f"{place}.html" for place, name in enumerate(("profile and card", *PEERS))}
    commands = {"profile and card": [sys.executable, "-c", OURS]}
    commands |= {name: [pythons[name], "-c", code] for name, (code, _) in PEERS.items()}
    runs = {name: [*command, str(path), str(reports[name])] for name, command in commands.items()}
    title = f"hard: {rows:,} rows of {len(HEADER)} columns, {ENCODING}, {path.stat().st_size >> 20} MiB"
    race(title, runs, rounds, "the others >= 10 x, the card < 100 KB", QUIET)
    for name, report in reports.items():
        print(f"  {name:24} {report.stat().st_size:,} bytes")


def main() -> None:
    """Print what each took, of either file."""
    rows, rounds = (int(text) for text in (*sys.argv[1:3], *("1000000", "1")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        pythons = {name: environment(Path(folder, f"venv{place}"), some) for place, (name, (_, some)) in enumerate(PEERS.items())}
        plain(Path(folder), pythons["ydata-profiling minimal"], rounds)
        hard(Path(folder), pythons, rows, rounds)


if __name__ == "__main__":
    main()
