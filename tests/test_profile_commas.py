"""A comma before three digits is the decimal comma or groups thousands: what stands around it tells, and the doubt is said."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from dataeng_ai.profile import commas, numbers, profile

if TYPE_CHECKING:
    from pathlib import Path

ENGLISH = 'name,total\nа,"4,099"\nб,"2,705"\nв,"46,743"\n'
RUSSIAN = "товар;вес\nсыр;4,099\nхлеб;2,705\nмёд;46,743\n"
MANY = "".join(f"{place};{place},{place * 7 % 900 + 100};{place}\n" for place in range(1, 13))


@pytest.mark.parametrize(
    ("text", "type_", "minimum", "doubt"),
    [
        (ENGLISH, "integer", "2705", commas.THOUSANDS),
        (RUSSIAN, "decimal(10, 3)", "2.705", numbers.GROUPED),
        (f"id;n;k\n{MANY}13;867;5\n", "integer", "867", commas.THOUSANDS),
        (f"id;n;k\n{MANY}13;867;5.5\n", "integer", "867", commas.THOUSANDS),
        (f"id;n;k\n{MANY}13;867;5,5\n", "decimal(10, 3)", "1.107", numbers.GROUPED),
        (f"id;n;k\n{MANY}", "decimal(10, 3)", "1.107", numbers.GROUPED),
        (ENGLISH + 'г,"0,250"\n', "decimal(10, 3)", "0.250", None),
        (ENGLISH + 'г,"1,234,567"\n', "integer", "2705", None),
        (ENGLISH + "г,н/д\n" + "".join(f'д{one},"{one},500"\n' for one in range(1, 99)), "integer", "1500", commas.THOUSANDS),
    ],
    ids=["comma_file", "semicolon_file", "small_beside_many", "points_beside", "commas_beside", "nothing_tells", "zero", "twice", "dirt"],
)
def test_a_comma_before_three_digits_is_what_stands_around_it(
    text: str, type_: str, minimum: str, doubt: str | None, tmp_path: Path
) -> None:
    (tmp_path / "a.csv").write_text(text, encoding="utf-8")
    column = profile(tmp_path, "a.csv").columns[1]
    assert (str(column.type), column.minimum, column.doubts) == (type_, minimum, (doubt,) if doubt else ())


def test_a_note_of_several_lines_under_a_table_is_no_row(tmp_path: Path) -> None:
    note = '"Note: the sums are rounded, ",,,,\n to whole hundreds of roubles.,,,,\n'
    (tmp_path / "a.csv").write_text(f"имя,a,b,c,d\nа,1,2,3,4\nб,5,6,7,8\n{note}", encoding="utf-8")
    facts = profile(tmp_path, "a.csv")
    assert (facts.rows, facts.rejects, facts.csv and facts.csv.footer) == (2, 0, 2)
