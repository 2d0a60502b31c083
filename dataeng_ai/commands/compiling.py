"""From a completed spec to files: check, compile, and one artifact at a time."""

from __future__ import annotations

import shutil
from itertools import zip_longest
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import command, here, name_argument, names_argument
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.diagnostics import Diagnostic, Text
    from dataeng_ai.draft import Draft
    from dataeng_ai.emit import There
    from dataeng_ai.project import Project
    from dataeng_ai.spec.spec import Spec

_START = ("start one: `spec new NAME --source FILE`",)

Format = Literal["text", "json", "github", "gitlab"]


@command("check", "", "tickets", "--format github")
@names_argument
@click.option("--format", "form", type=click.Choice(["text", "json", "github", "gitlab"]), default="text", help="How to say what is wrong.")
def check(names: Sequence[str] = (), form: Format = "text") -> Result:
    """Say what is wrong with specs; without NAMES, with all of them."""
    from dataeng_ai import diagnostics  # noqa: PLC0415  start-up imports click alone

    project = here()
    chosen = _chosen(names, project)
    if not chosen and form == "text":
        return Result("no specs here yet", [], _START)
    found, texts, notes = [], [], []
    for name in chosen:
        problems, text, note = _checked(name, project)
        found += problems
        texts += text
        notes += note
    errors = any(diagnostic.severity == "error" for diagnostic in found)
    if form != "text":
        return Result(diagnostics.FORMATS[form](found, texts), exit_code=int(errors))
    verdict = "" if errors else f"{len(chosen)} checked, no errors"
    return Result(
        diagnostics.render(found, texts) or verdict,
        diagnostics.as_dicts(found),
        tuple(notes),
        int(errors),
        html=lambda: cards.compiling.checked(len(chosen), found, texts, notes),
    )


def _checked(name: str, project: Project) -> tuple[list[Diagnostic], list[Text], list[str]]:
    """Check one spec: the static rules, and with a fresh profile at hand those that need data."""
    from dataeng_ai.check import check as static  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Problems  # noqa: PLC0415  as above
    from dataeng_ai.project import open_spec  # noqa: PLC0415  as above

    try:
        draft = open_spec(name, project)
    except Problems as problems:
        return list(problems.diagnostics), list(problems.texts), []
    checked = static(draft, project)
    proved = _proved(draft, checked.spec, project)
    if proved is None:
        note = f"{name}: not held against its data, there is no fresh profile; `spec profile {name}` makes one"
        return list(checked.diagnostics), [draft.text], [note]
    return [*checked.diagnostics, *proved], [draft.text], []


def _proved(draft: Draft, spec: Spec | None, project: Project) -> tuple[Diagnostic, ...] | None:
    """Hold a spec against its data; where no profile is kept, as in CI, what would do so is not even loaded."""
    from dataeng_ai.profile import store  # noqa: PLC0415  start-up imports click alone

    if not store.place(project, draft.name).is_file():
        return None
    from dataeng_ai import build  # noqa: PLC0415  as above

    return build.with_data(draft, spec, project)


@command("compile", "", "tickets --diff", "--check")
@names_argument
@click.option("--out", type=click.Path(file_okay=False), default="build", show_default=True, help="Where the files go.")
@click.option("--check", "verify", is_flag=True, help="Write nothing; exit 1 if a file would change.")
@click.option("--diff", is_flag=True, help="Write nothing; show what would change.")
def compile_specs(names: Sequence[str] = (), out: str = "build", *, verify: bool = False, diff: bool = False) -> Result:
    """Write DDL, SQL, DAGs and reports to build/."""
    if not names and _nothing_changed(out):
        return Result("" if diff else "nothing to change", [], html=lambda: cards.compiling.compiled((), ""))
    from dataeng_ai import build, plan  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.emit.manifest import PATH as MANIFEST  # noqa: PLC0415  as above

    project = here()
    folder = project.root / out
    if not _chosen(names, project) and not (folder / MANIFEST).is_file():
        return Result("no specs here yet", [], _START)
    changes = build.changes(names, project, folder)
    data = [{"path": change.path, "change": change.kind} for change in changes]
    if diff:
        text = plan.diff(changes)
        return Result(text, data, exit_code=int(verify and bool(changes)), html=lambda: cards.compiling.differs(changes))
    if verify:
        stale = "1 file is" if len(changes) == 1 else f"{len(changes)} files are"
        notes = (f"{stale} stale; `spec compile` writes what belongs there",) if changes else ()
        return Result(
            plan.summary(changes),
            data,
            notes,
            int(bool(changes)),
            html=lambda: cards.compiling.compiled(changes, "would be written", notes),
        )
    plan.write(changes, folder)
    return Result(plan.summary(changes), data, html=lambda: cards.compiling.compiled(changes, f"written to {out}"))


def _nothing_changed(out: str) -> bool:
    """Say whether the whole project stands compiled; known before any language, SQL or template is imported."""
    from dataeng_ai import unchanged  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.project import Project, root_of, spec_names  # noqa: PLC0415  as above

    root = root_of(Path.cwd())
    return unchanged.Compiled(root, spec_names(Project(root))).all_same(root / out)


