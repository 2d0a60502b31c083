"""Places of a spec as a person types them on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from dataeng_ai.draft import Draft
    from dataeng_ai.draft import Path as Place


def place_of(words: str, draft: Draft) -> Place:
    """Return the path that a text means in a draft.

    Raises:
        Problems: it means none (E021).
    """
    from dataeng_ai import draft as drafts  # noqa: PLC0415  start-up imports click alone

    return drafts.parse_path(words, draft.data)


def known(words: str, draft: Draft) -> Place:
    """Return the place that a person names.

    Raises:
        Problems: the spec has no such place, and the language knows of none (E021, E045).
    """
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.draft import shapes  # noqa: PLC0415  as above

    path = place_of(words, draft)
    if path not in draft.spans and not is_open(path, draft) and shapes.at(draft.model, draft.data, path) is None:
        raise Problems(
            Diagnostic("E045", f"there is nothing at `{words}`", draft.text.name, help=f"`spec show {draft.name}` prints the spec")
        )
    return path


def is_open(path: Place, draft: Draft) -> bool:
    """Say whether a hole of the draft lies at, above or beneath a place."""
    from dataeng_ai import draft as drafts  # noqa: PLC0415  start-up imports click alone

    return any(all(left == right for left, right in zip(hole, path, strict=False)) for hole in drafts.holes(draft))
