"""The file of connections: one line is set, the rest stays byte for byte. Only its owner can open it, from its first moment."""

from __future__ import annotations

import fcntl
import os
import re
import subprocess
from contextlib import contextmanager
from typing import TYPE_CHECKING, Final

from dataeng_ai.connections import FILE, PREFIX, names
from dataeng_ai.connections.envfile import line_of

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_ENDS: Final = re.compile(r"(?<=\n)")
_BREAK: Final = re.compile(r"\r?\n\Z")
_EXPORT: Final = re.compile(r"\s*export\s+")
_TRACKED, _IGNORED = ("ls-files", "--error-unmatch"), ("check-ignore", "--quiet", "--no-index")


def put(root: Path, name: str, value: str) -> Path:
    """Write the value of a connection, in the place of the one that counted before, or at the end.

    Raises:
        Problems: the file is open to others (E603), or is not UTF-8 (E602).
    """
    path = (root / FILE).resolve()  # a link stays a link
    path.parent.mkdir(parents=True, exist_ok=True)
    with _alone(path.parent):
        names(root)  # refuses what others may read
        before = path.read_bytes().decode("utf-8") if path.exists() else ""
        _replace(path, _changed(before, PREFIX + name.upper(), value))
    return root / FILE


def _changed(text: str, key: str, value: str) -> str:
    lines = [line for line in _ENDS.split(text) if line]
    places = [number for number, line in enumerate(lines) if line_of(line.lstrip("\ufeff")) == key]
    end = "\r\n" if "\r\n" in text else "\n"
    if not places:
        before = text if not text or text.endswith("\n") else f"{text}{end}"
        return f"{before}{key}={value}{end}"
    old = lines[places[-1]]
    start = "\ufeff" if old.startswith("\ufeff") else ""
    export = "export " if _EXPORT.match(old.lstrip("\ufeff")) else ""
    ending = _BREAK.search(old)
    # The shell that a line with `export` is meant for takes a value with blanks in quotes alone.
    shown = f"'{value}'" if export and "'" not in value else value
    lines[places[-1]] = f"{start}{export}{key}={shown}{ending[0] if ending else ''}"
    return "".join(lines)


@contextmanager
def _alone(folder: Path) -> Iterator[None]:
    """Let one process at a time change the file."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        fcntl.flock(handle, fcntl.LOCK_EX)
        yield
    finally:
        os.close(handle)


def _replace(path: Path, text: str) -> None:
    new = path.with_name(f".{path.name}.{os.getpid()}")
    new.unlink(missing_ok=True)
    handle = os.open(new, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(handle, "wb") as file:
            file.write(text.encode())
            file.flush()
            os.fsync(file.fileno())
        new.replace(path)
    except BaseException:
        new.unlink(missing_ok=True)
        raise


def seen_by_git(root: Path) -> str | None:
    """Return what is to be done so that git never takes the file, or None where it does not see it."""
    if _git(root, *_TRACKED, FILE):
        return f"git has `{FILE}` already: `git rm --cached {FILE}`, and change the passwords in it: what was pushed has been read"
    try:
        ignored = _git(root, *_IGNORED, FILE) or any(
            line.strip().strip("/") in {".dataeng", ".dataeng/*"} for line in (root / ".gitignore").read_text("utf-8").splitlines()
        )
    except (OSError, UnicodeDecodeError):
        ignored = False
    return None if ignored else f"git does not ignore `{FILE}`: `echo .dataeng/ >> .gitignore`"


def _git(root: Path, *words: str) -> bool:
    """Say whether git answers yes; it does not where there is no git, or no repository."""
    try:
        done = subprocess.run(["git", *words], cwd=root, capture_output=True, check=False)  # noqa: S603, S607  fixed words, and the git of the person
    except OSError:
        return False
    return done.returncode == 0
