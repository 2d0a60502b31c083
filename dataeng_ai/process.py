"""What this process is: one command's own, which nobody else works in, or a person's: a notebook, a program that imports us."""

from __future__ import annotations

import os
import sys
from typing import Final

_OWN: Final[list[bool]] = []
"""Not empty where it runs one command and ends."""


def own() -> None:
    """Say that this process runs one command and ends."""
    _OWN.append(True)


def forkable() -> bool:
    """Say whether this process can be forked as it stands: it is a command's own, and no other thread of it holds anything.

    Only of Linux is it known how many threads there are, those of libraries among them.
    """
    return bool(_OWN) and sys.platform == "linux" and len(os.listdir("/proc/self/task")) == 1  # noqa: PTH208  names are all it needs
