"""Texts become typed values without loss: per portable type one guard, one cast, one canonical text, and what it gives up.

A guard says whether a text is a value of the type and would come back equal; only then is the cast's value used. DuckDB's own
casts are not enough for that: they round 1.005, read `0x10` and `007`, and drop offsets, times and nanoseconds in silence.
All trees are sqlglot's, in DuckDB's dialect; none depends on the session's time zone. Nodes are shared: one may stand at several
places of a tree, and in several trees, since printing and copying only walk down. To copy each time would cost as much as the rest.

The file is long because it is one table: fourteen types, the three small functions of each, and nothing else.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from functools import cache
from types import MappingProxyType
from typing import TYPE_CHECKING, Final

from sqlglot import exp

from dataeng_ai import months
from dataeng_ai.types import Type

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from sqlglot.expressions import Expr

    from dataeng_ai.ir import Parse

_SPACES: Final = " \u00a0\u2009\u202f"
"""A space that groups digits, in all the forms in which spreadsheets write it: plain, no-break, thin, narrow no-break."""
_APOSTROPHES: Final = "'\u2019"
_MINUS: Final = "[-\u2212]"
_BLANK: Final = f"[{_SPACES}]?"

_DATE: Final = r"[0-9]{4}-[0-9]{2}-[0-9]{2}"
_TIME: Final = r"(?:[01][0-9]|2[0-3]):[0-5][0-9](?::[0-5][0-9](?:\.[0-9]{1,6}0*)?)?"
_OFFSET: Final = r"(?:Z|[+-](?:0[0-9]|1[0-4])(?::?[0-5][0-9])?)"
_TIMESTAMP: Final = Type("timestamp")
_FIRST: Final = "0001-01-01 00:00:00"
_LAST: Final = "9999-12-31 23:59:59.999999"
_USUAL: Final = re.compile(rf"{_DATE}([ T])[0-9]{{2}}:[0-9]{{2}}:[0-9]{{2}}((?:\.[0-9]{{3}}|\.[0-9]{{6}})?)(Z|[+-]0[0-9](?::[0-5][0-9])?)")
_HOURS_AS: Final = ("[01]?", "2[0-3]")
_MOST_SHAPES: Final = 2


def nothing(text: Expr, parse: Parse) -> Expr:
    """Return the condition that this text is null or stands for null."""
    absent = exp.Is(this=text.copy(), expression=exp.null())
    return exp.or_(absent, _is_one_of(text, parse.null_values), copy=False) if parse.null_values else absent


def guard(text: Expr, type: Type, parse: Parse, shapes: Sequence[str] = ()) -> Expr:  # noqa: A002  the word of the language
    """Return the condition, never null, that a text which is not null is a value of the type without loss.

    It means the same with shapes, from `usual` alone, but is sooner known of texts that have one of them.
    """
    thorough = _RULES[type.name].guard(text, type, parse)
    if not shapes:
        return thorough
    # First what no condition stands before: DuckDB then reads the text once, for the guard and for the cast.
    return _all(_exists(cast(text, type, parse)), _first_true(_is_usual(text, shapes), thorough))


def usual(texts: Iterable[str], type: Type, parse: Parse) -> tuple[str, ...]:  # noqa: A002  the word of the language
    """Return the shapes of most of these moments, for `guard`; none but of those with an offset, written as ISO 8601 has it."""
    if type.name != "timestamptz" or parse.format is not None or parse.timezone is not None:
        return ()
    made = Counter((found[1], len(found[2]), found[3]) for found in map(_USUAL.fullmatch, texts) if found)
    counts: Counter[tuple[str, ...]] = Counter()
    for parts, times in made.items():
        counts[tuple(_shapes(*parts))] += times  # offsets of other hours have the same
    return tuple(shape for shapes, _ in counts.most_common(_MOST_SHAPES) for shape in shapes)


def cast(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    """Return the typed value. It never raises; it means something only where the guard holds."""
    return _RULES[type.name].cast(text, type, parse)


def canonical(value: Expr, type: Type) -> Expr:  # noqa: A002  the word of the language
    """Return the one text of a typed value, equal in every storage.

    Decimals with their whole scale, a fraction of a second either absent or with six digits, timestamptz in UTC with `+00`,
    booleans true and false, UUIDs and bytes in lower case, doubles in the shortest text that reads back equal.
    """
    return _RULES[type.name].canonical(value, type)


def duckdb_type(type: Type) -> exp.DataType:  # noqa: A002  the word of the language
    """Return the type in which DuckDB keeps values of the portable type."""
    return _type(f"DECIMAL({type.precision}, {type.scale})" if type.name == "decimal" else _RULES[type.name].duckdb)


# --- pieces of trees ---


def _word(text: str) -> Expr:
    return exp.Literal.string(text)


@cache
def _type(word: str) -> exp.DataType:
    """Return DuckDB's type of that name: sqlglot's parser would read the same few words thousands of times."""
    return exp.DataType.build(word, dialect="duckdb")


def _is_one_of(text: Expr, words: Iterable[str]) -> Expr:
    return exp.In(this=text, expressions=[_word(word) for word in words])


def _between(value: Expr, low: Expr, high: Expr) -> Expr:
    return exp.Between(this=value, low=low, high=high)


def _first(value: Expr, other: Expr) -> Expr:
    """Return the value, where it is null the other one."""
    return exp.Coalesce(this=value, expressions=[other])


def _or_false(condition: Expr) -> Expr:
    return _first(condition, exp.false())


def _call(name: str, *arguments: Expr | str | int) -> Expr:
    """Return a call of DuckDB's function as it is written here: sqlglot must not translate it."""
    return exp.Anonymous(this=name, expressions=[_argument(a) for a in arguments])


