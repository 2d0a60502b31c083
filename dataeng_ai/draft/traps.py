"""The faults of a YAML text in a person's words, most with the edit that mends them.

`explain` takes what the parser could not read; the other functions take what it read, and what means something else than it seems to,
or nothing that a spec has a use for.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Final

from dataeng_ai.diagnostics import Edit
from dataeng_ai.draft.scalars import double_quoted
from dataeng_ai.draft.tree import Lines, Node, Scalar

_KEY_VALUE: Final = re.compile(r"[ \t]*(?:-[ \t]+)*[^\s#'\"\[\]{},:-][^:\r\n]*?:[ \t]+(?=\S)")
_NO_SPACE: Final = re.compile(r"[ \t]*(?:-[ \t]+)*[\w.-]+:(?=[^\s:/])")
_VALUE_END: Final = {
    "block": re.compile(r"(?=[ \t]+#)|(?=[ \t]*(?:[\r\n]|\Z))"),
    "{": re.compile(r"(?=[ \t]*,[ \t]*(?:[\"']?[\w.-]+[\"']?[ \t]*:|[\r\n]))|(?=[ \t]*(?:[\]}\r\n]|\Z))"),
    "[": re.compile(r"(?=[ \t]*(?:[,\]}\r\n]|\Z))"),
}
_TEMPLATE: Final = re.compile(r"\{\{[^{}\r\n]*\}\}")
_PUT_IN_QUOTES: Final = "put it in quotes"


@dataclass(frozen=True, slots=True)
class Fault:
    """One fault, its places as characters of the text. `masked` is the text with which reading can go on; None where it cannot."""

    code: str
    message: str
    start: int
    end: int
    help: str = ""
    label: str = ""
    edit: Edit | None = None
    related: tuple[tuple[int, int, str], ...] = ()
    masked: str | None = None


@dataclass(frozen=True, slots=True)
class Place:
    """What the parser says of a fault: the problem, what it was doing, where it is, where that began, and within what collection."""

    problem: str
    context: str
    at: int
    opened: int
    within: str


class TooDeep(Exception):  # noqa: N818  it ends the walk over the events and never leaves this package
    """The nesting goes too deep to go on."""

    def __init__(self, start: int, limit: int) -> None:
        """Say where."""
        super().__init__(start, limit)
        self.fault = Fault("E002", f"the nesting goes deeper than {limit} levels", start, start + 1, help="a spec has six")


# --- what YAML cannot read ---------------------------------------------------------------------------------------------------------


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
    word = _shown(text[start:end])
    return _unquoted(text, start, end, f"{word} begins with `{text[start]}`, which means something else to YAML")


def _second_colon(text: str, place: Place) -> Fault:
    lines = Lines.of(text)
    begin = lines.line_start(place.at)
    match = _KEY_VALUE.match(text, begin)
    if match and match.end() <= place.at:
        start, end = match.end(), value_end(text, match.end(), "block")
        return _unquoted(text, start, end, f"`: ` in the text {_shown(text[start:end])} begins another value")
    start = begin + len(text[begin : place.at]) - len(text[begin : place.at].lstrip(" -"))
    return Fault(
        "E009",
        f"`{text[start : place.at]}` is indented under a line that already has a value",
        start,
        place.at,
        help="give it the indentation of its neighbours; or put quotes around the text above, if it goes on here",
        masked=_mask(text, place.at, place.at + 1),
    )


def _flow(text: str, place: Place) -> Fault:
    """Explain a `[…]` or `{…}` that does not go on as it should."""
    if hidden := _hidden_end(text, place):
        return hidden
    before = re.compile(r"[^,\[\]{}]*\Z").search(text, place.opened + 1, place.at)
    word = before[0].rpartition(": ")[2].lstrip() if before else ""
    later = "\n" in word.replace("\r", "\n") or place.at >= len(text.rstrip())
    if not later and text.startswith(":", place.at):
        start = place.at - len(word)
        if " " in word:
            return _no_comma(text, place.at - len(word.rpartition(" ")[2]))
        end = value_end(text, start, place.within)
        return _unquoted(text, start, end, f"`: ` in the text {_shown(text[start:end])} begins another value")
    if not later and text[place.at] in "\"'[{" and not re.search(r"[\r\n]", text[place.opened : place.at]):
        return _no_comma(text, place.at)
    return _never_closed(text, place)


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
            return _unquoted(text, start, end, "` #` begins a comment here, and hides the rest of the line")
    return None


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
    closing = {"[": "]", "{": "}"}.get(bracket, bracket)
    return Fault(
        "E010",
        f"the `{bracket}` that opens here is never closed",
        place.opened,
        place.opened + 1,
        help=f"write `{closing}` where it ends",
        edit=None if open_line else Edit(end, end, closing),
        masked=None if open_line else _mask(text, place.opened, end),
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
        help=f"{_PUT_IN_QUOTES} of the other kind: {fixed}" if match else "write `\\\\` for a backslash",
        edit=Edit(place.opened, match.end(), fixed) if match else None,
        masked=_mask(text, place.opened + 1, match.end() - 1) if match else None,
    )


def _no_key(text: str, place: Place) -> Fault:
    """Explain a line that is no `key: value`."""
    lines = Lines.of(text)
    begin = lines.line_start(place.opened)
    if match := _NO_SPACE.match(text, begin):
        return _no_space(text, match.end())
    start, end = place.opened, value_end(text, place.opened, "block")
    return Fault(
        "E011",
        f"{_shown(text[start:end])} is no `key: value`",
        start,
        end,
        help="write `key: value`; or indent the line, if it goes on with the text above",
        masked=text[:start] + "#" + text[start + 1 :],
    )


def _no_space(text: str, at: int) -> Fault:
    return Fault(
        "E011",
        "a space is missing behind the `:`",
        at - 1,
        at,
        help="write `key: value`",
        edit=Edit(at, at, " "),
        masked=text[:at] + " " + text[at + 1 :],
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
        return _unquoted(text, start, end, f"the text goes on behind its closing `{text[: place.at].rstrip()[-1]}`")
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
    if place.within == "block" and char:
        return _indicator(text, Place(place.problem, place.context, place.at, place.at, place.within))
    instead = " " if char == "," else "x"
    masked = text[: place.at] + instead + text[place.at + 1 :] if char else None
    return Fault(
        "E013",
        f"a value is missing before `{char}`",
        place.at,
        place.at + 1,
        help=f"write the value, or take the `{char}` away",
        masked=masked,
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


# --- what YAML reads, and a spec does not take -------------------------------------------------------------------------------------


def too_large(limit: int) -> Fault:
    """Refuse a text of more than `limit` bytes."""
    return Fault("E002", f"the text is larger than {limit:,} bytes", 0, 1, help="a spec describes data, it does not hold it")


def empty() -> Fault:
    """Refuse a text without a value."""
    return Fault("E012", "the file holds nothing", 0, 0, help="begin with `version: 1`")


def no_mapping(text: str, root: Node) -> Fault:
    """Refuse a text whose only value is a list or a word."""
    begin = root.start
    if match := _NO_SPACE.match(text, begin):
        return _no_space(text, match.end())
    end = min(root.end, Lines.of(text).line_end(begin))
    return Fault("E012", "the file is no mapping from keys to values", begin, end, help="begin with `version: 1`")


def forbidden_character(at: int, char: str) -> Fault:
    """Refuse a character that nobody sees, or that YAML takes for a line end where an editor does not."""
    code = f"U+{ord(char):04X}"
    advice = (
        f"within double quotes write {double_quoted(char).strip(chr(34))}, or take it away"
        if not 0xD800 <= ord(char) <= 0xDFFF
        else "take it away"
    )
    return Fault("E003", f"the invisible character {code}", at, at + 1, help=advice, edit=Edit(at, at + 1, ""))


def second_document(at: int) -> Fault:
    """Refuse a second document."""
    return Fault("E004", "a second document begins here", at, at + 3, help="write one spec in a file")


def directive(start: int, end: int) -> Fault:
    """Refuse a `%YAML` or `%TAG` line."""
    return Fault("E004", "a line for the YAML parser has no use here", start, end, help="take the line away")


def reference(text: str, start: int, end: int, within: str) -> Fault:
    """Refuse an alias, an anchor or a tag."""
    kind = {"*": "a reference", "&": "an anchor"}.get(text[start : start + 1], "a tag")
    word = text[start:end].split(maxsplit=1)[0] if text[start:end].strip() else text[start:end]
    stop = max(start + len(word), min(value_end(text, start, within), Lines.of(text).line_end(start)))
    fixed = _in_quotes(text[start:stop])
    advice = f"write the value itself; if `{word}` is a text, {_PUT_IN_QUOTES}: {fixed}"
    return Fault(
        "E004", f"`{word}` is {kind} to YAML, and a spec has none", start, start + len(word), help=advice, edit=Edit(start, stop, fixed)
    )


def duplicate(key: Scalar, first: Scalar) -> Fault:
    """Refuse a key that is there twice."""
    related = ((first.start, first.end, "the first"),)
    return Fault(
        "E005", f"`{key.text}` is there twice", key.start, key.end, help="take one of them away", label="the second", related=related
    )


def key_no_text(text: str, key: Scalar) -> Fault:
    """Refuse a key that means a number, a truth or nothing."""
    raw = text[key.start : key.end]
    edit = Edit(key.start, key.end, _in_quotes(raw)) if raw else None
    message = f"the key `{raw}` is no text" if raw else "a key is missing before the `:`"
    return Fault("E006", message, key.start, max(key.end, key.start + 1), help=_PUT_IN_QUOTES if raw else "write `key: value`", edit=edit)


def key_no_scalar(key: Node) -> Fault:
    """Refuse a list or a mapping for a key."""
    return Fault(
        "E006",
        "a list or a mapping stands where a key is expected",
        key.start,
        key.start + 1,
        help="write `key: value`; put a text in quotes",
    )


def no_value(text: str, key: Scalar) -> Fault:
    """Refuse a key without a `:` behind it."""
    raw = text[key.start : key.end]
    colon = re.compile(r"[\w.-]+:(?=\S)").match(raw)
    if colon and not key.style:
        at = key.start + colon.end()
        return Fault("E011", "a space is missing behind the `:`", at - 1, at, help="write `key: value`", edit=Edit(at, at, " "))
    return Fault("E011", f"{_shown(raw)} has no `:` behind it", key.start, key.end, help="write `key: value` on one line")


def template(text: str, start: int, within: str) -> Fault:
    """Refuse `{{ … }}` outside of quotes."""
    end = value_end(text, start, within)
    return _unquoted(text, start, end, f"{_shown(text[start:end])} is a mapping within a mapping to YAML")


def split_call(text: str, scalars: Iterable[Scalar]) -> list[Fault]:
    """Refuse the likes of `decimal(10, 2)` in a `{…}` or `[…]`, where the comma divides it."""
    faults: list[Fault] = []
    start, depth = 0, 0
    for scalar in scalars:
        if scalar.style:
            depth = 0
        balance = 0 if scalar.style else scalar.text.count("(") - scalar.text.count(")")
        if depth == 0 and balance > 0:
            start, depth = scalar.start, balance
        elif depth > 0 and depth + balance <= 0:
            end = scalar.end
            faults.append(_unquoted(text, start, end, f"the comma divides {_shown(text[start:end])} in two"))
            depth = 0
        elif depth > 0:
            depth += balance
    return faults


def cut(text: str, node: Node) -> Fault | None:
    """Refuse a text that ` #` cuts in two. A comment has a space behind its `#`."""
    if not isinstance(node, Scalar) or node.style or not (node.is_empty or isinstance(node.value, str)) or node.is_auto:
        return None
    rest = re.compile(r"[ \t]+(#[^\s#]|#[ \t]*(?:[\r\n]|\Z))" if node.is_empty else r"[ \t]+#[^\s#]").match(text, node.end)
    if rest is None or (node.is_empty and _goes_below(text, rest.start())):
        return None
    lines = Lines.of(text)
    start = node.start if node.text else text.index("#", node.end)
    end = start + len(text[start : lines.line_end(node.end)].rstrip())
    message = (
        f"` #` begins a comment, so the value is {_shown(text[node.start : node.end])}"
        if node.text
        else "`#` begins a comment, so nothing is left"
    )
    advice = "put it in quotes; or write `# ` with a space, if it is a comment"
    edit = None if re.search(r"[\r\n]", text[start:end]) else Edit(start, end, _in_quotes(text[start:end]))
    hash_at = text.index("#", node.end)
    return Fault("E007", message, hash_at, end, help=advice, edit=edit)


def _goes_below(text: str, at: int) -> bool:
    """Say whether the comment at `at` is longer than one word: then it is a comment, whatever its spaces."""
    words = text[at : Lines.of(text).line_end(at)].split()
    return len(words) > 1


# --- pieces ------------------------------------------------------------------------------------------------------------------------


def value_end(text: str, start: int, within: str) -> int:
    """Return where the value that begins at `start` ends, as a person would say who does not know YAML: on its line at the latest."""
    skipped = _TEMPLATE.match(text, start)
    match = _VALUE_END[within].search(text, skipped.end() if skipped else start + 1)
    return match.start() if match else len(text)


def _unquoted(text: str, start: int, end: int, message: str) -> Fault:
    fixed = _in_quotes(text[start:end])
    return Fault(
        "E007", message, start, end, help=f"{_PUT_IN_QUOTES}: {fixed}", edit=Edit(start, end, fixed), masked=_mask(text, start, end)
    )


def _in_quotes(raw: str) -> str:
    inner = raw[1:-1] if len(raw) > 1 and raw[0] == raw[-1] and raw[0] in "\"'" else raw
    if '"' not in inner and "\\" not in inner:
        return f'"{inner}"'
    return f"'{inner}'" if "'" not in inner else double_quoted(inner)


def _mask(text: str, start: int, end: int) -> str:
    return text[:start] + re.sub(r"[^\r\n]", "x", text[start:end]) + text[end:]


def _comment_out(text: str, begin: int) -> str:
    """Return the text with the line at `begin`, and those indented under it, as comments."""
    lines = Lines.of(text)
    indent = len(text[begin:]) - len(text[begin:].lstrip(" "))
    stop = lines.next_line(begin)
    while stop < len(text) and (text[stop : lines.line_end(stop)].strip() == "" or text.startswith(" " * indent, stop)) and indent > 0:
        stop = lines.next_line(stop)
    return text[:begin] + re.sub(r"(?m)^[^\r\n]", "#", text[begin:stop]) + text[stop:]


def _shown(raw: str) -> str:
    """Return a piece of the text between backticks, on one line and not too long."""
    word = " ".join(raw.split())
    limit = 60
    return f"`{word if len(word) <= limit else word[: limit - 1] + '…'}`"
