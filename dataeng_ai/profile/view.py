"""A profile as a person reads it in a terminal: drawn by rich where it is there, as plain columns where it is not."""

from __future__ import annotations

from contextlib import suppress
from io import StringIO
from math import ceil
from textwrap import wrap
from typing import TYPE_CHECKING, Final, Literal

from dataeng_ai.profile import alerts, sentences
from dataeng_ai.profile.amounts import count, rows_of, size

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.profile.facts import ColumnFacts, Profile

_HEADINGS: Final = ("column", "type", "role", "nulls", "distinct", "min … max", "top or shape", "personal")
_FOLDED: Final = ("column", "min … max", "top or shape")
_LEAST: Final = 16
"""Characters below which a cell is not folded: the columns stand below each other instead."""
_GAP: Final = 3
_WIDEST: Final = 36
"""Characters of the longest cell."""
_TOP: Final = 3
_ALERTS: Final = 12
"""Sentences of what to look at."""
_BARS: Final = 12
_BLOCKS: Final = "▁▂▃▄▅▆▇█"


def text(profile: Profile, width: int | None = None, *, blocks: bool = True) -> str:
    """Return the profile as a text of several lines, without colours.

    Args:
        profile: What to draw.
        width: Characters of a line; None: as wide as it needs.
        blocks: Draw histograms, with characters beyond ASCII.
    """
    above = [_title(profile), *_dialect(profile), ""]
    below = [
        *_keys(profile),
        *(f"{what}: {_printable(words)}" for what, some in sentences.of(profile) for words in some),
        *_rejects(profile),
        *_warnings(profile),
    ]
    return "\n".join((*_folded(above, width), _table(profile, width, blocks=blocks), *_folded(below, width))) + "\n"


def _folded(lines: Sequence[str], width: int | None) -> list[str]:
    """Return lines that are no longer than a terminal's, what goes on further in than what it goes on from."""
    if width is None:
        return list(lines)
    return [part for line in lines for part in wrap(line, width, subsequent_indent="    ", break_on_hyphens=False) or [""]]


def _title(profile: Profile) -> str:
    files = "one snapshot" if profile.catalog else count(profile.files, "file")
    twice = f", {profile.duplicates:,} of them twice" if profile.duplicates else ""
    return f"{profile.source}: {rows_of(profile)}{twice}, {count(len(profile.columns), 'column')}, {files}, {size(profile.bytes)}"


def _dialect(profile: Profile) -> list[str]:
    return [f"  {reason}" for reason in profile.reasons]


def _row(column: ColumnFacts, rows: int, *, blocks: bool) -> tuple[str, ...]:
    nulls = f"{column.nulls / rows:.1%}" if column.nulls and rows else ""
    about = "" if column.distinct_exact else "~"
    ends = ""
    if column.minimum is not None and column.maximum is not None and column.type.name != "uuid":
        ends = f"{_cut(column.minimum)} … {_cut(column.maximum)}"
    kind = f"{column.type} ({column.exceptions:,} unfit)" if column.exceptions else str(column.type)
    top = ", ".join(_cut(value) for value, _ in column.top[:_TOP]) if column.role in ("dimension", "flag") else column.shape or ""
    if blocks and column.histogram and column.role in ("measure", "time"):
        top = bars([each.count for each in column.histogram.bins])
    return (_cut(column.name), kind, column.role, nulls, f"{about}{column.distinct:,}", ends, _cut(top), column.pii or "")


def bars(counts: Sequence[int]) -> str:
    """Return counts as block characters side by side, at most twelve: a dot is none, and the lowest block is not nothing."""
    step = -(-len(counts) // _BARS) or 1
    groups = [counts[place : place + step] for place in range(0, len(counts), step)]
    means = [sum(group) / len(group) for group in groups]
    most = max(means, default=0)
    return "".join(_BLOCKS[ceil(mean / most * len(_BLOCKS)) - 1] if mean else "·" for mean in means)


def _cut(value: str) -> str:
    plain = "".join(letter if letter.isprintable() else "·" for letter in value)
    return plain if len(plain) <= _WIDEST else plain[: _WIDEST - 1] + "…"


def _table(profile: Profile, width: int | None, *, blocks: bool) -> str:
    lines = [_row(column, profile.rows, blocks=blocks) for column in profile.columns]
    widths = dict(zip(_HEADINGS, (max(map(len, cells)) + _GAP for cells in zip(_HEADINGS, *lines, strict=True)), strict=True))
    if width and width < sum(min(cells, _LEAST + _GAP) if heading in _FOLDED else cells for heading, cells in widths.items()):
        return "\n".join(_stacked(line, width) for line in lines)
    try:
        return _rich(lines, width or sum(widths.values()))
    except ImportError:
        return _plain(lines)


def _stacked(line: tuple[str, ...], width: int) -> str:
    """Return one column in lines of its own, for a narrow terminal."""
    name, kind, role, nulls, distinct, ends, top, personal = line
    facts = [kind, role, nulls and f"{nulls} nulls", f"{distinct} distinct", personal and f"personal: {personal}"]
    told = [f"{name}: {', '.join(filter(None, facts))}", *(f"  {more}" for more in ("; ".join(filter(None, (ends, top))),) if more)]
    return "\n".join(_folded(told, width))


def ready() -> None:
    """Load what draws the table, while another process still looks."""
    with suppress(ImportError):
        from rich import box, console, table, text  # noqa: F401, PLC0415  rich may be absent


def _rich(lines: Sequence[tuple[str, ...]], width: int) -> str:
    from rich.box import SIMPLE_HEAD  # noqa: PLC0415  rich may be absent
    from rich.console import Console  # noqa: PLC0415  as above
    from rich.table import Table  # noqa: PLC0415  as above
    from rich.text import Text  # noqa: PLC0415  as above

    table = Table(box=SIMPLE_HEAD, pad_edge=False, show_edge=False)
    for heading in _HEADINGS:
        folded = heading in _FOLDED
        justify: Literal["left", "right"] = "right" if heading in ("nulls", "distinct") else "left"
        table.add_column(heading, justify=justify, overflow="fold", no_wrap=not folded)
    for line in lines:
        table.add_row(*map(Text, line))
    out = StringIO()
    # In a notebook rich would show the table there, as an output of its own, and write nothing.
    Console(file=out, width=width, color_system=None, force_jupyter=False).print(table)
    return "\n".join(line.rstrip() for line in out.getvalue().strip("\n").splitlines())


def _plain(lines: Sequence[tuple[str, ...]]) -> str:
    table = [_HEADINGS, *lines]
    widths = [max(map(len, column)) for column in zip(*table, strict=True)]
    return "\n".join("  ".join(cell.ljust(width) for cell, width in zip(line, widths, strict=True)).rstrip() for line in table)


def _keys(profile: Profile) -> list[str]:
    if not profile.keys:
        return ["", "key: none was found"]
    return ["", *(f"key: {', '.join(key.columns)} ({key.reason})" for key in profile.keys)]


def _rejects(profile: Profile) -> list[str]:
    return [f"not a row: {words}" for words in sentences.rejects(profile)]


def _warnings(profile: Profile) -> list[str]:
    more = alerts.beyond(profile)
    rest = [f"look at: and {len(more) - _ALERTS:,} more of this kind"] if len(more) > _ALERTS else []
    return [*(f"warning: {_printable(one)}" for one in profile.warnings), *(f"look at: {_printable(one)}" for one in more[:_ALERTS]), *rest]


def _printable(words: str) -> str:
    return "".join(letter if letter.isprintable() else "·" for letter in words)
