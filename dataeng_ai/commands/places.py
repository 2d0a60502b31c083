"""Places of a spec as a person types them on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import click
    from click.shell_completion import CompletionItem

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


def spec_paths(context: click.Context, _parameter: click.Parameter, incomplete: str) -> list[CompletionItem]:
    """Complete a place of the spec that the command names, one step at a time; behind `=`, a word that may stand there."""
    from click.shell_completion import CompletionItem  # noqa: PLC0415  only a completing shell needs it

    from dataeng_ai.commands.tree import here  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec  # noqa: PLC0415  as above

    try:
        draft = open_spec(str(context.params.get("name") or ""), here())
        where, sign, _ = incomplete.partition("=")
        found = [f"{where}={word}" for word in _words(where, draft)] if sign else _steps(where, draft)
    except Problems:
        return []  # no such spec, or no such place: nothing to offer
    return [CompletionItem(word) for word in found if word.startswith(incomplete)]


def _steps(words: str, draft: Draft) -> list[str]:
    """Return the places one step below the one that is being typed: those that are written, and those that may be."""
    from dataeng_ai import draft as drafts  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.spec import offers  # noqa: PLC0415  as above

    above = words.rpartition(".")[0]
    parent = place_of(above, draft) if above else ()
    there = draft.get(parent)
    if isinstance(there, list):
        return [drafts.show((*parent, step), draft.data) for step in range(len(there))]
    written = list(there) if isinstance(there, dict) else []
    may_be = [offer.word for offer in offers.keys(parent, there if isinstance(there, dict) else {})]
    return [drafts.show((*parent, step), draft.data) for step in (*written, *may_be)]


def _words(words: str, draft: Draft) -> list[str]:
    from dataeng_ai.spec import offers  # noqa: PLC0415  start-up imports click alone

    path = place_of(words, draft)
    beside = draft.get(path[:-1])
    return [offer.word for offer in offers.values(path, beside if isinstance(beside, dict) else {})]


def is_open(path: Place, draft: Draft) -> bool:
    """Say whether a hole of the draft lies at, above or beneath a place."""
    from dataeng_ai import draft as drafts  # noqa: PLC0415  start-up imports click alone

    return any(all(left == right for left, right in zip(hole, path, strict=False)) for hole in drafts.holes(draft))
