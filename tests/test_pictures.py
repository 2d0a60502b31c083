"""Drawings hold the facts they are made of, as images that any page can show: plain SVG, no script, nothing fetched."""

from __future__ import annotations

import xml.etree.ElementTree as ET
from itertools import pairwise
from urllib.parse import unquote

import pytest

from dataeng_ai import pictures

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = '<script>alert("1")</script>\u202e\x00 &amp; \' ]]>'
CHAIN = {"wait": "", "stage": "", "check": "", "publish": "", "tell": ""}
ARROWS = [("wait", "stage"), ("stage", "check"), ("check", "publish"), ("check", "tell"), ("publish", "tell")]


def drawn(address: str) -> ET.Element:
    """Return the image behind a data-URI, which stands in an attribute as it is."""
    kind, _, text = address.partition(",")
    assert kind == "data:image/svg+xml"
    assert not set(text) & set("\"'<>&# \n")
    root = ET.fromstring(unquote(text))  # noqa: S314  our own drawing
    assert root.tag == f"{SVG}svg"
    assert not [each for each in root.iter() if each.tag not in ALLOWED or {key for key in each.attrib if "href" in key or key[:2] == "on"}]
    return root


ALLOWED = {f"{SVG}{tag}" for tag in ("svg", "title", "path", "rect", "text", "g", "defs", "pattern")}


def words(address: str, tag: str) -> list[str]:
    return ["".join(each.itertext()) for each in drawn(address).iter(f"{SVG}{tag}")]


def test_bars_of_a_histogram_are_as_high_as_their_counts() -> None:
    image = drawn(pictures.histogram([0, 10, 20, 40], "от 1 до 5"))
    path = image.findall(f"{SVG}path")[1].attrib["d"]
    highs = [float(bar.partition("v-")[2].partition("h")[0]) for bar in path.split("z") if bar]
    assert len(highs) == 3
    assert highs[1] == pytest.approx(2 * highs[0], abs=0.1)
    assert highs[2] == pytest.approx(4 * highs[0], abs=0.2)
    assert image.findtext(f"{SVG}title") == "от 1 до 5"


def test_one_value_among_a_million_is_still_seen() -> None:
    path = drawn(pictures.histogram([1_000_000, 1])).findall(f"{SVG}path")[1].attrib["d"]
    assert "v-1h" in path
    assert float(drawn(pictures.meter(1e-9)).findall(f"{SVG}rect")[0].attrib["width"]) == 1


def test_bars_that_hold_what_lies_beyond_are_hollow() -> None:
    image = drawn(pictures.histogram([1, 2, 3], open_ends=(False, True)))
    assert len(image.findall(f"{SVG}path")) == 3
    assert "fill-opacity" in image.findall(f"{SVG}path")[2].attrib


@pytest.mark.parametrize(("share", "width"), [(0.0, None), (0.5, 29.0), (1.0, 58.0)])
def test_a_meter_is_filled_by_the_share(share: float, width: float | None) -> None:
    rectangles = drawn(pictures.meter(share)).findall(f"{SVG}rect")
    assert [float(each.attrib["width"]) for each in rectangles[:-1]] == ([] if width is None else [width])


def test_a_bar_is_as_long_as_the_share_and_never_longer_than_the_picture() -> None:
    assert [drawn(pictures.bar(share)).findall(f"{SVG}rect")[0].attrib["width"] for share in (0.25, 1, 7)] == ["15", "60", "60"]


def test_the_parts_of_a_balance_fill_the_whole_and_differ_without_colour() -> None:
    rectangles = drawn(pictures.balance([90, 6, 4], width=100)).findall(f"{SVG}rect")
    assert [float(each.attrib["width"]) for each in rectangles] == [90, 6, 4]
    assert len({each.attrib["fill"] for each in rectangles}) == 3


def test_a_stretch_of_time_stands_where_it_lies_and_has_its_steps() -> None:
    image = drawn(pictures.timeline(0.5, 1, ticks=7, width=100))
    assert (image.findall(f"{SVG}rect")[0].attrib["x"], image.findall(f"{SVG}rect")[0].attrib["width"]) == ("50", "50")
    assert image.findall(f"{SVG}path")[1].attrib["d"].count("M") == 8
    assert len(drawn(pictures.timeline(0, 1, ticks=10_000)).findall(f"{SVG}path")) == 1
    assert float(drawn(pictures.timeline(1, 1, width=100)).findall(f"{SVG}rect")[0].attrib["x"]) == 98


def test_every_box_and_arrow_of_a_flow_is_drawn_and_told() -> None:
    address = pictures.flow(CHAIN, ARROWS)
    assert words(address, "text") == list(CHAIN)
    assert words(address, "title") == ["; ".join(f"{one} → {other}" for one, other in ARROWS), *CHAIN]
    assert len(drawn(address).findall(f"{SVG}path")) == 2 * len(ARROWS)


def test_a_box_is_right_of_all_that_lead_to_it() -> None:
    boxes = {each.findtext(f"{SVG}title"): each.find(f"{SVG}rect") for each in drawn(pictures.flow(CHAIN, ARROWS)).iter(f"{SVG}g")}
    left = {name: float(box.attrib["x"]) for name, box in boxes.items() if box is not None}
    assert all(left[one] < left[other] for one, other in ARROWS)


def test_no_box_lies_on_another_however_many_there_are() -> None:
    names = {f"шаг {number}": "пометка" for number in range(40)}
    arrows = [(f"шаг {number}", f"шаг {number * 7 % 39 + 1}") for number in range(39)]
    rectangles = [each.attrib for each in drawn(pictures.flow(names, arrows)).iter(f"{SVG}rect")]
    boxes = sorted((float(each["x"]), float(each["y"]), float(each["height"])) for each in rectangles)
    assert len(boxes) == 40
    assert all(one[0] != other[0] or one[1] + one[2] <= other[1] for one, other in pairwise(boxes))


def test_an_arrow_past_a_column_runs_beside_its_boxes() -> None:
    image = drawn(pictures.flow(CHAIN, ARROWS))
    box = next(each for each in image.iter(f"{SVG}g") if each.findtext(f"{SVG}title") == "publish").find(f"{SVG}rect")
    past = image.findall(f"{SVG}path")[2 * ARROWS.index(("check", "tell"))].attrib["d"]
    assert box is not None
    passed = float(past.split("h")[0].split()[-1])
    assert not float(box.attrib["y"]) <= passed <= float(box.attrib["y"]) + float(box.attrib["height"])


def test_a_flow_of_nothing_and_one_in_a_circle_are_drawn_too() -> None:
    assert not list(drawn(pictures.flow({}, [])).iter(f"{SVG}rect"))
    assert words(pictures.flow({"a": "", "b": ""}, [("a", "b"), ("b", "a"), ("a", "a")]), "text") == ["a", "b"]


@pytest.mark.parametrize(
    "address",
    [
        pictures.flow({HOSTILE: HOSTILE}, [], HOSTILE),
        pictures.histogram([1, 2], HOSTILE),
        pictures.meter(0.5, HOSTILE),
        pictures.timeline(0, 1, HOSTILE),
        pictures.balance([1, 2], HOSTILE),
    ],
    ids=["flow", "histogram", "meter", "timeline", "balance"],
)
def test_hostile_words_stay_words(address: str) -> None:
    title = words(address, "title")[0]
    assert title == HOSTILE.replace("\u202e", "·").replace("\x00", "·")
