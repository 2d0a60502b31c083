"""Frozen dataclasses out of JSON's own types: what was written is read equal, and nothing else is read at all."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Literal

import pytest

from dataeng_ai.plain import read


@dataclass(frozen=True, slots=True)
class Inner:
    word: Literal["да", "нет"]
    share: float = 0.5


@dataclass(frozen=True, slots=True)
class Outer:
    name: str
    count: int
    sure: bool
    inner: Inner | None
    pairs: tuple[tuple[str, int | None], ...] = ()
    either: str | tuple[str, ...] = ""


WHOLE = Outer("Анна", 3, True, Inner("да", 1.0), (("a", 1), ("b", None)), ("x", "y"))  # noqa: FBT003  a truth value is one of its kinds


@pytest.mark.parametrize("one", [WHOLE, Outer("", 0, False, None)])  # noqa: FBT003  as above
def test_what_was_written_is_read_equal(one: Outer) -> None:
    assert read(Outer, json.loads(json.dumps(asdict(one)))) == one


def test_what_is_missing_has_its_default_and_what_nobody_knows_is_passed_over() -> None:
    assert read(Outer, {"name": "a", "count": 1, "sure": True, "inner": {"word": "нет"}, "later": 1}) == Outer("a", 1, True, Inner("нет"))  # noqa: FBT003  as above


@pytest.mark.parametrize(
    "change",
    [
        *({"name": 1}, {"name": None}, {"count": "1"}, {"count": True}, {"count": 1.0}, {"sure": 1}, {"sure": "true"}),
        *({"inner": []}, {"inner": {}}, {"inner": {"word": "maybe"}}, {"inner": {"word": "да", "share": "1"}}),
        *({"pairs": {}}, {"pairs": "ab"}, {"pairs": [["a"]]}, {"pairs": [["a", "b"]]}, {"either": 1}, {"either": [1]}),
    ],
    ids=str,
)
def test_another_shape_is_refused(change: dict[str, object]) -> None:
    with pytest.raises(ValueError, match="where"):
        read(Outer, asdict(WHOLE) | change)
    with pytest.raises(ValueError, match="where"):
        read(Outer, {key: value for key, value in asdict(WHOLE).items() if key != "name"})
