"""How far a magic is: one output of the cell, rewritten while the command works and empty when it ends; none for a quick one."""

from __future__ import annotations

import contextvars
import getpass
import threading
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai import asking, terminal
from dataeng_ai.diagnostics import Diagnostic, Problems
from dataeng_ai.progress import heard

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.asking import Field
    from dataeng_ai.progress import Step

_QUICK: Final = 0.3
"""Seconds: what is over by then shows nothing."""
_TURN: Final = 0.25
"""Seconds between two drawings."""
_KEPT: Final = 6
"""Lines of what is over that stay while the command works."""
_WIDE: Final = 160
"""Characters of a line."""


@contextmanager
def watched(shell: object) -> Iterator[None]:
    """Show what the steps within say: in a notebook as an output of the cell, else as the command does in a terminal."""
    if not hasattr(shell, "kernel"):
        with terminal.progress(), asking.lent(None, terminal.form()):
            yield
        return
    output = _Output()
    try:
        with heard(output.hear), asking.lent(None, _type):
            yield
    finally:
        output.close()


def _type(asked: Field) -> str:
    """Have a person type a field into the box that a notebook opens below the cell; what is hidden is kept in no output.

    Raises:
        Problems: the notebook runs by itself (E631).
    """
    line = f"{asked.remark}\n{terminal.labelled(asked)}" if asked.remark else terminal.labelled(asked)
    try:
        return getpass.getpass(line) if asked.hidden else input(line)
    except EOFError:
        raise KeyboardInterrupt from None
    except NotImplementedError:  # what IPython says where nobody can answer
        message = f"`{asked.place}` is to be asked for, and nobody is there to answer"
        raise Problems(Diagnostic("E631", message, help=f"set `AIRFLOW_CONN_{asked.place.upper()}` before the notebook runs")) from None


class _Output:
    """The output, and the thread that draws it while the command works."""

    def __init__(self) -> None:
        self._start = self._since = time.monotonic()
        self._step: Step | None = None
        self._over: list[str] = []
        self._handle: Any = None  # IPython's, which has no public type
        self._closed = threading.Event()
        self._thread: threading.Thread | None = None

    def hear(self, step: Step) -> None:
        """Take in what is done now; the first step starts the drawing."""
        if step.over:
            self._over = [*self._over, step.what][-_KEPT:]
        else:
            self._step, self._since = step, time.monotonic()
        if self._thread is None:
            # The kernel knows by the context which cell an output belongs to.
            context = contextvars.copy_context()
            self._thread = threading.Thread(target=context.run, args=(self._turn,), daemon=True)
            self._thread.start()

    def close(self) -> None:
        """Empty the output, whatever ended the command."""
        self._closed.set()
        if self._thread is not None:
            self._thread.join()
        if self._handle is not None:
            self._handle.update({"text/plain": "", "text/html": ""}, raw=True)

    def _turn(self) -> None:
        pause, last = _QUICK, None
        while not self._closed.wait(pause):
            pause, drawn = _TURN, self._drawn()
            if drawn != last:
                last = drawn
                self._show(drawn)

    def _show(self, drawn: dict[str, str]) -> None:
        from IPython.display import display  # noqa: PLC0415  it comes with the notebook

        if self._handle is None:
            self._handle = display(drawn, raw=True, display_id=True)
        else:
            self._handle.update(drawn, raw=True)

    def _drawn(self) -> dict[str, str]:
        """Return the step as text and as HTML."""
        from dataeng_ai.pictures import card  # noqa: PLC0415  templates are read where a card is shown

        step, over = self._step, [terminal.fitted(line, _WIDE) for line in self._over]
        line = terminal.shown(step, time.monotonic() - self._since, _WIDE) if step else ""
        known = step is not None and step.done is not None and step.of is not None
        values = {"what": step.what if step else "", "done": step.done if step and known else None, "of": step.of if step else None}
        return {"text/plain": "\n".join([*over, line]), "text/html": card("PROGRESS", over=over, line=line, **values)}
