"""The part for engineers: what is read and how, every column, the key with its proof, checks, the way of the rows, who decided what."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Final

from markupsafe import Markup

from dataeng_ai import pictures
from dataeng_ai.emit.markdown import short
from dataeng_ai.report.blocks import Bullets, Listing, Pairs, Paragraph, Picture, Section, Table
from dataeng_ai.report.managers import limit, when
from dataeng_ai.report.tongue import code, codes
from dataeng_ai.targets.table import refers_to

if TYPE_CHECKING:
    from collections.abc import Iterator

    from dataeng_ai.emit.facts import CheckFact, ColumnFact, DecisionFact
    from dataeng_ai.report.blocks import Block
    from dataeng_ai.report.known import Known
    from dataeng_ai.report.tongue import Tongue

_MINUTE: Final = 60
_WIDTHS: Final = (16, 17, 18, 15, 7, 7, 20)
_DECISIONS: Final = (18, 26, 11, 33, 12)


def sections(known: Known, words: Tongue) -> tuple[Section, ...]:
    """Return the sections in the order of the way of the rows."""
    found: tuple[tuple[str, tuple[Block, ...]], ...] = (
        ("lineage", _lineage(known, words)),
        ("source", _source(known, words)),
        ("columns", _columns(known, words)),
        ("keys", tuple(_keys(known, words))),
        ("load", _load(known, words)),
        ("checks", _checks(known, words)),
        ("runs", (Pairs(tuple(_runs(known, words))),)),
        ("given_up", _given_up(known, words)),
        ("decisions", tuple(_decisions(known, words))),
        ("ddl", (Listing(_without_gaps(known.ddl)),)),
    )
    return tuple(Section(words.phrases["headings"][key], blocks, whole=True) for key, blocks in found if blocks)


def _lineage(known: Known, words: Tongue) -> tuple[Block, ...]:
    facts = known.facts
    nodes = {task: words.word("tasks", task) for task in ("stage", "check", "publish", "reconcile")}

    def box(name: str, note: str) -> str:
        while name in nodes:  # a table, a spec and a task may share a name
            name += " "
        nodes[name] = note
        return name

    waits = [box(name, words.word("tasks", "after")) for name in (facts.pipeline.schedule.after if facts.pipeline.schedule else ())]
    source = box(facts.source, words.word("tasks", "source"))
    rejects, table = box("_dataeng_rejects", words.word("tasks", "rejects")), box(facts.table, facts.storage)
    edges = [*((name, "stage") for name in (*waits, source)), ("stage", "check"), ("check", "publish"), ("publish", "reconcile")]
    edges += [("stage", rejects), ("publish", table)]
    referred = dict.fromkeys(
        key.references.table for key in facts.pipeline.foreign_keys if key.references.table != facts.pipeline.target.table
    )
    edges += [(table, box(name, words.word("tasks", "referred"))) for name in referred]
    told = words.say("lineage", source=code(facts.source), table=code(facts.table), rejects=code(rejects), dag=code(facts.pipeline.name))
    title = words.phrases["headings"]["lineage"]
    return Picture(pictures.flow(nodes, edges, title), title), Paragraph(told)


def _without_gaps(ddl: str) -> str:
    """Return statements without the empty lines between them."""
    return ddl.replace(";\n\n", ";\n").rstrip("\n")


def _source(known: Known, words: Tongue) -> tuple[Block, ...]:
    source = known.facts.pipeline.source
    rows: list[tuple[str, object]] = [
        (words.word("dialect", "path"), code(known.facts.source)),
        (words.word("dialect", "format"), code(source.format)),
    ]
    if source.records is not None:
        rows.append((words.word("dialect", "records"), code(source.records)))
    block = getattr(source, source.format, None)
    said = asdict(block) if block is not None else {}
    told = {name: value for name, value in said.items() if name in words.phrases["dialect"] and value not in (None, 0, ())}
    rows += [(words.word("dialect", name), _value(value, words)) for name, value in told.items()]
    blocks: list[Block] = [Pairs(rows)]
    if known.profile and known.profile.reasons:
        blocks += [Paragraph(words.say("why_dialect")), Bullets([words.told(reason) for reason in known.profile.reasons])]
    return tuple(blocks)


def _value(value: object, words: Tongue) -> Markup:
    if isinstance(value, bool):
        return words.say("yes" if value else "no")
    if isinstance(value, (list, tuple)):
        return codes(one or '""' for one in value)
    return code(value)


def _columns(known: Known, words: Tongue) -> tuple[Block, ...]:
    facts = known.facts
    profile = known.profile
    rows = [_column(column, known, words) for column in facts.columns]
    extra = [("_extra", words.phrases["extra"])] if facts.pipeline.has_extra() else []
    added = [*extra, *((name, words.word("stamps", name)) for name in facts.stamps)]
    head = words.phrases["columns_head"] if profile else words.phrases["columns_head"][:3] + words.phrases["columns_head"][-1:]
    blocks: list[Block] = [Table(head, rows, frozenset((4, 5)), _WIDTHS) if profile else Table(head, rows, widths=(18, 22, 24, 36))]
    if added:
        told = Markup("; ").join(words.say("added", name=code(name), meaning=meaning) for name, meaning in added)
        blocks.append(Paragraph(words.say("added_columns", columns=told)))
    if not profile:
        blocks.append(Paragraph(words.say("no_profile", name=facts.pipeline.name)))
    return tuple(blocks)


def _column(column: ColumnFact, known: Known, words: Tongue) -> tuple[object, ...]:
    kind = code(column.type if column.physical is None else f"{column.type} → {column.physical}")
    needed = words.say("required") if column.needed else ""
    stored = Markup(" ").join(part for part in (kind, needed) if part) if column.stored else words.say("not_stored")
    meaning = _sense(column, words)
    named = (code(column.name), column.source, stored)
    if known.profile is None:
        return (*named, meaning)
    facts = known.column(column.source)
    if facts is None:
        return (*named, "", "", "", meaning)
    about = "" if facts.distinct_exact else "≈\u00a0"
    empty = words.share(facts.nulls, known.profile.rows) if facts.nulls else "0"
    return (*named, words.word("roles", facts.role), empty, f"{about}{words.number(facts.distinct)}", meaning)


def _sense(column: ColumnFact, words: Tongue) -> str:
    """Return what a column means; that its data are personal is said once, in the report's language."""
    told = (column.description or "").removesuffix(f"; personal data ({column.category})")
    parts = [told, f"[{column.unit}]" if column.unit else ""]
    if column.category and column.handling:
        category, way = words.word("categories", column.category), words.word("handling", column.handling)
        parts.append(f"({words.say('personal', category=category, way=way)})")
    return " ".join(part for part in parts if part)


