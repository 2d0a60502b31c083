"""A guard that first looks for the usual shapes of a column accepts what it accepts without them, and nothing else."""

from __future__ import annotations

import itertools

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sqlglot import exp

from dataeng_ai import cast, types
from dataeng_ai.ir import Parse

CONNECTION = duckdb.connect(":memory:")
CONNECTION.execute("SET TimeZone = 'Asia/Tokyo'")  # no answer may depend on it
PLACE = exp.column("t", quoted=True)
MOMENT = types.parse("timestamptz")
NASTY = " \t\n0259-+:.TZzGMa/é"
OFFSETS = ("Z", "+00", "-05", "+03:00", "+05:30")
USUAL = [
    f"2021-03-20{joint}{hour}:10:34{fraction}{offset}"
    for joint, hour in ((" ", "04"), ("T", "23"))
    for fraction in ("", ".123", ".123456")
    for offset in OFFSETS
]
ZONES = ("GMT", "UTC", "NZ", "Z", "EST5EDT", "GMT+03:00", "GMT+0", "Etc/GMT+3", "GMT0", "W-SU", "+03:00", "+15:00", "+03:00:30")


def told_apart(texts: set[str], shapes: tuple[str, ...]) -> tuple[list[str], int]:
    """Return the texts on which the guard with shapes differs from that without, and how many it accepts."""
    quick, plain = (exp.alias_(cast.guard(PLACE, MOMENT, Parse(), some), name) for some, name in ((shapes, "quick"), ((), "plain")))
    given_ = exp.select(exp.Anonymous(this="UNNEST", expressions=[exp.Placeholder()]).as_("t"))
    rows = exp.select("t", quick, plain).from_(given_.subquery("texts"))
    found = CONNECTION.execute(rows.sql("duckdb", identify=True), [sorted(texts)]).fetchall()
    return [text for text, one, other in found if one is not other], sum(one for _, one, _ in found)


@pytest.mark.parametrize("text", USUAL)
def test_no_change_of_a_usual_moment_passes_that_the_thorough_guard_refuses(text: str) -> None:
    shapes = cast.usual([text], MOMENT, Parse())
    assert len(shapes) == 2
    singly = {
        text[:place] + char + text[place + gone :]
        for place in range(len(text) + 1)
        for char in (*map(chr, range(1, 128)), "", "٣", "\u00a0")
        for gone in (0, 1)
    }
    pairs = itertools.islice(itertools.combinations(range(len(text)), 2), len(text) % 3, None, 3)
    doubly = {
        text[:one] + first + text[one + 1 : two] + second + text[two + 1 :]
        for one, two in pairs
        for first, second in itertools.product(NASTY[:9], NASTY)
    }
    zoned = {
        made
        for zone, blank, place in itertools.product(ZONES, ("", " "), range(10, len(text)))
        for made in (f"{text[:place]}{blank}{zone}", f"{text[:place]}{blank}{zone}{text[place + len(blank + zone) :]}")
    }
    different, accepted = told_apart({text, *singly, *doubly, *zoned}, shapes)
    assert different == []
    assert accepted > 50


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(USUAL), st.lists(st.tuples(st.integers(0, 31), st.sampled_from(NASTY)), min_size=1, max_size=6))
def test_nor_does_any_of_several_changes(text: str, changes: list[tuple[int, str]]) -> None:
    letters = list(text)
    for place, letter in changes:
        letters[place % len(letters)] = letter
    assert told_apart({"".join(letters)}, cast.usual([text], MOMENT, Parse()))[0] == []


@pytest.mark.parametrize(
    "text", ["2024-01-01 24:00:00+00:00", "0001-01-01 00:00:00+03:00", "9999-12-31 23:00:00-03:00", "2024-02-30 10:00:00Z"]
)
def test_what_only_looks_usual_is_refused(text: str) -> None:
    shapes = cast.usual([text, "2024-01-01 10:00:00+00:00", "9999-12-31 23:00:00-03:00"], MOMENT, Parse())
    assert told_apart({text}, shapes) == ([], 0)


def test_only_moments_with_an_offset_that_need_no_format_have_shapes() -> None:
    assert cast.usual(["2024-01-01 10:00:00"], types.parse("timestamp"), Parse()) == ()
    assert cast.usual(["01.02.2024 10:00:00 +03:00"], MOMENT, Parse(format="%d.%m.%Y %H:%M:%S %z")) == ()
    assert cast.usual(["2024-01-01 10:00:00Z"], MOMENT, Parse(timezone="Europe/Moscow")) == ()
    assert cast.usual([], MOMENT, Parse()) == ()


def test_moments_of_one_shape_are_counted_together_whatever_their_digits() -> None:
    """So a second shape is known, too, though each fraction of the first occurs but once."""
    first = [f"2021-03-20 04:10:34.{number:06d}+03:00" for number in range(20)]
    both = cast.usual([*first, *["2021-03-20 04:10:34+02:00"] * 5], MOMENT, Parse())
    assert both == (*cast.usual(first, MOMENT, Parse()), *cast.usual(["2021-03-20 04:10:34+02:00"], MOMENT, Parse()))
    assert len(set(both)) == 4