def _argument(value: Expr | str | int) -> Expr:
    if isinstance(value, str):
        return _word(value)
    return exp.Literal.number(value) if isinstance(value, int) else value


def _try(text: Expr, word: str) -> Expr:
    return exp.TryCast(this=text, to=_type(word))


def _text(value: Expr) -> Expr:
    return exp.Cast(this=value, to=_type("VARCHAR"))


def _matches(text: Expr, pattern: str) -> Expr:
    return _call("REGEXP_FULL_MATCH", text, pattern)


def _same(left: Expr, right: Expr) -> Expr:
    """Return `left = right` as a condition that is false, not null, when one of them is null."""
    return exp.NullSafeEQ(this=left, expression=right)


def _all(*conditions: Expr) -> Expr:
    return exp.and_(*conditions, copy=False)


def _exists(value: Expr) -> Expr:
    return exp.not_(exp.Is(this=value, expression=exp.null()), copy=False)


def _first_true(quick: Expr, thorough: Expr) -> Expr:
    """Return `quick or thorough`; CASE, so that the thorough test runs only on the rows that the quick one leaves."""
    return exp.case().when(quick, exp.true(), copy=False).else_(thorough, copy=False)


# --- boolean ---


def _guard_boolean(text: Expr, _type: Type, parse: Parse) -> Expr:
    words = (*parse.true, *parse.false)
    return _is_one_of(text, words) if words else exp.false()


def _cast_boolean(text: Expr, _type: Type, parse: Parse) -> Expr:
    words = [(parse.true, exp.true()), (parse.false, exp.false())]
    case = exp.case()
    for group, value in words:
        if group:
            case = case.when(_is_one_of(text, group), value, copy=False)
    return case if case.args.get("ifs") else exp.null()


# --- whole numbers, decimals, doubles ---


def _separators(parse: Parse) -> str:
    """Return the characters that group digits, every form of the one that the person named."""
    for family in (_SPACES, _APOSTROPHES):
        if parse.thousands and parse.thousands in family:
            return family
    return parse.thousands or ""


def _whole(parse: Parse) -> str:
    """Return the pattern of the digits before the point: no leading zeros, groups of three, or of two before the last three."""
    if not (separators := _separators(parse)):
        return "(?:0|[1-9][0-9]*)"
    one = f"[{re.escape(separators)}]"
    if parse.grouping == "lakh":
        return f"(?:0|[1-9][0-9]*|[1-9][0-9]?(?:{one}[0-9]{{2}})*{one}[0-9]{{3}})"
    return f"(?:0|[1-9][0-9]*|[1-9][0-9]{{0,2}}(?:{one}[0-9]{{3}})+)"


