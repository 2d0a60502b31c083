"""A fill in Python: `accept` and `reject` its decisions, with the functions behind `set`."""

from __future__ import annotations

import shlex
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from dataeng_ai.commands.tree import here
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

_NEXT = object()


@dataclass(frozen=True, repr=False)
class Filling(Result):
    """What fill decided, to be accepted or rejected place by place: `r.accept("load.mode")`, `r.reject("load.mode", "append")`."""

    name: str = field(default="", kw_only=True)
    change: Callable[[str, list[str]], Result] = field(kw_only=True, compare=False)
    """The command `set`."""

    def accept(self, *places: str) -> Result:
        """Take decisions as they stand: from now on they are the person's, and `fill --refresh` leaves them alone.

        Raises:
            Problems: there is no such place, or fill decided nothing there (E398).
        """
        from dataeng_ai import fill  # noqa: PLC0415  start-up imports click alone
        from dataeng_ai.project import open_spec  # noqa: PLC0415  as above

        project = here()
        draft = open_spec(self.name, project)
        taken = [name for place in places for name in fill.take(draft, project, place, "a person accepted it")]
        return Result("\n".join(f"{name}: accepted" for name in taken), taken)

    def reject(self, place: str, value: object = _NEXT) -> Result:
        """Take another value: the one that is given, or what came next; it is the person's from now on.

        Raises:
            Problems: the data leave no other choice (E399), or the value cannot stand there.
        """
        from dataeng_ai import fill, lineage  # noqa: PLC0415  start-up imports click alone
        from dataeng_ai.fill.refresh import set_line  # noqa: PLC0415  as above
        from dataeng_ai.fill.trail import carry_on  # noqa: PLC0415  as above
        from dataeng_ai.project import open_spec, spec_path  # noqa: PLC0415  as above

        project = here()
        before = open_spec(self.name, project)
        if value is _NEXT:
            line = fill.runner_up(before, lineage.profile_of(before, project), project, place).line
        else:
            line = set_line(self.name, place, value)
        result = self.change(self.name, shlex.split(line)[3:])
        after = open_spec(self.name, project)
        # Not a person's edit of the text: the lock knows it, so a cell that is run again keeps it.
        carry_on(project, spec_path(project, self.name), before.text.text, after.text.text)
        fill.take(after, project, place, "a person chose it")
        return result
