"""What YAML cannot read, in a person's words, most with the edit that mends it."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Edit
from dataeng_ai.draft.faults import NO_SPACE, PUT_IN_QUOTES, Fault, mask, shown, unquoted, value_end
from dataeng_ai.draft.traps import no_space, template
from dataeng_ai.draft.tree import Lines

if TYPE_CHECKING:
    from collections.abc import Callable

_KEY_VALUE: Final = re.compile(r"[ \t]*(?:-[ \t]+)*[^\s#'\"\[\]{},:-][^:\r\n]*?:[ \t]+(?=\S)")
"""The start of a line such as `- key: value`, up to the value."""
_CLOSING: Final = {"[": "]", "{": "}"}


@dataclass(frozen=True, slots=True)
class Place:
    """What the parser says of a fault: the problem, what it was doing, where it is, where that began, and within what collection."""

    problem: str
    context: str
    at: int
    opened: int
    within: str


def explain(text: str, place: Place) -> Fault:
    """Return the fault at a place where the parser stopped."""
    said = f"{place.context}: {place.problem}"
    for words, explainer in _EXPLAINERS:
        if words in said:
            return explainer(text, place)
    return _unknown(text, place)


def _unknown(text: str, place: Place) -> Fault:
    del text
    return Fault(
        "E019", f"YAML cannot be read here: {place.problem}", place.at, place.at + 1, help="put texts in quotes, and look at the line above"
    )


def _no_token(text: str, place: Place) -> Fault:
    if text[place.at] == "\t":
        return _tab(text, place)
    return _indicator(text, place)


def _tab(text: str, place: Place) -> Fault:
    begin = Lines.of(text).line_start(place.at)
    match = re.compile(r"[ \t]*").match(text, begin)
    start, end = (begin, match.end()) if match and match.end() > place.at else (place.at, place.at + 1)
    return Fault(
        "E008",
        "a tab where YAML counts spaces",
        place.at,
        end,
        help="indent with spaces: two for each tab",
        edit=Edit(start, end, text[start:end].replace("\t", "  ")),
        masked=text[:start] + text[start:end].replace("\t", " ") + text[end:],
    )


def _indicator(text: str, place: Place) -> Fault:
    """Explain a word that begins with a character which means something to YAML."""
    start = place.opened
    end = value_end(text, start, place.within)
    key = re.compile(r"[^\s:]+(?=:(?:[ \t\r\n]|\Z))").match(text, start)
    if key and not text[Lines.of(text).line_start(start) : start].strip(" \t-"):
        end = key.end()
    word = shown(text[start:end])
    return unquoted(text, start, end, f"{word} begins with `{text[start]}`, which means something else to YAML")


def _second_colon(text: str, place: Place) -> Fault:
    lines = Lines.of(text)
    begin = lines.line_start(place.at)
    match = _KEY_VALUE.match(text, begin)
    if match and match.end() <= place.at:
        start, end = match.end(), value_end(text, match.end(), "block")
        return unquoted(text, start, end, f"`: ` in the text {shown(text[start:end])} begins another value")
    above = NO_SPACE.match(text, lines.line_start(len(text[:begin].rstrip())))
    if above:
        return no_space(text, above.end())
    start = begin + len(text[begin : place.at]) - len(text[begin : place.at].lstrip(" -"))
    return Fault(
        "E009",
        f"`{text[start : place.at]}` is indented under a line that already has a value",
        start,
        place.at,
        help="give it the indentation of its neighbours; or put quotes around the text above, if it goes on here",
        masked=mask(text, place.at, place.at + 1),
    )


def _flow(text: str, place: Place) -> Fault:
    """Explain a `[…]` or `{…}` that does not go on as it should."""
    if hidden := _hidden_end(text, place) or _template_within(text, place):
        return hidden
    char = text[place.at : place.at + 1]
    if char in {",", "]", "}"}:
        return _no_content(text, place)
    before = re.compile(r"[^,\[\]{}]*\Z").search(text, place.opened + 1, place.at)
    word = before[0].rpartition(": ")[2].lstrip() if before else ""
    if not char.strip() or re.search(r"[\r\n]", word):
        return _never_closed(text, place)
    if char == ":":
        return _colon_in_flow(text, place, word)
    on_one_line = not re.search(r"[\r\n]", text[place.opened : place.at])
    return _no_comma(text, place.at) if char in "\"'[{" and on_one_line else _never_closed(text, place)


def _colon_in_flow(text: str, place: Place, word: str) -> Fault:
    """Explain a `:` behind a word that cannot be a key."""
    start = place.at - len(word)
    if not word:
        return Fault("E006", "a key is missing before the `:`", start, start + 1, "write `key: value`")
    if " " in word:
        return _no_comma(text, place.at - len(word.rpartition(" ")[2]))
    end = value_end(text, start, place.within)
    return unquoted(text, start, end, f"`: ` in the text {shown(text[start:end])} begins another value")


def _hidden_end(text: str, place: Place) -> Fault | None:
    """Find a ` #` that turned the rest of a line, closing bracket included, into a comment."""
    lines = Lines.of(text)
    for match in re.compile(r"(?<=[ \t])#(?=\S)").finditer(text, place.opened, place.at):
        rest = text[match.start() : lines.line_end(match.start())]
        opener = max(text.rfind(char, place.opened, match.start()) for char in ",[{")
        start = max(opener + 1, text.rfind(": ", opener, match.start()) + 2)
        start += len(text[start : match.start()]) - len(text[start : match.start()].lstrip())
        if re.search(r"[\]}]", rest) and not re.search(r"[\r\n\"']", text[start : match.start()]):
            end = value_end(text, start, place.within)
            return unquoted(text, start, end, "` #` begins a comment here, and hides the rest of the line")
    return None


def _template_within(text: str, place: Place) -> Fault | None:
    """Find a `{{ … }}` with more text behind it."""
    match = re.compile(r"\{\{[^{}\r\n]*\}\}[ \t]*\Z").search(text, place.opened, place.at)
    return template(text, match.start(), place.within) if match else None


def _no_comma(text: str, at: int) -> Fault:
    before = len(text[:at].rstrip(" \t"))
    return Fault(
        "E013",
        "a comma is missing",
        at,
        at + 1,
        label="before this",
        help="put a comma between two entries",
        edit=Edit(before, before, ","),
        masked=text[:before] + "," + text[before + 1 :] if before < at else None,
    )


def _never_closed(text: str, place: Place) -> Fault:
    bracket = text[place.opened]
    end = value_end(text, place.opened, "block")
    open_line = text[place.opened : end].rstrip()[-1:] in {",", "[", "{"}
    closing = _CLOSING.get(bracket, bracket)
    return Fault(
        "E010",
        f"the `{bracket}` that opens here is never closed",
        place.opened,
        place.opened + 1,
        help=f"write `{closing}` where it ends",
        edit=None if open_line else Edit(end, end, closing),
        masked=None if open_line else mask(text, place.opened, end),
    )


def _quoted(text: str, place: Place) -> Fault:
    if "escape" not in place.problem and "hexdecimal" not in place.problem and "Unicode" not in place.problem:
        return _never_closed(text, place)
    match = re.compile(r'"((?:[^"\\\r\n]|\\.)*)"').match(text, place.opened)
    inner = match[1] if match else ""
    fixed = f"'{inner}'" if "'" not in inner else '"' + inner.replace("\\", "\\\\") + '"'
    return Fault(
        "E007",
        f"`{text[place.at : place.at + 2]}` means nothing within double quotes",
        place.at,
        place.at + 2,
        help=f"{PUT_IN_QUOTES} of the other kind: {fixed}" if match else "write `\\\\` for a backslash",
        edit=Edit(place.opened, match.end(), fixed) if match else None,
        masked=mask(text, place.opened + 1, match.end() - 1) if match else None,
    )


def _no_key(text: str, place: Place) -> Fault:
    """Explain a line that is no `key: value`."""
    lines = Lines.of(text)
    begin = lines.line_start(place.opened)
    if match := NO_SPACE.match(text, begin):
        return no_space(text, match.end())
    start, end = place.opened, value_end(text, place.opened, "block")
    return Fault(
        "E011",
        f"{shown(text[start:end])} is no `key: value`",
        start,
        end,
        help="write `key: value`; or indent the line, if it goes on with the text above",
        masked=text[:start] + "#" + text[start + 1 :],
    )


def _goes_on(text: str, place: Place) -> Fault:
    """Explain what stands behind a value that had already ended, or a line that is indented like no other."""
    lines = Lines.of(text)
    begin = lines.line_start(place.at)
    match = _KEY_VALUE.match(text, begin)
    if match and match.end() <= place.at:
        start, end = match.end(), value_end(text, match.end(), "block")
        if text.startswith("{{", start):
            return template(text, start, "block")
        return unquoted(text, start, end, f"the text goes on behind its closing `{text[: place.at].rstrip()[-1]}`")
    end = lines.line_end(place.at)
    if text.startswith("- ", place.at):
        return Fault(
            "E009",
            "an entry of a list stands among keys",
            place.at,
            place.at + 1,
            help="indent it under its key",
            masked=_comment_out(text, begin),
        )
    message = "this line is indented like none of the lines above it"
    fix = "give it the indentation of its neighbours"
    return Fault(
        "E009", message, place.at, max(place.at + 1, value_end(text, place.at, "block")), help=fix, masked=_comment_out(text, begin)
    )


def _no_content(text: str, place: Place) -> Fault:
    char = text[place.at : place.at + 1]
    closing = _CLOSING.get(place.within, char)
    if char in _CLOSING.values() and char != closing:
        edit = Edit(place.at, place.at + 1, closing)
        masked = text[: place.at] + closing + text[place.at + 1 :]
        message = f"`{char}` closes what `{place.within}` opened"
        return Fault("E010", message, place.at, place.at + 1, f"write `{closing}`", edit=edit, masked=masked)
    if place.within == "block" and char:
        return _indicator(text, Place(place.problem, place.context, place.at, place.at, place.within))
    instead = " " if char == "," else "x"
    blank = text[: place.at] + instead + text[place.at + 1 :] if char else None
    return Fault(
        "E013",
        f"a value is missing before `{char}`",
        place.at,
        place.at + 1,
        help=f"write the value, or take the `{char}` away",
        masked=blank,
    )


_EXPLAINERS: Final[tuple[tuple[str, Callable[[str, Place], Fault]], ...]] = (
    ("cannot start any token", _no_token),
    ("a tab character", _tab),
    ("scanning an alias", _indicator),
    ("scanning an anchor", _indicator),
    ("scanning a tag", _indicator),
    ("parsing a tag", _indicator),
    ("scanning a block scalar", _indicator),
    ("mapping values are not allowed", _second_colon),
    ("parsing a flow", _flow),
    ("quoted scalar", _quoted),
    ("could not find expected ':'", _no_key),
    ("did not find expected key", _goes_on),
    ("did not find expected '-' indicator", _goes_on),
    ("did not find expected node content", _no_content),
    ("block sequence entries are not allowed", _goes_on),
)


def _comment_out(text: str, begin: int) -> str:
    """Return the text with the line at `begin`, and those indented under it, as comments."""
    lines = Lines.of(text)
    indent = len(text[begin:]) - len(text[begin:].lstrip(" "))
    stop = lines.next_line(begin)
    while stop < len(text) and (text[stop : lines.line_end(stop)].strip() == "" or text.startswith(" " * indent, stop)) and indent > 0:
        stop = lines.next_line(stop)
    return text[:begin] + re.sub(r"(?m)^[^\r\n]", "#", text[begin:stop]) + text[stop:]
