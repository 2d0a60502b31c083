"""The part for managers, one page: what it is for, where the data come from, how fresh and how good they are, what may go wrong."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from dataeng_ai import targets
from dataeng_ai.profile.pace import YEAR
from dataeng_ai.report.blocks import Bullets, Paragraph, Section, Table, Tile
from dataeng_ai.report.risks import risks
from dataeng_ai.report.timing import in_words
from dataeng_ai.report.tongue import code, codes

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from dataeng_ai.emit.facts import ColumnFact
    from dataeng_ai.report.known import Known, LastLoad
    from dataeng_ai.report.tongue import Tongue

_REASONS: Final = 6
"""Reasons for turning rows away that one page has room for."""
_PERSONAL: Final = 12
"""Columns with personal data that are named for each way to handle them."""
_GAPS: Final = 3
"""Columns with the most empty cells that are named."""


def tiles(known: Known, words: Tongue) -> tuple[Tile, ...]:
    """Return the numbers that are seen first: those that are known."""
    found = []
    load, profile, pipeline = known.load, known.profile, known.facts.pipeline
    if load:
        label = words.phrases["tile_loaded"]
        found.append(Tile(label, words.number(load.rows_loaded), words.say("of_rows", rows=words.count("rows", load.rows_in))))
        share = words.share(load.rows_rejected, load.rows_in)
        found.append(Tile(words.phrases["tile_rejected"], words.number(load.rows_rejected), share))
    elif profile:
        found.append(
            Tile(words.phrases["tile_rows"], words.number(profile.rows), words.count("files", profile.files) if profile.files else "")
        )
    checks = known.facts.checks
    stopping = sum(one.check.severity == "error" for one in checks)
    found.append(Tile(words.phrases["tile_checks"], words.number(len(checks)), words.say("of_them_stop", n=words.number(stopping))))
    personal = len(known.facts.personal)
    found.append(Tile(words.phrases["tile_personal"], words.number(personal), words.count("of_columns", len(pipeline.columns))))
    return tuple(found)


def owner(known: Known, words: Tongue) -> Markup:
    """Return who answers for the pipeline."""
    name = known.facts.pipeline.owner
    return words.say("owner", name=name) if name else words.say("no_owner")


def sections(known: Known, words: Tongue) -> tuple[Section, ...]:
    """Return the sections in the order in which a manager asks."""
    about = tuple(Paragraph(part) for part in known.facts.pipeline.about.split("\n\n") if part.strip())
    found = (
        ("purpose", about or (Paragraph(words.say("no_about")),)),
        ("origin", _origin(known, words)),
        ("fresh", (Bullets(tuple(_fresh(known, words))),)),
        ("rows", tuple(_rows(known, words))),
        ("quality", (Bullets(tuple(_quality(known, words))),)),
        ("personal", _personal(known, words)),
        ("growth", tuple(_growth(known, words))),
        ("risks", (Bullets(risks(known, words) or (words.say("no_risks"),)),)),
    )
    return tuple(Section(words.phrases["headings"][key], blocks) for key, blocks in found if blocks)


def _origin(known: Known, words: Tongue) -> tuple[Paragraph, ...]:
    facts, profile = known.facts, known.profile
    form = words.word("formats", facts.pipeline.source.format)
    size = ""
    if profile and profile.files:
        size = words.say("sized", files=words.count("files", profile.files), size=words.size(profile.bytes))
    connection = facts.pipeline.target.connection
    through = words.say("through", connection=code(connection)) if connection else ""
    return (
        Paragraph(words.say("comes_from", source=code(facts.source), format=form, size=size)),
        Paragraph(words.say("goes_to", table=code(facts.table), storage=facts.storage, through=through)),
    )


def when(known: Known, words: Tongue) -> Markup:
    """Return when the pipeline runs, in words."""
    schedule = known.facts.pipeline.schedule
    if schedule is None:
        return words.say("by_hand")
    if schedule.cron is None:
        return words.say("runs_after", names=codes(schedule.after))
    told = in_words(schedule.cron, words) or words.say("by_cron", cron=code(schedule.cron))
    return words.say("scheduled", when=told, zone=schedule.timezone)


def _fresh(known: Known, words: Tongue) -> Iterator[Markup]:
    yield when(known, words)
    if known.profile and known.profile.times:
        time = known.profile.times[0]
        [name] = known.names([time.name])
        yield words.say("covers", column=code(name), first=words.day(time.minimum), last=words.day(time.maximum))
    yield words.say("last_load", moment=words.moment(known.load.at)) if known.load else words.say("no_load")
    if known.refused:
        yield words.say("refused_load", moment=words.moment(known.refused.at))


def _rows(known: Known, words: Tongue) -> Iterator[Paragraph | Table]:
    load = known.load
    if load:
        yield Table(words.phrases["rows_head"], _balance(load, words), frozenset((1, 2)))
        if load.reasons:
            yield Table(words.phrases["reasons_head"], _reasons(load, words), frozenset((1,)))
    elif known.profile:
        yield Paragraph(words.say("rows_today", rows=words.count("rows", known.profile.rows), rejects=words.number(known.profile.rejects)))
    else:
        yield Paragraph(words.say("rows_unknown"))
    yield Paragraph(limit(known, words))


def _balance(load: LastLoad, words: Tongue) -> list[tuple[object, ...]]:
    """Return where each record of the last load went; what none of them did is left out."""
    counts = ("rows_loaded", "rows_rejected", "rows_filtered", "rows_deduplicated", "rows_skipped")
    kept = [(name, number) for name in counts if (number := getattr(load, name)) or name in counts[:2]]
    rows: list[tuple[object, ...]] = [(words.word("balance", name), words.number(n), words.share(n, load.rows_in)) for name, n in kept]
    return [(words.word("balance", "rows_in"), words.number(load.rows_in), ""), *rows]


def _reasons(load: LastLoad, words: Tongue) -> list[tuple[object, ...]]:
    def row(column: str | None, reason: str, count: int) -> tuple[object, ...]:
        told = words.told(reason)
        return (words.say("in_column", column=code(column), reason=told) if column else told, words.number(count))

    rows = [row(*each) for each in load.reasons[:_REASONS]]
    rest = sum(count for _, _, count in load.reasons[_REASONS:])
    return [*rows, (words.say("other_reasons"), words.number(rest))] if rest else rows


def limit(known: Known, words: Tongue) -> Markup:
    """Return how many bad rows a load may have."""
    load = known.facts.pipeline.load
    if load.max_rejects_percent is not None:
        percent = words.phrases["percent"].format(n=load.max_rejects_percent.rstrip("%").replace(".", words.phrases["point"]))
        return words.say("limit_share", percent=percent)
    return words.say("limit_count", n=words.number(load.max_rejects)) if load.max_rejects else words.say("limit_none")


def _quality(known: Known, words: Tongue) -> Iterator[Markup]:
    facts, profile = known.facts, known.profile
    stopping = sum(one.check.severity == "error" for one in facts.checks)
    if facts.checks:
        values = {"checks": words.count("checks", len(facts.checks)), "stop": words.number(stopping)}
        yield words.say("checked", **values, warn=words.number(len(facts.checks) - stopping))
    yield words.say("never_half")
    if key := facts.pipeline.primary_key:
        yield words.say("known_by", key=codes(key))
    if profile:
        told = [words.say("gap", column=code(name), share=words.share(nulls, profile.rows)) for name, nulls in _gaps(known)[:_GAPS]]
        yield words.say("gaps", columns=Markup(", ").join(told)) if told else words.say("no_gaps")
        if profile.duplicates:
            yield words.say("duplicates", rows=words.count("rows", profile.duplicates))


def _gaps(known: Known) -> list[tuple[str, int]]:
    """Return the columns with empty cells and how many, the emptiest first."""
    found = [(column.name, facts.nulls) for column in known.facts.columns if (facts := known.column(column.source)) and facts.nulls]
    return sorted(found, key=lambda gap: -gap[1])


def _personal(known: Known, words: Tongue) -> tuple[Paragraph | Bullets, ...]:
    found = known.facts.personal
    if not found:
        return (Paragraph(words.say("nothing_personal")),)
    ways = groupby(sorted(found, key=lambda column: column.handling or ""), key=lambda column: column.handling or "keep")
    items = [words.say("personal_way", way=words.word("handling", way), columns=_named(tuple(columns), words)) for way, columns in ways]
    return (Bullets(items),)


def _named(columns: Sequence[ColumnFact], words: Tongue) -> Markup:
    """Return columns with what they hold, as many as the page has room for."""
    told = [
        words.say("personal_column", column=code(column.name), category=words.word("categories", column.category or ""))
        for column in columns[:_PERSONAL]
    ]
    more = len(columns) - len(told)
    return Markup(", ").join([*told, words.say("and_more", columns=words.count("columns", more))] if more else told)


def _growth(known: Known, words: Tongue) -> Iterator[Paragraph | Table]:
    """Yield the size today, and in a year if rows come as they did."""
    profile, pace = known.profile, known.pace
    if profile is None:
        yield Paragraph(words.say("size_unknown"))
        return
    ours = known.facts.pipeline.target.storage
    sizes = dict(profile.forecast)
    order = [ours, *(storage for storage in sizes if storage != ours and storage in targets.STORAGES)]
    head = words.phrases["growth_head"]
    grown = 1 + pace.after(YEAR) / profile.rows if pace else 0
    rows = [
        (targets.design(storage).CAPABILITIES.title, words.size(sizes[storage]), words.size(int(sizes[storage] * grown)))
        for storage in order
        if storage in sizes
    ]
    yield Table(head if pace else head[:2], rows if pace else [row[:2] for row in rows], frozenset((1, 2)))
    if pace:
        [name] = known.names([pace.column])
        day, year = words.about(pace.after(1)), words.about(pace.after(YEAR))
        yield Paragraph(words.say("pace", day=day, column=code(name), days=words.count("days", pace.days), year=year))
    yield Paragraph(words.say("no_prices"))