@command("ddl", "tickets", "tickets --storage duckdb --storage postgres")
@name_argument
@click.option(
    "--storage",
    "storages",
    multiple=True,
    help="For another storage than the spec's own; given twice, two stand side by side; `all` is each.",
)
@click.option("--format", "form", type=click.Choice(["text", "json"]), default="text", show_default=True)
def ddl(name: str, storages: Sequence[str] = (), form: Literal["text", "json"] = "text") -> Result:
    """Print the DDL of the table, to hand to a DBA."""
    from dataeng_ai import build, emit, targets  # noqa: PLC0415  start-up imports click alone
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  as above

    for storage in storages:
        if storage not in ("all", *targets.STORAGES):
            help_ = "one of " + ", ".join(f"`{known}`" for known in (*targets.STORAGES, "all"))
            raise Problems(Diagnostic("E044", f"there is no storage `{storage}`", help=help_))
    pipeline = build.lowered(name, here())
    chosen = tuple(targets.STORAGES) if "all" in storages else tuple(dict.fromkeys(storages)) or (pipeline.target.storage,)
    if len(chosen) == 1:
        text = emit.ddl(pipeline, chosen[0]).rstrip("\n")
        return Result(
            text, {"storage": chosen[0], "ddl": text}, as_json=form == "json", html=lambda: cards.compiling.ddl(name, chosen[0], text)
        )
    found = emit.beside(pipeline, chosen)
    data = {one.storage: {"ddl": one.ddl, "types": dict(one.types), "keeps": one.keeps, "gives_up": one.gives_up} for one in found}
    return Result(_beside(found), data, value=found, as_json=form == "json", html=lambda: cards.compiling.beside(name, found))


def _beside(found: Sequence[There]) -> str:
    """Return tables in several storages: in columns where the terminal is wide enough for their longest lines, else below one another."""
    blocks = [_there(one) for one in found]
    widths = [max(map(len, block)) for block in blocks]
    if sum(widths) + 3 * (len(widths) - 1) > shutil.get_terminal_size((0, 0)).columns:
        return "\n\n".join("\n".join(block) for block in blocks)
    lines = zip_longest(*blocks, fillvalue="")
    return "\n".join(" | ".join(f"{cell:{width}}" for cell, width in zip(line, widths, strict=True)).rstrip() for line in lines)


def _there(one: There) -> list[str]:
    """Return the DDL, and as comments what the storage makes of the spec."""
    told = [("types", [f"{ours} is {theirs}" for ours, theirs in one.types]), ("keeps", one.keeps), ("gives up", one.gives_up)]
    comments = [f"-- {one.title} {what}: {word}" for what, words in told for word in words]
    return [*one.ddl.splitlines(), "", *(" ".join(comment.split()) for comment in comments)]


@command("dag", "tickets", "tickets --format mermaid")
@name_argument
@click.option("--format", "form", type=click.Choice(["py", "mermaid"]), default="py", show_default=True)
def dag(name: str, form: Literal["py", "mermaid"] = "py") -> Result:
    """Print the Airflow DAG: its file, or a drawing of it."""
    from dataeng_ai import build, emit  # noqa: PLC0415  start-up imports click alone

    pipeline = build.lowered(name, here())
    text = (emit.dag(pipeline) if form == "py" else emit.drawing(pipeline)).rstrip("\n")
    return Result(text, html=lambda: cards.compiling.dag(pipeline, text, "python" if form == "py" else ""))


@command("report", "tickets -o tickets.html", "tickets -o tickets.html --language ru")
@name_argument
@click.option("-o", "--output", type=click.Path(dir_okay=False), help="Write it to a file; `.html` makes it HTML.")
@click.option("--format", "form", type=click.Choice(["md", "html"]), help="Markdown for git, or HTML to print and to hand on.")
@click.option("--language", type=click.Choice(["en", "ru"]), help="Of the HTML; by default that of the spec's `about`.")
def report(
    name: str, output: str | None = None, form: Literal["md", "html"] | None = None, language: Literal["en", "ru"] | None = None
) -> Result:
    """Print the report: what, where, why, columns, lineage.

    The HTML also tells the data and the last load, one page for managers, the rest for engineers.
    """
    suffix = Path(output).suffix.lower() if output else ""
    form = form or ("html" if suffix in (".html", ".htm") or (language and not suffix) else "md")
    if form == "md" and language:
        message = "--language is for the HTML; the Markdown is in English"
        raise click.UsageError(message)
    text = _page(name, language) if form == "html" else _markdown(name)
    if output is None:
        return Result(text.rstrip("\n"), html=lambda: cards.compiling.report(name, text, form))
    Path(output).write_text(text, "utf-8", newline="\n")
    return Result(f"wrote {output}")


def _markdown(name: str) -> str:
    """Return the report as `compile` writes it."""
    from dataeng_ai import build  # noqa: PLC0415  start-up imports click alone

    [text] = [text for path, text in build.compiled([name], here()).items() if path.startswith("docs/")]
    return text


def _page(name: str, language: str | None) -> str:
    """Return the report as one HTML file."""
    from datetime import UTC, datetime  # noqa: PLC0415  only this command asks for the day

    from dataeng_ai.report import gather, page  # noqa: PLC0415  start-up imports click alone

    return page(gather(name, here(), datetime.now(UTC).date().isoformat()), language)


def _chosen(names: Sequence[str], project: Project) -> Sequence[str]:
    from dataeng_ai.project import spec_names  # noqa: PLC0415  start-up imports click alone

    return names or spec_names(project)
