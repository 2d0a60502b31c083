"""CSV of kinds that test data of other readers showed to be read wrong: each here is a small file of the class."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from tests.corpus.csv_files import ID, TWO, table

if TYPE_CHECKING:
    from tests.corpus.case import Case

_PROSE: Final = "You'll see: the words, it's said, aren't few.\nThe second line's, too, isn't short.\nThat's all"

_LANGUAGES: Final = tuple(
    zip(
        ["aa", "ab", "af", "am", "ar", "as", "ay", "az", "ba", "be", "en"],
        ["Afar", "Abkhaz", "Afrikaans", "Amharic", "Arabic", "Assamese", "Aymara", "Azerbaijani", "Bashkir", "Belarusian", "English"],
        strict=True,
    )
)

DRAWN: list[Case] = [
    table("boxed.txt", "+----+-----+\n| id | имя |\n+----+-----+\n|  1 | Жук |\n|  2 | Лев |\n+----+-----+\n2 rows in set\n", ID, *TWO),
    table("markdown.md.csv", "| id | имя |\n|---:|:----|\n| 1 | Жук |\n| 2 | Лев |\n", ID, *TWO, told=("a drawn table",)),
    table("psql.txt", " id | имя \n----+-----\n  1 | Жук\n  2 | Лев\n(2 rows)\n", ID, *TWO),
    table("boxed_in_cp1251.txt", "| id | имя |\n|----|-----|\n| 1 | Жук |\n| 2 | Лев |\n", ID, *TWO, encoding="cp1251"),
    table("grid.txt", "+--+---+\n|id|имя|\n+==+===+\n|1 |Жук|\n+--+---+\n|2 |Лев|\n+--+---+\n", ID, *TWO),
    table("boxed_in_unicode.txt", "┌────┬─────┐\n│ id │ имя │\n├────┼─────┤\n│  1 │ Жук │\n│  2 │ Лев │\n└────┴─────┘\n", ID, *TWO),
    table("one_row_too_long.md.csv", "| id | имя |\n|----|-----|\n| 1 | Жук |\n| 3 | а | б |\n| 2 | Лев |\n", ID, *TWO, bad=1),
    table("not_drawn.csv", "id|имя\n1|Жук\n2|Лев\n", ID, *TWO),
]

QUOTED: list[Case] = [
    table(
        "backslashes_that_escape_no_quote.csv",
        'id,t\n1,"a \\"b\\" c"\n2,"C:\\dir\\new"\n3,"x\\ny, z"\n4,"d:\\\\e"\n',
        ("id", "t"),
        ("1", 'a "b" c'),
        ("2", "C:\\dir\\new"),
        ("3", "x\\ny, z"),
        ("4", "d:\\e"),
    ),
    table("blanks_behind_quotes.csv", 'id,имя\n1,"Жук" \n2,"Лев"  \n', ID, *TWO, told=("closing quote",)),
    table(
        "lists_and_objects.csv",
        "id,a,o\n" + "".join(f'{n},"1,{n}","{{""x"":{n},""y"":2}}"\n' for n in range(1, 9)),
        ("id", "a", "o"),
        *((str(n), f"1,{n}", f'{{"x":{n},"y":2}}') for n in range(1, 9)),
    ),
    table(
        "prose_in_quotes.csv",
        "about,status\n" + f'"{_PROSE}",open\n' * 6,
        ("about", "status"),
        *((_PROSE, "open") for _ in range(6)),
    ),
]

HEADERS: list[Case] = [
    table("names_that_are_values.csv", "a,b,c\n1,b,c\n2,b,c\n3,d,e\n", ("a", "b", "c"), ("1", "b", "c"), ("2", "b", "c"), ("3", "d", "e")),
    table(
        "numbers_above_flags.csv",
        "id,1022,1025\nk1,TRUE,FALSE\nk2,FALSE,FALSE\n",
        ("id", "1022", "1025"),
        ("k1", "true", "false"),
        ("k2", "false", "false"),
    ),
    table(
        "a_name_above_codes.csv",
        "alpha2,English\n" + "".join(f"{code},{name}\n" for code, name in _LANGUAGES),
        ("alpha2", "English"),
        *_LANGUAGES,
    ),
    table("how_many_above.csv", "3,4,,,,\na,b,c,d,e,f\n" + "1,2,3,4,5,6\n" * 3, tuple("abcdef"), *([tuple("123456")] * 3)),
]

LINES: list[Case] = [
    table("comments_within.csv", "# made by hand\nid,имя\n# animals\n1,Жук\n# more\n# of them\n2,Лев\n", ID, *TWO, bad=3),
    table(
        "tabs_of_two_widths.tsv",
        "код\tместо\tзона\nAD\t+42\tА\nAE\t+25\tБ\tall\nAF\t+34\tВ\tall\nAG\t+17\tГ\n",
        ("код", "место", "зона"),
        ("AD", "+42", "А"),
        ("AG", "+17", "Г"),
        bad=2,
    ),
]

DATES: list[Case] = [
    table(
        "japanese_days.csv",
        "id,日\n1,2024年1月2日\n2,2023年12月31日\n",
        ("id", "日"),
        ("1", "2024-01-02"),
        ("2", "2023-12-31"),
        told=("日: date",),
    ),
    table(
        "korean_days.csv",
        "id,날\n1,2024년 1월 2일\n2,2023년 12월 31일\n",
        ("id", "날"),
        ("1", "2024-01-02"),
        ("2", "2023-12-31"),
        told=("날: date",),
    ),
]

SIGNS: list[Case] = [
    table("a_trade_mark.csv", "id,t\n1,Microcap® Index\n", ("id", "t"), ("1", "Microcap® Index"), encoding="cp1252"),
    table("pounds_alone.csv", "id;t\n1;to lift £825 and £2\n", ("id", "t"), ("1", "to lift £825 and £2"), encoding="cp1252"),
    table("an_apostrophe_of_the_mac.csv", "id,t\n1,Anna’s Mac\n", ("id", "t"), ("1", "Anna’s Mac"), encoding="mac-roman"),
    table("letters_as_codes.csv", "вид,n\nА,1\nБ,2\nВ,3\n", ("вид", "n"), ("А", "1"), ("Б", "2"), ("В", "3"), encoding="cp1251"),
]

UNSEEN: Final = [*DRAWN, *QUOTED, *HEADERS, *LINES, *DATES, *SIGNS]
