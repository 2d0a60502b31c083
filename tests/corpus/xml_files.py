"""XML as programs write it: namespaces, mixed content, entities, encodings that are not what is declared, and documents that are none."""

from __future__ import annotations

import gzip
from typing import TYPE_CHECKING

from tests.corpus.case import Case, Row

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


def rows(*names: str, of: list[tuple[str | None, ...]]) -> list[Row]:
    return [dict(zip(names, one, strict=True)) for one in of]


def xml(name: str, text: str, found: Sequence[Mapping[str, str | None]] | None, encoding: str = "utf-8", **more: object) -> Case:
    return Case(name, text.encode(encoding), None if found is None else [dict(one) for one in found], **more)  # type: ignore[arg-type]  # `bad`, `told` and `code`


TWO = rows("id", "имя", of=[("1", "Жук"), ("2", "Лев")])
BODY = "<r><o><id>1</id><имя>Жук</имя></o><o><id>2</id><имя>Лев</имя></o></r>"
AS = [{"a": "1"}, {"a": "2"}]

XML = [
    xml("plain.xml", BODY, TWO),
    xml("declared.xml", f'<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n{BODY}\n', TWO),
    xml("bom.xml", BODY, TWO, "utf-8-sig"),
    xml("cp1251.xml", f'<?xml version="1.0" encoding="windows-1251"?>{BODY}', TWO, "cp1251"),
    xml("koi8.xml", f"<?xml version='1.0' encoding='koi8-r'?>{BODY}", TWO, "koi8-r"),
    xml("utf16.xml", f'<?xml version="1.0" encoding="UTF-16"?>{BODY}', TWO, "utf-16"),
    xml("utf16_declared_in_utf8.xml", f'<?xml version="1.0" encoding="UTF-16"?>{BODY}', TWO),
    xml("utf8_declared_in_cp1251.xml", f'<?xml version="1.0" encoding="UTF-8"?>{BODY}', None, "cp1251"),
    xml("unknown_encoding.xml", f'<?xml version="1.0" encoding="klingon"?>{BODY}', None, code="E315"),
    xml("attributes.xml", '<r><o id="1" n="Жук"/><o id="2" n="Лев"/></r>', rows("_id", "_n", of=[("1", "Жук"), ("2", "Лев")])),
    xml(
        "attribute_and_element.xml",
        '<r><o id="7"><id>1</id></o><o id="8"><id>2</id></o></r>',
        rows("_id", "id", of=[("7", "1"), ("8", "2")]),
    ),
    xml(
        "attribute_and_text.xml",
        '<r><o c="RUB">1.10</o><o c="USD">2.00</o></r>',
        rows("_c", "_VALUE", of=[("RUB", "1.10"), ("USD", "2.00")]),
    ),
    xml("prefixes.xml", '<x:r xmlns:x="urn:x"><x:o><x:a>1</x:a></x:o><x:o><x:a>2</x:a></x:o></x:r>', AS),
    xml("default_namespace.xml", '<r xmlns="urn:x"><o><a>1</a></o><o><a>2</a></o></r>', AS),
    xml("cdata.xml", "<r><o><a><![CDATA[<b>x & y</b>]]></a></o><o><a>p<![CDATA[q]]>r</a></o></r>", [{"a": "<b>x & y</b>"}, {"a": "pqr"}]),
    xml(
        "entities.xml", "<r><o><a>&lt;x&gt; &amp; &#1046; &#x416;</a></o><o><a>&quot;&apos;</a></o></r>", [{"a": "<x> & Ж Ж"}, {"a": "\"'"}]
    ),
    xml("comments.xml", "<r><!-- <o/> --><o><a>1<!-- 9 -->2</a></o><o><!-- x --><a>34</a></o></r>", [{"a": "12"}, {"a": "34"}]),
    xml("instructions.xml", '<?xml-stylesheet href="a.xsl"?><r><?x y?><o><a>1</a></o><o><a>2</a></o></r>', AS),
    xml("doctype.xml", "<!DOCTYPE r><r><o><a>1</a></o><o><a>2</a></o></r>", AS),
    xml("doctype_external.xml", '<!DOCTYPE r SYSTEM "http://example.org/r.dtd"><r><o><a>1</a></o><o><a>2</a></o></r>', AS),
    xml("own_entity.xml", '<!DOCTYPE r [<!ENTITY co "ООО Жук">]><r><o><a>&co;</a></o><o><a>x</a></o></r>', [{"a": "ООО Жук"}, {"a": "x"}]),
    xml("external_entity.xml", '<!DOCTYPE r [<!ENTITY f SYSTEM "file:///etc/passwd">]><r><o><a>&f;</a></o><o><a>x</a></o></r>', None),
    xml(
        "laughs.xml",
        "<!DOCTYPE r ["
        + "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10 if n else "lol"}">' for n in range(10))
        + "]><r><o><a>&l9;</a></o><o><a>x</a></o></r>",
        None,
    ),
    xml("unknown_entity.xml", "<r><o><a>x&nbsp;y</a></o><o><a>z</a></o></r>", None),
    xml(
        "empty_elements.xml",
        "<r><o><a/><b>1</b></o><o><a></a><b>2</b></o><o><b>3</b></o></r>",
        rows("a", "b", of=[("", "1"), ("", "2"), (None, "3")]),
    ),
    xml("sometimes_repeated.xml", "<r><o><t>x</t></o><o><t>y</t><t>z</t></o><o/></r>", [{"t": '["x"]'}, {"t": '["y","z"]'}, {"t": None}]),
    xml(
        "nested.xml",
        '<r><o><c><n>Жук</n><a k="1"><s>x</s></a></c></o><o><c><n>Лев</n></c></o></r>',
        rows("c.n", "c.a._k", "c.a.s", of=[("Жук", "1", "x"), ("Лев", None, None)]),
    ),
    xml("deep_list.xml", "<r><d><l><o><a>1</a></o><o><a>2</a></o></l></d><total>2</total></r>", AS, told=("total",)),
    xml("white_space.xml", "<r>\n <o>\n  <a> x </a>\n </o>\n <o><a>y</a></o></r>", [{"a": " x "}, {"a": "y"}]),
    xml("line_ends.xml", "<r>\r\n<o><a>x\r\ny</a></o>\r\n<o><a>z&#13;</a></o>\r\n</r>", [{"a": "x\ny"}, {"a": "z\r"}]),
    xml("leading_zeros.xml", "<r><o><a>007</a></o><o><a>0012</a></o></r>", [{"a": "007"}, {"a": "0012"}]),
    xml(
        "rss.xml",
        '<rss version="2.0"><channel><title>T</title><item><title>a</title></item><item><title>b</title></item></channel></rss>',
        [{"title": "a"}, {"title": "b"}],
        told=("title",),
    ),
    xml(
        "excel_2003.xml",
        '<?xml version="1.0"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet"><Worksheet>'
        "<Table><Row><Cell><Data>a</Data></Cell></Row><Row><Cell><Data>1</Data></Cell></Row></Table></Worksheet></Workbook>",
        [{"Cell.Data": "a"}, {"Cell.Data": "1"}],
    ),
    xml("one_record.xml", "<o><a>1</a><b>x</b></o>", rows("a", "b", of=[("1", "x")])),
    xml("huge_text.xml", f"<r><o><a>{'x' * 2_000_000}</a></o><o><a>y</a></o></r>", [{"a": "x" * 2_000_000}, {"a": "y"}]),
    xml("cut.xml", "<r><o><a>1</a></o><o><a>2", None),
    xml("two_roots.xml", "<r><o><a>1</a></o><o><a>2</a></o></r><r/>", None),
    xml("ampersand.xml", "<r><o><a>x & y</a></o><o><a>z</a></o></r>", None),
    xml("crossed.xml", "<r><o><a>1</o></a><o><a>2</a></o></r>", None),
    xml("control.xml", "<r><o><a>x\x01</a></o><o><a>y</a></o></r>", None),
    xml("only_a_declaration.xml", '<?xml version="1.0"?>', None),
    xml("text_first.xml", "x<r><o><a>1</a></o></r>", None),
    xml("too_deep.xml", "<a>" * 5000 + "</a>" * 5000, None),
    Case("packed.xml.gz", gzip.compress(BODY.encode(), mtime=0), TWO),
    xml("mixed.xml", "<r><o><p>x <b>y</b> z</p></o><o><p>q</p></o></r>", [{"p._VALUE": '["x ",{"b":"y"}," z"]'}, {"p._VALUE": '"q"'}]),
]
"""A list of records, and what stands beside it is told."""
