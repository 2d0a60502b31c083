"""What YAML reads, and a spec has no use for, or what means something else than it seems to: most with the edit that mends it."""

from __future__ import annotations

import re
import unicodedata
from typing import TYPE_CHECKING

from dataeng_ai.diagnostics import Edit
from dataeng_ai.draft.faults import NO_SPACE, PUT_IN_QUOTES, Fault, in_quotes, shown, unquoted, value_end
from dataeng_ai.draft.scalars import double_quoted
from dataeng_ai.draft.tree import Node, Scalar, line_end

if TYPE_CHECKING:
    from collections.abc import Iterable


def too_large(limit: int) -> Fault:
    """Refuse a text of more than `limit` bytes."""
    return Fault("E002", f"the text is larger than {limit:,} bytes", 0, 1, help="a spec describes data, it does not hold it")


def empty() -> Fault:
    """Refuse a text without a value."""
    return Fault("E012", "the file holds nothing", 0, 0, help="begin with `version: 1`")


def no_mapping(text: str, root: Node) -> Fault:
    """Refuse a text whose only value is a list or a word."""
    begin = root.start
    if match := NO_SPACE.match(text, begin):
        return no_space(text, match.end())
    end = min(root.end, line_end(text, begin))
    return Fault("E012", "the file is no mapping from keys to values", begin, end, help="begin with `version: 1`")


def forbidden_character(at: int, char: str) -> Fault:
    """Refuse a character that nobody sees, or that YAML takes for a line end where an editor does not."""
    advice = "take it away"
    if unicodedata.category(char) != "Cs":  # half a surrogate pair has no escape
        advice = f"within double quotes write {double_quoted(char)[1:-1]}, or take it away"
    return Fault("E003", f"the invisible character U+{ord(char):04X}", at, at + 1, help=advice, edit=Edit(at, at + 1, ""))


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
    stop = max(start + len(word), min(value_end(text, start, within), line_end(text, start)))
    fixed = in_quotes(text[start:stop])
    advice = f"write the value itself; if `{word}` is a text, {PUT_IN_QUOTES}: {fixed}"
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
    edit = Edit(key.start, key.end, in_quotes(raw)) if raw else None
    message = f"the key `{raw}` is no text" if raw else "a key is missing before the `:`"
    return Fault("E006", message, key.start, max(key.end, key.start + 1), help=PUT_IN_QUOTES if raw else "write `key: value`", edit=edit)


def key_no_scalar(key: Node) -> Fault:
    """Refuse a list or a mapping for a key."""
    return Fault(
        "E006",
        "a list or a mapping stands where a key is expected",
        key.start,
        key.start + 1,
        help="write `key: value`; put a text in quotes",
    )


def no_space(text: str, at: int) -> Fault:
    """Explain `key:value`, where the value begins at `at`."""
    return Fault(
        "E011",
        "a space is missing behind the `:`",
        at - 1,
        at,
        help="write `key: value`",
        edit=Edit(at, at, " "),
        masked=text[:at] + " " + text[at + 1 :],
    )


def no_value(text: str, key: Scalar) -> Fault:
    """Refuse a key without a `:` behind it."""
    raw = text[key.start : key.end]
    colon = re.compile(r"[\w.-]+:(?=\S)").match(raw)
    if colon and not key.style:
        at = key.start + colon.end()
        return no_space(text, at)
    return Fault("E011", f"{shown(raw)} has no `:` behind it", key.start, key.end, help="write `key: value` on one line")


def template(text: str, start: int, within: str) -> Fault:
    """Refuse `{{ … }}` outside of quotes."""
    end = value_end(text, start, within)
    return unquoted(text, start, end, f"{shown(text[start:end])} is a mapping within a mapping to YAML")


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
            faults.append(unquoted(text, start, end, f"the comma divides {shown(text[start:end])} in two"))
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
    start = node.start if node.text else text.index("#", node.end)
    end = start + len(text[start : line_end(text, node.end)].rstrip())
    message = (
        f"` #` begins a comment, so the value is {shown(text[node.start : node.end])}"
        if node.text
        else "`#` begins a comment, so nothing is left"
    )
    advice = "put it in quotes; or write `# ` with a space, if it is a comment"
    edit = None if re.search(r"[\r\n]", text[start:end]) else Edit(start, end, in_quotes(text[start:end]))
    hash_at = text.index("#", node.end)
    return Fault("E007", message, hash_at, end, help=advice, edit=edit)


def _goes_below(text: str, at: int) -> bool:
    """Say whether the comment at `at` is longer than one word: then it is a comment, whatever its spaces."""
    words = text[at : line_end(text, at)].split()
    return len(words) > 1
