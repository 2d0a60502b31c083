"""Files are measured while a thread proves that they are what they are taken for; where one is not, they are measured again.

What comes out depends on the files alone: what is measured counts only where the proof ends well and finds as many rows, and is else
thrown away, however far either had come. DuckDB needs no lock of Python's for its work, so both go on at once.
"""

from __future__ import annotations

from contextlib import contextmanager
from threading import Event, Thread
from typing import TYPE_CHECKING, Final, Protocol, TypeVar

import duckdb

from dataeng_ai.sources import view

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from dataeng_ai.sources.prepared import Prepared


class Measured(Protocol):
    """What is measured of all rows."""

    @property
    def rows(self) -> int:
        """How many rows there are."""


_M = TypeVar("_M", bound=Measured)

_AGAIN: Final = 0.02
"""Seconds between two interruptions: one that comes between two queries is lost."""


def measured(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared], measure: Callable[[], _M]) -> tuple[_M, tuple[Prepared, ...]]:
    """Return what is measured of the views over the files, and the files as they are.

    Raises:
        Problems: a file is not what it is taken for, and cannot be read otherwise either; or DuckDB stumbles over one (E319).
    """
    if any(one.proof for one in prepared):
        with _proved(con, prepared) as proof:
            found = _unless_interrupted(measure, proof)
            sure = proof.ended()
        if found is not None and sure is not None and found.rows == sum(one.rows for one in sure):
            return found, sure
        prepared = tuple(one.proof.careful() if one.proof else one for one in prepared)
        view.open_view(con, prepared, tuple(dict.fromkeys(name for one in prepared for name in one.header)), missing="evolve")
    with view.reading(prepared):
        return measure(), tuple(prepared)


def _unless_interrupted(measure: Callable[[], _M], proof: _Proof) -> _M | None:
    try:
        return measure()
    except duckdb.InterruptException:
        if not proof.failed:
            raise
    except duckdb.Error:
        proof.stop()  # DuckDB found something: what it is, the careful way says
    return None


class _Proof:
    """The proofs of all files, one after another, in a thread of their own."""

    def __init__(self, con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared]) -> None:
        self.con, self.prepared = con, prepared
        self.stopped, self.over = Event(), Event()
        self.failed = False
        self.found: list[Prepared] = []
        self.thread = Thread(target=self._run, name="proof", daemon=True)
        self.thread.start()

    def stop(self) -> None:
        """Prove no more, and interrupt nothing."""
        self.stopped.set()

    def ended(self) -> tuple[Prepared, ...] | None:
        """Wait, and return the files as they are; None where one is not what it is taken for."""
        self.over.wait()
        return None if self.failed else tuple(self.found)

    def _run(self) -> None:
        try:
            for one in self.prepared:
                sure = one.proof.prove(self.stopped.is_set) if one.proof else one
                if sure is None:
                    break
                self.found.append(sure)
        except Exception:  # noqa: BLE001, S110  the careful way meets it again, and raises it where somebody listens
            pass
        self.failed = len(self.found) < len(self.prepared)
        self.over.set()
        while self.failed and not self.stopped.wait(_AGAIN):
            self.con.interrupt()


@contextmanager
def _proved(con: duckdb.DuckDBPyConnection, prepared: Sequence[Prepared]) -> Iterator[_Proof]:
    """Prove beside what is done within; nothing of it goes on afterwards, whatever happens."""
    proof = _Proof(con, prepared)
    try:
        yield proof
    finally:
        proof.stop()
        proof.thread.join()
