"""Real Airflow, each version in an environment of its own: it parses and runs DAG files, and says in JSON what it saw."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

ROOT: Final = Path(__file__).parents[2]
PYTHONS: Final = {"3": Path(sys.executable), "2.11": ROOT / ".venv-oldest/bin/python"}
"""The interpreter of each Airflow that we promise."""

_INSIDE: Final = Path(__file__).with_name("airflow_inside.py")


@dataclass(frozen=True, slots=True)
class Airflow:
    """One Airflow with a metadata database in SQLite. `home` is an empty folder of its own.

    Raises:
        FileNotFoundError: this Airflow is not installed. A test that needs it fails; it is never skipped.
    """

    version: str
    home: Path

    def __post_init__(self) -> None:
        """Look whether it is there."""
        if not PYTHONS[self.version].exists():
            message = f"no Airflow {self.version} at {PYTHONS[self.version]}: `make test` installs it"
            raise FileNotFoundError(message)

    def migrate(self) -> None:
        """Make the metadata database, which `run` needs and `parse` does not."""
        self._run("-m", "airflow", "db", "migrate")

    def twin(self) -> Airflow:
        """Return another of the same version with a copy of the metadata database, to run beside this one."""
        home = self.home.with_name(f"{self.home.name}-twin")
        shutil.copytree(self.home, home)
        return Airflow(self.version, home)

    def parse(self, dags: Path, **environment: str) -> dict[str, Any]:
        """Return what Airflow makes of a folder of DAG files: `version`, `errors` by file, `dags` (serialized) by id, `ours` imported."""
        seen: dict[str, Any] = self._inside("parse", dags, environment=environment)
        return seen

    def run(self, dags: Path, *names: str, **environment: str) -> list[dict[str, Any]]:
        """Run DAGs one after another, in one process: for each its `state`, and `tasks` with state and result.

        A name may be followed by the moment of its run: `flights@2026-03-08T08:00:00+00:00`.
        """
        runs: list[dict[str, Any]] = self._inside("run", dags, *names, environment=environment)
        return runs

    def log(self) -> str:
        """Return what the last run printed."""
        return (self.home / "output").read_text()

    def _inside(self, *arguments: object, environment: Mapping[str, str]) -> Any:
        answer = self.home / "answer.json"
        answer.unlink(missing_ok=True)
        self._run("-P", "-W", "ignore", _INSIDE, answer, *arguments, environment=environment)
        return json.loads(answer.read_text())

    def _run(self, *command: object, environment: Mapping[str, str] | None = None) -> None:
        own = {
            "AIRFLOW_HOME": str(self.home),
            "AIRFLOW__CORE__LOAD_EXAMPLES": "False",
            "AIRFLOW__CORE__DAGS_FOLDER": str(self.home / "dags"),
            "AIRFLOW__DATABASE__SQL_ALCHEMY_CONN": f"sqlite:///{self.home}/airflow.db",
            "PYTHONPATH": str(ROOT),
        }
        clean = {name: value for name, value in os.environ.items() if not name.startswith("AIRFLOW")}
        with (self.home / "output").open("w+") as output:
            words = [str(word) for word in (PYTHONS[self.version], *command)]
            environ = clean | own | dict(environment or {})
            done = subprocess.run(words, env=environ, stdout=output, stderr=subprocess.STDOUT, check=False)
        if done.returncode:
            message = f"Airflow {self.version} ended with {done.returncode}:\n{self.log()[-8000:]}"
            raise RuntimeError(message)