def _dressed(parse: Parse) -> bool:
    """Say whether a number bears more than digits, a point and a minus before it."""
    return bool(parse.prefix or parse.suffix) or parse.sign != "minus"


def _signed(number: str, parse: Parse) -> str:
    """Return the pattern of a number, given that of its digits, with its sign and with what stands before and after it."""
    if not _dressed(parse):
        return f"-?{number}"
    before = f"{re.escape(parse.prefix)}{_BLANK}" if parse.prefix else ""
    after = f"{_BLANK}{re.escape(parse.suffix)}" if parse.suffix else ""
    if parse.sign == "parentheses":
        return rf"(?:{before}{number}{after}|\({before}{number}{after}\)|{before}\({number}\){after})"
    if parse.sign == "after":
        minus = f"{_BLANK}{_MINUS}"
        return f"{before}{number}(?:{minus}{after}|{after}(?:{minus})?)"
    sign = "-?" if parse.sign == "minus" else "[-+\u2212]?"
    return f"(?:{sign}{before}{number}{after}|{before}{sign}{number}{after})" if before else f"{sign}{number}{after}"


def _plain(text: Expr, parse: Parse) -> Expr:
    """Return the number's text with the point as `.`, no grouping, and nothing before or after it but a minus."""
    if _dressed(parse):
        return _undressed(text, parse)
    plain = text
    for separator in _separators(parse):
        plain = _call("REPLACE", plain, separator, "")
    return plain if parse.decimal == "." else _call("REPLACE", plain, parse.decimal, ".")


def _undressed(text: Expr, parse: Parse) -> Expr:
    """Return the plain text of a number with marks; it means something only where the guard holds: nothing else is in it then."""
    bare = text
    for mark in filter(None, (parse.prefix, parse.suffix)):
        bare = _call("REPLACE", bare, mark, "")
    digits = _call("REGEXP_REPLACE", bare, f"[^0-9{re.escape(parse.decimal)}]", "", "g")
    if parse.decimal != ".":
        digits = _call("REPLACE", digits, parse.decimal, ".")
    negative = _call("REGEXP_MATCHES", bare, r"[(]" if parse.sign == "parentheses" else _MINUS)
    return exp.case().when(negative, exp.DPipe(this=_word("-"), expression=digits), copy=False).else_(digits, copy=False)


def _shape(scale: int, parse: Parse) -> str:
    """Return the pattern of a decimal that has at most `scale` digits after the point, not counting zeros at the end."""
    whole, point = _whole(parse), re.escape(parse.decimal)
    fraction = f"{point}[0-9]{{1,{scale}}}0*" if scale else f"{point}0+"
    return _signed(f"(?:{whole}(?:{fraction})?|{fraction})", parse)


