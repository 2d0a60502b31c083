"""Workbooks written as raw XML: what spreadsheets allow and libraries seldom write."""

from __future__ import annotations

import io
import zipfile
from xml.sax.saxutils import escape

from tests.corpus.case import Case, Row

MAIN = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
LINKS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
PACKAGE = "http://schemas.openxmlformats.org/package/2006/relationships"
HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>'
FORMATS = ("General", "0%", "dd.mm.yyyy", "yyyy-mm-dd hh:mm:ss", "[h]:mm", '#,##0.00" ₽"', "hh:mm", "@")
"""Number formats by the number of a cell's style."""


def book(
    *sheets: str,
    names: tuple[str, ...] = ("Лист1", "Лист2", "Лист3"),
    states: tuple[str, ...] = ("", "", ""),
    shared: str = "",
    date1904: bool = False,
    target: str = "worksheets/sheet{}.xml",
    kind: str = "worksheet",
    prefix: str = "xl/",
) -> bytes:
    """Return a workbook with these sheets, each the XML of `<sheetData>` and what follows."""
    files = {
        "[Content_Types].xml": f'{HEAD}<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        '<Default Extension="xml" ContentType="application/xml"/>'
        '<Override PartName="/xl/workbook.xml" '
        'ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>',
        "_rels/.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">'
        f'<Relationship Id="rId1" Type="{LINKS}/officeDocument" Target="xl/workbook.xml"/>'
        "</Relationships>",
        "xl/workbook.xml": f'{HEAD}<workbook xmlns="{MAIN}" xmlns:r="{LINKS}"><workbookPr date1904="{int(date1904)}"/><sheets>'
        + "".join(
            f'<sheet name="{names[at]}" sheetId="{at + 1}" state="{states[at] or "visible"}" r:id="rId{at + 1}"/>'
            for at in range(len(sheets))
        )
        + "</sheets></workbook>",
        "xl/_rels/workbook.xml.rels": f'{HEAD}<Relationships xmlns="{PACKAGE}">'
        + "".join(f'<Relationship Id="rId{at + 1}" Type="{LINKS}/{kind}" Target="{target.format(at + 1)}"/>' for at in range(len(sheets)))
        + f'<Relationship Id="rId90" Type="{LINKS}/styles" Target="styles.xml"/>'
        + f'<Relationship Id="rId91" Type="{LINKS}/sharedStrings" Target="sharedStrings.xml"/></Relationships>',
        "xl/styles.xml": f'{HEAD}<styleSheet xmlns="{MAIN}"><numFmts count="{len(FORMATS)}">'
        + "".join(f'<numFmt numFmtId="{170 + at}" formatCode="{escape(one, {chr(34): "&quot;"})}"/>' for at, one in enumerate(FORMATS))
        + '</numFmts><cellXfs count="1">'
        + "".join(f'<xf numFmtId="{170 + at if at else 0}" applyNumberFormat="1"/>' for at in range(len(FORMATS)))
        + "</cellXfs></styleSheet>",
        "xl/sharedStrings.xml": f'{HEAD}<sst xmlns="{MAIN}">{shared}</sst>',
    }
    files |= {
        f"{prefix}worksheets/sheet{at}.xml": f'{HEAD}<worksheet xmlns="{MAIN}">{sheet}</worksheet>' for at, sheet in enumerate(sheets, 1)
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, text in files.items():
            archive.writestr(zipfile.ZipInfo(name), text)
    return out.getvalue()


def cell(value: object, at: str, style: int = 0) -> str:
    """Return a cell: a text inline, a number as it is, or raw XML of a cell with its place left open."""
    if isinstance(value, str) and value.startswith("<c"):
        return value.replace("<c", f'<c r="{at}"', 1)
    if isinstance(value, str):
        return f'<c r="{at}" t="inlineStr"><is><t xml:space="preserve">{escape(value)}</t></is></c>'
    return f'<c r="{at}" s="{style}"><v>{value}</v></c>' if value is not None else ""


def data(*lines: tuple[object, ...], first: int = 1, left: int = 0, styles: tuple[int, ...] = (), after: str = "") -> str:
    """Return the rows of a sheet, from a row and a column on; `styles` are those of the columns below the header."""
    found = []
    for number, line in enumerate(lines, first):
        cells = "".join(
            cell(value, f"{chr(65 + left + at)}{number}", styles[at] if styles and number > first else 0) for at, value in enumerate(line)
        )
        found.append(f'<row r="{number}">{cells}</row>')
    return f"<sheetData>{''.join(found)}</sheetData>{after}"


def rows(*lines: tuple[object, ...]) -> list[Row]:
    """Return the rows below a header."""
    header, *rest = lines
    return [{str(name): None if value is None else str(value) for name, value in zip(header, line, strict=True)} for line in rest]


PLAIN = (("id", "имя", "n"), (1, "Жук", 10), (2, "Лев", 20), (3, "Ёж", 30))
SERIAL = (("id", "когда"), (1, 45292), (2, 45293.5), (3, 45294))
TEXTS = (("code", "card"), ("007", "1234567890123456"), ("0012", "9999999999999999"))

EXCEL = [
    Case("plain.xlsx", book(data(*PLAIN)), rows(*PLAIN)),
    Case("macros.xlsm", book(data(*PLAIN)), rows(*PLAIN)),
    Case("called_xls.xls", book(data(*PLAIN)), rows(*PLAIN)),
    Case("offset.xlsx", book(data(*PLAIN, first=4, left=2)), rows(*PLAIN)),
    Case("absolute_target.xlsx", book(data(*PLAIN), target="/xl/worksheets/sheet{}.xml"), rows(*PLAIN)),
    Case("two_sheets.xlsx", book(data(("x",), ("y",)), data(*PLAIN)), rows(*PLAIN), told=("Лист1",)),
    Case("hidden_sheet.xlsx", book(data(*PLAIN), data(*PLAIN, *PLAIN[1:]), states=("", "hidden", "")), rows(*PLAIN), told=("hidden",)),
    Case(
        "very_hidden_sheet.xlsx",
        book(data(*PLAIN), data(*PLAIN, *PLAIN[1:]), states=("", "veryHidden", "")),
        rows(*PLAIN),
        told=("hidden",),
    ),
    Case(
        "dates.xlsx",
        book(data(*SERIAL, styles=(0, 3))),
        rows(SERIAL[0], (1, "2024-01-01 00:00:00"), (2, "2024-01-02 12:00:00"), (3, "2024-01-03 00:00:00")),
    ),
    Case(
        "dates_1904.xlsx",
        book(data(*SERIAL, styles=(0, 3)), date1904=True),
        rows(SERIAL[0], (1, "2028-01-02 00:00:00"), (2, "2028-01-03 12:00:00"), (3, "2028-01-04 00:00:00")),
    ),
    Case(
        "days.xlsx",
        book(data(("d",), (1,), (59,), (61,), (45292,), styles=(2,))),
        [{"d": "1900-01-01"}, {"d": "1900-02-28"}, {"d": "1900-03-01"}, {"d": "2024-01-01"}],
    ),
    Case("serial_numbers_without_format.xlsx", book(data(*SERIAL)), rows(*SERIAL)),
    Case(
        "iso_dates.xlsx",
        book(data(("d", "n"), ('<c t="d"><v>2024-01-31T10:00:00</v></c>', 1), ('<c t="d"><v>2024-02-01T00:00:00</v></c>', 2))),
        rows(("d", "n"), ("2024-01-31 10:00:00", 1), ("2024-02-01 00:00:00", 2)),
    ),
    Case("percent.xlsx", book(data(("p",), (0.155,), (1,), (0.07,), styles=(1,))), [{"p": "0.155"}, {"p": "1"}, {"p": "0.07"}]),
    Case("money.xlsx", book(data(("m",), (1234.5,), (0.1,), (-7,), styles=(5,))), [{"m": "1234.5"}, {"m": "0.1"}, {"m": "-7"}]),
    Case("durations.xlsx", book(data(("h",), (1.5,), (0.25,), styles=(4,))), [{"h": "PT36H"}, {"h": "PT6H"}]),
    Case("times.xlsx", book(data(("t",), (0.5,), (0.75,), styles=(6,))), [{"t": "12:00:00"}, {"t": "18:00:00"}]),
    Case("zeros_and_long_ids.xlsx", book(data(*TEXTS)), rows(*TEXTS)),
    Case(
        "long_numbers.xlsx",
        book(data(("n",), (123456789012345,), (1.23456789012345e17,), (9007199254740993,))),
        [{"n": "123456789012345"}, {"n": "1.23456789012345e17"}, {"n": "9.007199254740992e15"}],
    ),
    Case(
        "errors.xlsx",
        book(data(("a", "b"), (1, '<c t="e"><v>#DIV/0!</v></c>'), (2, '<c t="e"><v>#N/A</v></c>'), (3, 5))),
        rows(("a", "b"), (1, "#DIV/0!"), (2, "#N/A"), (3, 5)),
    ),
    Case(
        "error_formulas.xlsx",
        book(data(("a", "b"), (1, '<c t="e"><f>1/0</f><v>#DIV/0!</v></c>'), (2, "<c><f>A2*2</f><v>4</v></c>"))),
        rows(("a", "b"), (1, "#DIV/0!"), (2, 4)),
    ),
    Case(
        "formulas_without_values.xlsx",
        book(data(("a", "b"), (1, "<c><f>A2*2</f></c>"), (2, "<c><f>A3*2</f><v></v></c>"), (3, "<c><f>A4</f><v>6</v></c>"))),
        rows(("a", "b"), (1, None), (2, None), (3, 6)),
        told=("no value",),
    ),
    Case(
        "formula_texts.xlsx",
        book(data(("a", "b"), (1, '<c t="str"><f>"x"</f><v>x</v></c>'), (2, '<c t="str"><f>""</f><v></v></c>'))),
        rows(("a", "b"), (1, "x"), (2, None)),
    ),
    Case(
        "booleans.xlsx",
        book(data(("a", "b"), ('<c t="b"><v>1</v></c>', 1), ('<c t="b"><v>0</v></c>', 2))),
        rows(("a", "b"), ("true", 1), ("false", 2)),
    ),
    Case(
        "shared_rich_text.xlsx",
        book(
            data(("a", "b"), ('<c t="s"><v>0</v></c>', 1), ('<c t="s"><v>1</v></c>', 2)),
            shared="<si><r><t>Ж</t></r><r><rPr><b/></rPr><t xml:space='preserve'>ук </t></r></si><si><t>x_x000D_y</t></si>",
        ),
        rows(("a", "b"), ("Жук ", 1), ("x\ry", 2)),
    ),
    Case(
        "phonetic.xlsx",
        book(
            data(("a", "b"), ('<c t="s"><v>0</v></c>', 1), ("x", 2)),
            shared="<si><t>東京</t><rPh sb='0' eb='2'><t>トウキョウ</t></rPh></si>",
        ),
        rows(("a", "b"), ("東京", 1), ("x", 2)),
    ),
    Case("line_breaks.xlsx", book(data(("a", "b"), ("x\ny", 1), (' "q", z', 2))), rows(("a", "b"), ("x\ny", 1), (' "q", z', 2))),
    Case(
        "merged_header.xlsx",
        book(
            data(
                ("Продажи", None, "id"),
                ("n", "m", None),
                (1, 2, "a"),
                (3, 4, "b"),
                after='<mergeCells count="2"><mergeCell ref="A1:B1"/><mergeCell ref="C1:C2"/></mergeCells>',
            )
        ),
        rows(("n", "m", "id"), (1, 2, "a"), (3, 4, "b")),
        told=("two rows",),
    ),
    Case(
        "merged_body.xlsx",
        book(data(("g", "n"), ("x", 1), (None, 2), ("y", 3), after='<mergeCells count="1"><mergeCell ref="A2:A3"/></mergeCells>')),
        rows(("g", "n"), ("x", 1), (None, 2), ("y", 3)),
        told=("merged",),
    ),
    Case(
        "side_by_side.xlsx",
        book(data(("id", "имя", None, "код", "город"), (1, "Жук", None, 7, "Омск"), (2, "Лев", None, 8, "Тверь"))),
        rows(("id", "имя", "код", "город"), (1, "Жук", 7, "Омск"), (2, "Лев", 8, "Тверь")),
        told=("side by side", "in C"),
    ),
    Case(
        "longer_than_a_number.xlsx",
        book(data(("id", "счёт"), (1, 40702810000000000001), (2, 40702810000000000002))),
        rows(("id", "счёт"), (1, "40702810000000000000"), (2, "40702810000000000000")),
        told=("15 digits",),
    ),
    Case("hidden_rows.xlsx", book(data(*PLAIN).replace('<row r="3">', '<row r="3" hidden="1">')), rows(*PLAIN)),
    Case("hidden_column.xlsx", book('<cols><col min="2" max="2" hidden="1"/></cols>' + data(*PLAIN)), rows(*PLAIN)),
    Case(
        "filtered.xlsx",
        book(data(*PLAIN, after='<autoFilter ref="A1:C4"/>').replace('<row r="2">', '<row r="2" hidden="1">')),
        rows(*PLAIN),
    ),
    Case(
        "title_and_total.xlsx",
        book(data(("Отчёт за май", None, None), (), ("товар", "цена", "n"), ("чай", 5, 1), ("сыр", 7, 2), ("Итого", 12, 3))),
        rows(("товар", "цена", "n"), ("чай", 5, 1), ("сыр", 7, 2)),
        told=("skip", "footer"),
    ),
    Case("blank_rows.xlsx", book(data(PLAIN[0], PLAIN[1], (), PLAIN[2], (), PLAIN[3])), rows(*PLAIN)),
    Case("empty_column_between.xlsx", book(data(("a", None, "b"), (1, None, 2), (3, None, 4))), rows(("a", "b"), (1, 2), (3, 4))),
    Case("no_header.xlsx", book(data((1, 2.5), (2, 3.5), (3, 4.5))), rows(("column_1", "column_2"), (1, 2.5), (2, 3.5), (3, 4.5))),
    Case("same_names.xlsx", book(data(("n", "n", "N"), (1, 2, 3), (4, 5, 6))), rows(("n", "n_2", "N_3"), (1, 2, 3), (4, 5, 6))),
    Case("numbers_as_texts.xlsx", book(data(("a",), ("1",), ("2",), ("3",))), [{"a": "1"}, {"a": "2"}, {"a": "3"}]),
    Case(
        "mixed_types.xlsx", book(data(("a", "b"), (1, "x"), ("n/a", "y"), (2.5, "z"))), rows(("a", "b"), (1, "x"), (None, "y"), (2.5, "z"))
    ),
    Case("wrong_dimension.xlsx", book('<dimension ref="A1:A1"/>' + data(*PLAIN)), rows(*PLAIN)),
    Case("vast_dimension.xlsx", book('<dimension ref="A1:XFD1048576"/>' + data(*PLAIN)), rows(*PLAIN)),
    Case(
        "rows_without_places.xlsx",
        book(
            '<sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
            "<row><c><v>1</v></c><c><v>2</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row></sheetData>"
        ),
        rows(("a", "b"), (1, 2), (3, 4)),
    ),
    Case(
        "errors_without_places.xlsx",
        book(
            '<sheetData><row><c t="inlineStr"><is><t>a</t></is></c><c t="inlineStr"><is><t>b</t></is></c></row>'
            '<row><c><v>1</v></c><c t="e"><v>#REF!</v></c></row><row><c><v>3</v></c><c><v>4</v></c></row></sheetData>'
        ),
        rows(("a", "b"), (1, "#REF!"), (3, 4)),
    ),
    Case(
        "error_attributes_in_another_order.xlsx",
        book(
            "<sheetData><row r='1'><c r='A1' t='inlineStr'><is><t>a</t></is></c>"
            "<c r='B1' t='inlineStr'><is><t>b</t></is></c></row>"
            "<row r='2'><c r='A2'><v>1</v></c><c t='e' r='B2'><v>#NUM!</v></c></row>"
            "<row r='3'><c r='A3'><v>3</v></c><c r='B3'><v>4</v></c></row></sheetData>"
        ),
        rows(("a", "b"), (1, "#NUM!"), (3, 4)),
    ),
    Case("comment_and_link.xlsx", book(data(*PLAIN, after='<hyperlinks><hyperlink ref="A2" location="x"/></hyperlinks>')), rows(*PLAIN)),
    Case("huge_text.xlsx", book(data(("a", "b"), ("x" * 32767, 1), ("y", 2))), rows(("a", "b"), ("x" * 32767, 1), ("y", 2))),
    Case("empty.xlsx", book("<sheetData/>"), None, code="E311"),
    Case("only_formats.xlsx", book('<sheetData><row r="1"><c r="A1" s="1"/></row></sheetData>'), None, code="E311"),
    Case("chart_alone.xlsx", book("<sheetData/>", kind="chartsheet"), None),
    Case("no_sheet.xlsx", book(), None),
    Case("cut.xlsx", book(data(*PLAIN))[:-200], None),
    Case("not_one.xlsx", b"PK\x03\x04" + b"\0" * 200, None),
    Case("sheet_is_missing.xlsx", book(data(*PLAIN), target="worksheets/other{}.xml"), None),
    Case("broken_sheet.xlsx", book("<sheetData><row r='1'><c r='A1'><v>1</v>"), None),
    Case("csv_called_xlsx.xlsx", "id,имя\n1,Жук\n2,Лев\n".encode(), [{"id": "1", "имя": "Жук"}, {"id": "2", "имя": "Лев"}]),
]
"""Nothing that a cell shows is lost; what a library cannot tell is told."""