def _keys(known: Known, words: Tongue) -> Iterator[Block]:
    key = known.facts.pipeline.primary_key
    yield Paragraph(words.say("key", columns=codes(key)) if key else words.say("no_key"))
    if keys := known.facts.pipeline.foreign_keys:
        told = [words.say("refers", columns=codes(one.columns), table=code(refers_to(one.references))) for one in keys]
        yield Bullets(told)
    if known.profile and known.profile.keys:
        proofs = [(codes(known.names(one.columns)), words.told(one.reason)) for one in known.profile.keys]
        yield Table(words.phrases["keys_head"], proofs)


def _load(known: Known, words: Tongue) -> tuple[Block, ...]:
    pipeline = known.facts.pipeline
    rows: list[tuple[str, object]] = [
        (words.word("settings", "mode"), Markup("{}. {}").format(code(pipeline.load.mode), words.word("modes", pipeline.load.mode)))
    ]
    why = next((one for one in known.facts.decisions if one.place == "load.mode"), None)
    if why:
        rows.append((words.word("settings", "why"), _because(why, words)))
    if pipeline.load.cursor:
        rows.append((words.word("settings", "cursor"), words.say("cursor", column=code(pipeline.load.cursor))))
    rows.append((words.word("settings", "rejects"), limit(known, words)))
    rows += [
        (words.word("settings", kind), words.told(words.word(kind, getattr(pipeline.drift, kind))))
        for kind in ("new_column", "dropped_column", "type_change")
    ]
    return (Pairs(rows),)