def _guard_integer(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    plain = _plain(text, parse)
    holds = _same(_text(_try(plain, _RULES[type.name].duckdb)), plain)
    return _all(_matches(text, _signed(_whole(parse), parse)), holds) if parse.thousands or _dressed(parse) else holds


def _cast_integer(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    return _try(_plain(text, parse), _RULES[type.name].duckdb)


def _guard_decimal(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    value = _cast_decimal(text, type, parse)
    signed = _plain(text, parse) if _dressed(parse) else text
    minus_nothing = _all(_call("STARTS_WITH", signed, "-"), exp.EQ(this=value, expression=exp.Literal.number(0)))
    thorough = _all(_matches(text, _shape(type.scale or 0, parse)), _exists(value), exp.not_(minus_nothing, copy=False))
    if parse.thousands or _dressed(parse):
        return thorough
    again = _text(value) if parse.decimal == "." else _call("REPLACE", _text(value), ".", parse.decimal)
    return _first_true(exp.EQ(this=again, expression=text), thorough)


def _cast_decimal(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    return exp.TryCast(this=_plain(text, parse), to=duckdb_type(type))


def _guard_double(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    """Accept the shortest digits of a double, however its exponent is written, and any of at most 15: each such text has its own double."""
    exponent = "" if _dressed(parse) else "(?:[eE][+-]?[0-9]{1,3})?"
    shape = _signed(f"{_whole(parse)}(?:{re.escape(parse.decimal)}[0-9]+)?{exponent}", parse)
    plain, value = _plain(text, parse), _cast_double(text, type, parse)
    digits = _digits(plain)
    size = _call("ABS", value)
    normal = _between(size, exp.Literal.number("2.2250738585072014e-308"), exp.Literal.number("1.7976931348623157e308"))
    short = exp.LTE(this=_call("LENGTH", digits), expression=exp.Literal.number(15))
    exact = exp.or_(exp.EQ(this=digits, expression=_word("")), _all(short, _or_false(normal)), copy=False)
    finite = _or_false(_call("ISFINITE", value))
    again = exp.EQ(this=_text(value), expression=plain)
    alike = exp.EQ(this=_call("RTRIM", _digits(_text(value)), "0"), expression=_call("RTRIM", digits, "0"))
    return _all(_matches(text, shape), finite, _first_true(again, _first_true(exact, alike)))


def _digits(plain: Expr) -> Expr:
    """Return the digits of a number from the first that is no zero, without its sign, its point and its exponent."""
    return _call("LTRIM", _call("REPLACE", _call("REPLACE", _call("REGEXP_REPLACE", plain, "[eE].*", ""), ".", ""), "-", ""), "0")


def _cast_double(text: Expr, _type: Type, parse: Parse) -> Expr:
    return _try(_plain(text, parse), "DOUBLE")


# --- text, uuid, json, bytes ---


def _guard_text(text: Expr, _type: Type, _parse: Parse) -> Expr:
    return exp.not_(_call("CONTAINS", text, _call("CHR", 0)), copy=False)


def _guard_uuid(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    again = exp.EQ(this=_text(_cast_uuid(text, type, parse)), expression=text)
    return _first_true(again, _matches(text, "[0-9A-Fa-f]{8}(?:-[0-9A-Fa-f]{4}){3}-[0-9A-Fa-f]{12}"))


def _guard_json(text: Expr, _type: Type, _parse: Parse) -> Expr:
    """DuckDB's parser also takes a comma before a closing bracket, NaN and Infinity: look for those outside of strings."""
    bare = _call("REGEXP_REPLACE", text, r'"(?:[^"\\]|\\.)*"', '""', "g")
    lax = _call("REGEXP_MATCHES", bare, r"(?i),\s*[\]}]|nan|inf")
    zero = _call("REGEXP_MATCHES", text, r"(?:^|[^\\])(?:\\\\)*\\u0000")
    return _all(_call("JSON_VALID", text), exp.not_(lax, copy=False), exp.not_(zero, copy=False))


def _cast_json(text: Expr, _type: Type, _parse: Parse) -> Expr:
    return _try(text, "JSON")


def _guard_bytes(text: Expr, _type: Type, _parse: Parse) -> Expr:
    return _matches(text, r"(?:\\x)?(?:[0-9A-Fa-f]{2})*")


def _cast_bytes(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    digits = _call("REGEXP_REPLACE", text, r"^\\x", "")
    return exp.case().when(_guard_bytes(text, type, parse), _call("UNHEX", digits), copy=False)


# --- dates and times ---


def _in_calendar(value: Expr, type_word: str) -> Expr:
    """Return the condition that a moment lies in the years 1 to 9999, which every storage has, and is not infinite."""
    first, last = (_FIRST + "+00", _LAST + "+00") if type_word == "TIMESTAMPTZ" else (_FIRST, _LAST)
    return _or_false(_between(value, _try(_word(first), type_word), _try(_word(last), type_word)))


def _shapes(joint: str, fraction: int, offset: str) -> Iterator[str]:
    """Yield shapes of texts that DuckDB reads as TIMESTAMPTZ only where all the `?` are digits, and of which it leaves nothing out.

    As TIMESTAMP it reads more: whatever stands behind the time may be the name of a zone there, and is not looked at.
    """
    seconds = f"??{'.'.ljust(fraction - 1, '?')}[0-9]" if fraction else "?[0-9]"
    for hour in _HOURS_AS:  # DuckDB reads 24:00 as the midnight after
        yield f"????-??-?[0-9]{joint}{hour}:??:{seconds}{re.sub('0[0-9]', '0[0-9]', offset, count=1)}"


def _is_usual(text: Expr, shapes: Sequence[str]) -> Expr:
    """Return the condition that a text has one of the shapes: DuckDB's GLOB takes a third of the time of a regular expression."""
    # No offset moves a year between the second and the last but one out of the calendar.
    inner = _between(text, _word("0002"), _word("9999"))
    return _all(inner, exp.or_(*(exp.Glob(this=text, expression=_word(shape)) for shape in shapes), copy=False))


def _strptime(text: Expr, pattern: str) -> Expr:
    return _call("TRY_STRPTIME", text, pattern)


def _in_english(text: Expr, parse: Parse) -> Expr:
    """Return the text with its month's name, of the language named, in English, which alone strptime reads; null where it has none."""
    if parse.locale is None or parse.format is None:
        return text
    short = months.short(parse.format)
    name = months.pattern(parse.locale, short=short)
    lower = _call("LOWER", text)
    if short:  # the point of an abbreviation, where a word ends there: `5 янв. 2024` stands beside `5 мая 2024`
        lower = _call("REGEXP_REPLACE", lower, rf"{name}\.([ ,]|$)", r"\1\2")
    found = _call("REGEXP_EXTRACT", lower, name)
    english = exp.Case(this=found)
    for local, month in months.names(parse.locale, short=short).items():
        word = months.ENGLISH[month - 1]
        english.when(_word(local), _word(word[:3] if short else word), copy=False)
    return _call("REPLACE", lower, found, english)


def _reads_back(text: Expr, moment: Expr, pattern: str) -> Expr:
    """Return the condition that the moment, written by the same pattern, gives the text again."""
    written, given = _call("STRFTIME", moment, pattern), text
    if pattern.endswith("%f"):
        written, given = _call("RTRIM", written, "0"), _call("RTRIM", given, "0")
    if re.search("%[aAbBp]", pattern):
        written, given = _call("LOWER", written), _call("LOWER", given)
    return _same(written, given)


def _has_zone(pattern: str) -> bool:
    return "%z" in pattern or "%Z" in pattern


def _guard_date(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    if parse.format is None:
        value = _cast_date(text, type, parse)
        # Of DuckDB's own texts those of the years 1 to 9999 alone have ten characters: that spares reading the text once more.
        of_calendar = exp.EQ(this=_call("LENGTH", text), expression=exp.Literal.number(len("0001-01-01")))
        return _all(_same(_text(value), text), of_calendar)
    if _has_zone(parse.format):
        return exp.false()
    text = _in_english(text, parse)
    moment = _strptime(text, parse.format)
    midnight = _same(_call("DATE_TRUNC", "day", moment), moment)
    return _all(_reads_back(text, moment, parse.format), midnight, _in_calendar(moment, "TIMESTAMP"))


def _cast_date(text: Expr, _type: Type, parse: Parse) -> Expr:
    return _try(_strptime(_in_english(text, parse), parse.format) if parse.format else text, "DATE")


def _guard_time(text: Expr, _type: Type, parse: Parse) -> Expr:
    if parse.format is None:
        return _matches(text, _TIME)
    if _has_zone(parse.format):
        return exp.false()
    moment = _strptime(text, parse.format)
    only_time = _same(_try(moment, "DATE"), _try(_word("1900-01-01"), "DATE"))
    return _all(_reads_back(text, moment, parse.format), only_time)


def _cast_time(text: Expr, _type: Type, parse: Parse) -> Expr:
    return _try(_strptime(text, parse.format) if parse.format else text, "TIME")


def _guard_timestamp(text: Expr, type: Type, parse: Parse) -> Expr:  # noqa: A002  the word of the language
    value = _cast_timestamp(text, type, parse)
    if parse.format is None:
        shape = _matches(text, f"{_DATE}(?:[ T]{_TIME})?")
        again = exp.EQ(this=_text(value), expression=text)
        return _all(_in_calendar(value, "TIMESTAMP"), _first_true(again, shape))
    if _has_zone(parse.format):
        return exp.false()
    return _all(_reads_back(_in_english(text, parse), value, parse.format), _in_calendar(value, "TIMESTAMP"))


def _cast_timestamp(text: Expr, _type: Type, parse: Parse) -> Expr:
    if parse.format is None:
        return _try(text, "TIMESTAMP")
    return exp.null() if _has_zone(parse.format) else _strptime(_in_english(text, parse), parse.format)


def _split_offset(text: Expr) -> tuple[Expr, Expr]:
    """Return the text before its offset, and the offset (empty where there is none)."""
    pattern = f"{_OFFSET}$"
    return _call("REGEXP_REPLACE", text, pattern, ""), _call("REGEXP_EXTRACT", text, pattern)


def _zoned(text: Expr, parse: Parse) -> tuple[Expr, Expr]:
    """Return the guard and the cast of a text that carries its own offset, at its end."""
    if parse.format is None:
        with_seconds = _call("REGEXP_REPLACE", text, r"^(.{16})([Z+-])", r"\1:00\2")  # DuckDB 1.5 reads no offset after minutes
        value: Expr = _first(_try(text, "TIMESTAMPTZ"), _try(with_seconds, "TIMESTAMPTZ"))
        # No offset moves a year between the second and the last but one out of the calendar.
        inner = _between(text, _word("0002"), _word("9999"))
        of_calendar = _first_true(inner, _in_calendar(value, "TIMESTAMPTZ"))
        # First what no condition stands before: DuckDB then reads the text once, for the guard and for the cast.
        return _all(_exists(value), _matches(text, f"{_DATE}[ T]{_TIME}{_OFFSET}"), of_calendar), value
    if not parse.format.endswith("%z") or _has_zone(parse.format[:-2]):
        return exp.false(), exp.null()
    wall_parse = replace(parse, format=parse.format[:-2])
    wall, offset = _split_offset(text)
    moment = _call("STRFTIME", _cast_timestamp(wall, _TIMESTAMP, wall_parse), "%Y-%m-%d %H:%M:%S.%f")
    value = _try(exp.DPipe(this=moment, expression=offset), "TIMESTAMPTZ")
    has_offset = exp.NEQ(this=offset, expression=_word(""))
    return _all(has_offset, _guard_timestamp(wall, _TIMESTAMP, wall_parse), _in_calendar(value, "TIMESTAMPTZ")), value


def _placed(text: Expr, parse: Parse, zone: str) -> tuple[Expr, Expr]:
    """Return the guard and the cast of a text without an offset that is read in the zone; its clock must have shown that time."""
    moment = _cast_timestamp(text, _TIMESTAMP, parse)
    value = _call("TIMEZONE", zone, moment)
    shown = _same(_call("TIMEZONE", zone, value), moment)
    return _all(_guard_timestamp(text, _TIMESTAMP, parse), shown, _in_calendar(value, "TIMESTAMPTZ")), value


def _timestamptz(text: Expr, parse: Parse) -> tuple[Expr, Expr]:
    zoned = _zoned(text, parse)
    if parse.timezone is None or (parse.format and _has_zone(parse.format)):
        return zoned
    placed = _placed(text, parse, parse.timezone)
    if parse.format is not None:
        return placed
    has_offset = _matches(text, f".*{_OFFSET}")
    guards, casts = (exp.case().when(has_offset, own, copy=False).else_(wall, copy=False) for own, wall in zip(zoned, placed, strict=True))
    return guards, casts


def _guard_timestamptz(text: Expr, _type: Type, parse: Parse) -> Expr:
    return _timestamptz(text, parse)[0]


def _cast_timestamptz(text: Expr, _type: Type, parse: Parse) -> Expr:
    return _timestamptz(text, parse)[1]


# --- canonical texts ---


def _canonical_text(value: Expr, _type: Type) -> Expr:
    return _text(value)


def _canonical_decimal(value: Expr, type: Type) -> Expr:  # noqa: A002  the word of the language
    """DuckDB leaves the zero before the point out where the type has no digit there."""
    return _call("REGEXP_REPLACE", _text(value), r"^(-?)\.", r"\10.") if type.precision == type.scale else _text(value)


def _canonical_bytes(value: Expr, _type: Type) -> Expr:
    return _call("LOWER", _call("HEX", value))


def _six_digits(text: Expr, length: int) -> Expr:
    """Return DuckDB's text of a time with its fraction, if any, filled up to microseconds."""
    return exp.case().when(_call("CONTAINS", text, "."), _call("RPAD", text, length, "0"), copy=False).else_(text, copy=False)


def _canonical_time(value: Expr, _type: Type) -> Expr:
    return _six_digits(_text(value), len("00:00:00.000000"))


def _canonical_timestamp(value: Expr, _type: Type) -> Expr:
    return _six_digits(_text(value), len(_LAST))


def _canonical_timestamptz(value: Expr, type: Type) -> Expr:  # noqa: A002  the word of the language
    return exp.DPipe(this=_canonical_timestamp(_call("TIMEZONE", "UTC", value), type), expression=_word("+00"))


def _as_is(text: Expr, _type: Type, _parse: Parse) -> Expr:
    return text


def _cast_uuid(text: Expr, _type: Type, _parse: Parse) -> Expr:
    return _try(text, "UUID")


# --- the table ---


@dataclass(frozen=True, slots=True)
class _Rule:
    """All that is to know about one portable type here."""

    duckdb: str
    guard: Callable[[Expr, Type, Parse], Expr]
    cast: Callable[[Expr, Type, Parse], Expr]
    canonical: Callable[[Expr, Type], Expr]


_RULES: Final[Mapping[str, _Rule]] = MappingProxyType(
    {
        "boolean": _Rule("BOOLEAN", _guard_boolean, _cast_boolean, _canonical_text),
        "smallint": _Rule("SMALLINT", _guard_integer, _cast_integer, _canonical_text),
        "integer": _Rule("INTEGER", _guard_integer, _cast_integer, _canonical_text),
        "bigint": _Rule("BIGINT", _guard_integer, _cast_integer, _canonical_text),
        "decimal": _Rule("DECIMAL", _guard_decimal, _cast_decimal, _canonical_decimal),
        "double": _Rule("DOUBLE", _guard_double, _cast_double, _canonical_text),
        "text": _Rule("VARCHAR", _guard_text, _as_is, _canonical_text),
        "date": _Rule("DATE", _guard_date, _cast_date, _canonical_text),
        "time": _Rule("TIME", _guard_time, _cast_time, _canonical_time),
        "timestamp": _Rule("TIMESTAMP", _guard_timestamp, _cast_timestamp, _canonical_timestamp),
        "timestamptz": _Rule("TIMESTAMPTZ", _guard_timestamptz, _cast_timestamptz, _canonical_timestamptz),
        "uuid": _Rule("UUID", _guard_uuid, _cast_uuid, _canonical_text),
        "json": _Rule("JSON", _guard_json, _cast_json, _canonical_text),
        "bytes": _Rule("BLOB", _guard_bytes, _cast_bytes, _canonical_bytes),
    }
)

_GROUPING: Final = "how digits are grouped"
_MARKS: Final = "with `parse.prefix`, `suffix` or `sign`: blanks between, a plus, where the minus stood"
_ZEROS: Final = "zeros at the end of the fraction"
_CLOCK: Final = "seconds and fractions that are zero: written or not"
_DAY: Final = (
    "with %y in `parse.format`: the century",
    "with names of months or days: the case of their letters",
    "with `parse.locale`: which form of a month's name, and the point of an abbreviated one",
)

GIVES_UP: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "boolean": ("which of several words for true or false stood there",),
        "smallint": (_GROUPING, _MARKS),
        "integer": (_GROUPING, _MARKS),
        "bigint": (_GROUPING, _MARKS),
        "decimal": (_GROUPING, _MARKS, _ZEROS, "the zero before the point: written or not"),
        "double": (_GROUPING, _MARKS, _ZEROS, "how the exponent is written"),
        "text": (),
        "date": _DAY,
        "time": (_CLOCK,),
        "timestamp": ("T or a space before the time", _CLOCK, "midnight: written or not", *_DAY),
        "timestamptz": (
            "T or a space before the time",
            _CLOCK,
            "the offset itself: the moment is kept, in UTC",
            "with `parse.timezone`: which of the two equal hours was meant when clocks go back",
            *_DAY,
        ),
        "uuid": ("the case of a UUID's letters",),
        "json": ("where a storage keeps parsed JSON: blanks, the order of keys, repeated keys",),
        "bytes": ("the case of hex digits", r"whether `\x` stood before them"),
    }
)
"""Per portable type, what of an accepted text is not kept."""
