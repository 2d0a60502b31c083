"""What Tab offers: a command's words behind `%dataeng`, and in a `%%dataeng` cell the keys and words of the language."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from dataeng_ai.commands import tree
from dataeng_ai.magics.handing import FROM, REPLACE, TAKING, frames
from dataeng_ai.magics.places import place
from dataeng_ai.spec import offers

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from dataeng_ai.spec.offers import Offer

_LINE: Final = re.compile(r"(?:[\w.\s,\[\]]*=\s*)?%{1,2}dataeng\s+")
"""What may stand before the words of a command: the magic, and a name that keeps its result."""
_CELL: Final = re.compile(r"\s*%%dataeng\s+(?!new\s)\S+[^\n]*$")
_ABOUT: Final = 60
"""Characters of a description that are shown beside a word."""


def complete(context: Any, names: Mapping[str, object]) -> Any:  # noqa: ANN401  IPython's own, which has no public types
    """Offer what fits where the cursor stands; `names` are the person's, among them frames."""
    from IPython.core.completer import SimpleCompletion  # noqa: PLC0415  it comes with the notebook

    lines = context.full_text.split("\n")
    first = next((number for number, line in enumerate(lines) if line.strip()), 0)
    if context.cursor_line > first and _CELL.match(lines[first]):
        text = "\n".join(lines[first + 1 :])
        typed, found = _of_cell(text, context.cursor_line - first - 1, context.cursor_position)
    else:
        typed, found = _of_line(lines[context.cursor_line][: context.cursor_position], names)
    # A space that does not break: JupyterLab shows each word on one line, and would set what breaks over the next.
    completions = [SimpleCompletion(text=word, type=kind.replace(" ", "\N{NO-BREAK SPACE}")) for word, kind in found]
    return {"completions": completions, "matched_fragment": typed, "suppress": bool(completions)}


def _of_line(line: str, names: Mapping[str, object]) -> tuple[str, list[tuple[str, str]]]:
    """Return what was typed of a command's word, and the words that it may become."""
    from click.shell_completion import ShellComplete  # noqa: PLC0415  only completion needs it

    magic = _LINE.match(line)
    if magic is None:
        return "", []
    *words, started = line[magic.end() :].split(" ")
    words = [word for word in words if word]
    if words[-1:] == [FROM] and (_heads_cell(words[:-1]) or words[0] in TAKING):
        return started, [(name, "frame") for name in frames(names) if name.startswith(started)]
    more = [option for option in _options(words) if started.startswith("-") and option.startswith(started)]
    found = [] if _heads_cell(words) else ShellComplete(tree, {}, "spec", "_").get_completions(words, started)
    return started, [*((item.value, item.help or "dataeng") for item in found), *((option, "of the notebook") for option in more)]


def _heads_cell(words: Sequence[str]) -> bool:
    """Say whether the words behind the magic name a spec: then it heads a cell."""
    return bool(words) and words[0] not in tree.commands


def _options(words: Sequence[str]) -> tuple[str, ...]:
    """Return the options that only the notebook has."""
    if _heads_cell(words):
        return (FROM, REPLACE)
    return (FROM,) if words[:1] and words[0] in TAKING else ()


def _of_cell(text: str, line: int, column: int) -> tuple[str, list[tuple[str, str]]]:
    """Return what was typed of a word of a spec, and the words that it may become."""
    where = place(text, line, column)
    if where is None:
        return "", []
    if where.is_key:
        return where.typed, _shown(offers.keys(where.path, where.present), where.typed)
    found = _shown(offers.values(where.path, where.present), where.typed)
    keys = _shown(offers.keys(where.path, {}), where.typed) if where.may_be_key else []
    return where.typed, [*found, *keys]


def _shown(found: Iterable[Offer], typed: str) -> list[tuple[str, str]]:
    """Return the words that begin as what was typed, each with what it is; a key with the sign behind it."""
    return [(_written(offer), _told(offer)) for offer in found if offer.word.startswith(typed)]


def _written(offer: Offer) -> str:
    if offer.kind != "key":
        return offer.word
    return f"{offer.word}:" if offer.holds in {"mapping", "list"} else f"{offer.word}: "


def _told(offer: Offer) -> str:
    told = f"{offer.holds or offer.kind}: {offer.about}" if offer.about else offer.holds or offer.kind
    return told if len(told) <= _ABOUT else f"{told[: _ABOUT - 1]}…"
