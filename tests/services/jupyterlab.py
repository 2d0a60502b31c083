"""A real JupyterLab, whose kernel is the interpreter of these tests. The browser that looks at it is docs/pictures/photograph.py."""

from __future__ import annotations

import json
import os
import socket
import subprocess
import time
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT: Final = Path(__file__).parents[2]
LAB: Final = ROOT / ".venv-lab/bin/python"
"""JupyterLab, in an environment of its own: `make pictures` makes it."""
KERNEL: Final = "dataeng"
"""The kernel's name, which a notebook has in its metadata to run here."""

_PROJECT: Final = ROOT / ".venv/bin"
_WAIT: Final = 120
"""Seconds until it must answer: patience, on a machine that does other things, too."""
_SETTINGS: Final = {
    # A cell that is out of sight is in the page, too.
    "notebook-extension/tracker": {"windowingMode": "none"},
    "apputils-extension/notification": {"fetchNews": "false", "checkForUpdates": False},
}


@contextmanager
def jupyterlab(folder: Path, home: Path) -> Iterator[str]:
    """Serve a folder of notebooks, and give the address of it; `home` is an empty folder for what JupyterLab keeps.

    Raises:
        RuntimeError: it did not come up.
    """
    kernel = {"argv": [str(_PROJECT / "python"), "-m", "ipykernel_launcher", "-f", "{connection_file}"], "language": "python"}
    _write(home / "data/kernels" / KERNEL / "kernel.json", {**kernel, "display_name": "Python 3"})
    for name, settings in _SETTINGS.items():
        _write(home / "settings/@jupyterlab" / f"{name}.jupyterlab-settings", settings)
    port = _free_port()
    own = {
        "IPYTHONDIR": home / "ipython",
        "JUPYTER_CONFIG_DIR": home / "config",
        "JUPYTER_PATH": home / "data",
        "JUPYTERLAB_SETTINGS_DIR": home / "settings",
        "JUPYTERLAB_WORKSPACES_DIR": home / "workspaces",
        "PATH": f"{_PROJECT}{os.pathsep}{os.environ['PATH']}",
    }
    options = (
        "--no-browser",
        "--allow-root",
        f"--ServerApp.root_dir={folder}",
        f"--port={port}",
        "--ServerApp.port_retries=0",
        "--IdentityProvider.token=",  # it listens on this machine alone, and lives for minutes
        "--LabApp.expose_app_in_browser=True",
    )
    with (home / "log").open("w") as log:
        environment = {**os.environ, **{name: str(value) for name, value in own.items()}}
        server = subprocess.Popen([str(LAB), "-m", "jupyterlab", *options], env=environment, stdout=log, stderr=subprocess.STDOUT)
    try:
        address = f"http://127.0.0.1:{port}"
        _wait(f"{address}/api", server, home / "log")
        yield address
    finally:
        server.terminate()
        server.wait(_WAIT)


def _write(path: Path, value: object) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(json.dumps(value), "utf-8")


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        port: int = found.getsockname()[1]
    return port


def _wait(address: str, server: subprocess.Popen[bytes], log: Path) -> None:
    end = time.monotonic() + _WAIT
    while time.monotonic() < end and server.poll() is None:
        try:
            with urllib.request.urlopen(address):  # noqa: S310  an address of ours
                return
        except OSError:
            time.sleep(0.2)
    message = f"JupyterLab did not come up:\n{log.read_text()[-2000:]}"
    raise RuntimeError(message)