def _because(one: DecisionFact, words: Tongue) -> Markup:
    return Markup("; ").join(words.told(part) for part in (one.evidence, one.reason) if part)


def _checks(known: Known, words: Tongue) -> tuple[Block, ...]:
    rows = [(code(one.check.name), _meaning(one, words), words.word("severity", one.check.severity)) for one in known.facts.checks]
    return (Table(words.phrases["checks_head"], rows),) if rows else ()


def _meaning(one: CheckFact, words: Tongue) -> Markup:
    check = one.check
    bounds = [
        words.say(key, n=code(value)) for key, value in (("at_least", check.minimum), ("at_most", check.maximum)) if value is not None
    ]
    told = words.say(
        f"check_{check.kind}",
        columns=codes(check.columns),
        bounds=Markup(", ").join(bounds),
        values=codes(check.values),
        pattern=code(check.pattern or ""),
        table=code(refers_to(check.references) if check.references else ""),
        age=words.count("hours", round((check.max_age or 0) / _MINUTE**2)),
    )
    return words.say("implied", check=told) if one.implied else told


def _runs(known: Known, words: Tongue) -> Iterator[tuple[str, object]]:
    pipeline = known.facts.pipeline
    schedule, run = pipeline.schedule, pipeline.run
    yield words.word("settings", "when"), when(known, words)
    if schedule and schedule.cron:
        yield "cron", Markup("{}, {}").format(code(schedule.cron), schedule.timezone)
        yield words.word("settings", "start"), words.day(schedule.start_date)
        yield words.word("settings", "catchup"), words.word("catchup", "yes" if schedule.catchup else "no")
    minutes = words.count("minutes", run.retry_delay // _MINUTE)
    yield words.word("settings", "retries"), words.say("retries", times=words.count("times", run.retries), delay=minutes)
    yield words.word("settings", "timeout"), words.count("minutes", run.timeout // _MINUTE)
    if run.pool:
        yield words.word("settings", "pool"), code(run.pool)
    if known.load:
        yield words.word("settings", "load_id"), code(known.load.load_id)


def _given_up(known: Known, words: Tongue) -> tuple[Block, ...]:
    items = [Markup("{}: {}").format(code(kind), words.told(loss)) for kind, loss in known.facts.gives_up]
    return (Paragraph(words.say("given_up")), Bullets(items)) if items else ()


def _decisions(known: Known, words: Tongue) -> Iterator[Block]:
    found = known.facts.decisions
    if not found:
        yield Paragraph(words.say("no_lock"))
        return
    whom = {"profile": 0, "rule": 0, "model": 0}
    for one in found:
        whom[one.by.partition(":")[0]] += max(len(one.columns), 1)
    counts = {name: words.count("values", number) for name, number in whom.items()}
    yield Paragraph(words.say("decided", **counts))
    yield Table(words.phrases["decisions_head"], [_decision(one, known, words) for one in found], widths=_DECISIONS)


def _decision(one: DecisionFact, known: Known, words: Tongue) -> tuple[object, ...]:
    kind = one.by.partition(":")[0]
    by = words.say("by_model", model=one.model or "") if kind == "model" else words.word("by", kind)
    nearly = code(short(one.runner_up)) if one.runner_up else ""
    if not one.columns:
        return code(one.place), code(short(one.value)), by, _because(one, words), nearly
    every = len(one.columns) == len(known.facts.columns)
    columns = words.phrases["all_columns"] if every else codes(one.columns)
    value = Markup("{}: {}").format(code(short(one.value)), columns) if one.value is not None else columns
    where = words.say("on_columns", place=code(one.place), columns=words.count("columns", len(one.columns)))
    return where, value, by, _because(one, words), nearly
