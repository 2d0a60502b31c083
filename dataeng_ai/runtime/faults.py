"""The places where a load may be killed: each has a name, so that the tests can kill it there and look at what is left.

`DATAENG_FAULT=stage.copied` in the environment kills the process with SIGKILL (nothing is flushed, nothing is cleaned up)
when it reaches that point, as a lost machine or the kernel's out-of-memory killer would. Without it a point costs one look-up.
"""

from __future__ import annotations

import os
import signal
from typing import Final

VARIABLE: Final = "DATAENG_FAULT"
"""The environment variable that names the point to die at."""

POINTS: Final = (
    "stage.found",
    "stage.created",
    "stage.swept",
    "stage.opened",
    "stage.copying",
    "stage.copied",
    "stage.rejected",
    "stage.finished",
    "stage.committed",
    "publish.opened",
    "publish.counted",
    "publish.applied",
    "publish.recorded",
    "publish.settled",
    "publish.committed",
    "publish.swept",
)
"""Every point, in the order in which a load passes it; each lies between two changes of what is stored."""


def point(name: str) -> None:
    """Die here if `DATAENG_FAULT` says so.

    Raises:
        KeyError: the name is not in POINTS.
    """
    if name not in POINTS:
        raise KeyError(name)
    if os.environ.get(VARIABLE) == name:
        os.kill(os.getpid(), signal.SIGKILL)
