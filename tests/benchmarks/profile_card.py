"""What a profile and its card cost beside other reports: skrub's TableReport and ydata-profiling in its minimal mode.

python -m tests.benchmarks.profile_card [ROWS] [ROUNDS]

Each starts from the same file, the demo's 27 columns, and ends with one HTML file. The others get the dialect told, and an environment
of their own, made by uv in a temporary folder.
"""

from __future__ import annotations

import csv
import random
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Final

from dataeng_ai.demo.tickets import ENCODING, HEADER, record
from tests.benchmarks.race import race

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

PEERS: Final = {
    "skrub TableReport": (SKRUB, ("skrub", "pandas", "matplotlib")),
    # it imports pkg_resources, which setuptools has no more
    "ydata-profiling minimal": (YDATA, ("ydata-profiling", "setuptools<81")),
}


def write(path: Path, rows: int) -> None:
    """Write the demo's records, the same bytes each time."""
    chance = random.Random(20240401)  # noqa: S311  invented data, not cryptography
    with path.open("w", encoding=ENCODING, newline="") as file:
        writer = csv.writer(file, delimiter=";")
        writer.writerow(HEADER)
        writer.writerows(record(chance, number) for number in range(rows))


def environment(folder: Path, packages: tuple[str, ...]) -> str:
    """Make an environment with these packages and return its Python."""
    python = folder / "bin" / "python"
    subprocess.run(["uv", "venv", "--quiet", "--python", "3.11", folder], check=True)
    subprocess.run(["uv", "pip", "install", "--quiet", "--compile-bytecode", "--python", python, *packages], check=True)
    return str(python)


def main() -> None:
    """Print what each took, and how large its report is."""
    rows, rounds = (int(text) for text in (*sys.argv[1:3], *("1000000", "1")[len(sys.argv) - 1 :]))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder, "tickets.csv")
        write(path, rows)
        reports = {name: Path(folder, f"{place}.html") for place, name in enumerate(("profile and card", *PEERS))}
        commands = {"profile and card": [sys.executable, "-c", OURS]}
        for place, (name, (code, packages)) in enumerate(PEERS.items()):
            commands[name] = [environment(Path(folder, f"venv{place}"), packages), "-c", code]
        runs = {name: [*command, str(path), str(reports[name])] for name, command in commands.items()}
        goal = "the others >= 10 x, the card < 100 KB"
        title = f"{rows:,} rows of {len(HEADER)} columns, {path.stat().st_size >> 20} MiB"
        race(title, runs, rounds, goal, {"TQDM_DISABLE": "1", "PYTHONWARNINGS": "ignore"})
        for name, report in reports.items():
            print(f"  {name:24} {report.stat().st_size:,} bytes")


if __name__ == "__main__":
    main()
