"""What a command hands back: a text for a terminal, plain data for a program, and the thing itself for a notebook."""

from __future__ import annotations

import json
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

    import pandas as pd
    import polars as pl
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Result:
    """The outcome of one command. Nothing was printed to make it; a face decides how to show it."""

    text: str
    """What a terminal shows, without a final newline."""
    data: object = None
    """The same as JSON's own types, where the command promises any."""
    notes: tuple[str, ...] = ()
    """Narration: what was done on the way and what to type next. A terminal shows it on stderr."""
    exit_code: int = 0
    value: object = field(default=None, compare=False)
    """The object behind the text: a Profile, a Pipeline, a report of a run."""
    as_json: bool = False
    """The person asked for `data`, not `text`."""
    html: Callable[[], str] | None = field(default=None, compare=False, repr=False)
    """Draws the result as a card for a notebook; called only where one is shown."""
    rows: Callable[[], pa.Table] | None = field(default=None, compare=False, repr=False)
    """Gives the rows behind it with their types; called only where a frame is asked for."""
    ask: Callable[[str], Result] | None = field(default=None, compare=False, repr=False)
    """Answers a query about those rows."""

    def to_dict(self) -> object:
        """Return the result as JSON's own types."""
        return {"text": self.text} if self.data is None else self.data

    def shown(self) -> str:
        """Return what belongs on stdout."""
        return json.dumps(self.to_dict(), ensure_ascii=False, indent=2) if self.as_json else self.text

    def arrow(self) -> pa.Table:
        """Return the rows behind it as an Arrow table.

        Raises:
            Problems: there are none (E053), or pyarrow is not there (E052).
        """
        from dataeng_ai import frames  # noqa: PLC0415  only who asks for a frame needs it

        return frames.of_records(self.data) if self.rows is None else self.rows()

    def df(self) -> pd.DataFrame:
        """Return the rows behind it as a pandas frame of Arrow's types: nothing is rounded, a missing integer stays missing.

        Raises:
            Problems: as `arrow`; pandas is not there (E052).
        """
        from dataeng_ai import frames  # noqa: PLC0415  as above

        frames.needed("pandas", "pyarrow")
        return frames.to_pandas(self.arrow())

    def pl(self) -> pl.DataFrame:
        """Return the rows behind it as a polars frame.

        Raises:
            Problems: as `arrow`; polars is not there (E052).
        """
        from dataeng_ai import frames  # noqa: PLC0415  as above

        frames.needed("polars", "pyarrow")
        return frames.to_polars(self.arrow())

    def sql(self, query: str) -> Result:
        """Return what a query finds: where the loaded table is, by its name; in any other rows, which it calls `rows`.

        Raises:
            Problems: there are no rows to ask (E053), or the query does not fit (E057, E518, E519).
        """
        if self.ask is None:
            from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  start-up imports click alone

            raise Problems(Diagnostic("E053", "there are no rows in this", help="those of `run`, `preview`, `sql`, `rejects` can be asked"))
        return self.ask(query)

    def noted(self, *notes: str) -> Result:
        """Return the result with more said beside it."""

        def html() -> str:
            from dataeng_ai.pictures import card  # noqa: PLC0415  templates are read where a card is shown

            return card("NOTED", notes=notes) + self._repr_html_()

        return replace(self, notes=(*notes, *self.notes), html=html) if notes else self

    def __repr__(self) -> str:
        """Return the text: what an interactive session shows."""
        return "\n".join([self.shown(), *self.notes])

    def _repr_html_(self) -> str:
        if self.html is not None and not self.as_json:
            return self.html()
        from dataeng_ai.pictures import card  # noqa: PLC0415  templates are read where a card is shown

        return card("TOLD", title="", text=self.shown(), language="json" if self.as_json else "", notes=self.notes)
