"""The kinds of a field: given, decided, optional. A marker in `Annotated[...]` says which; no marker means optional."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final, Literal


@dataclass(frozen=True, slots=True)
class Kind:
    """The marker of a field that is not optional."""

    name: Literal["given", "decided", "offered"]


GIVEN: Final = Kind("given")
"""The person must write it: absent is an error."""

DECIDED: Final = Kind("decided")
"""It has no default: absent, empty or an unquoted `auto` is a hole, which fill closes; null or [] says nothing, on purpose."""

OFFERED: Final = Kind("offered")
"""It is optional, and fill may write it where it is absent, beside what else it writes; an unquoted `auto` is a hole."""
