"""Which model answers fill's questions, and whether it is good for that."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import click

from dataeng_ai.commands import cards
from dataeng_ai.commands.tree import command, here
from dataeng_ai.results import Result

if TYPE_CHECKING:
    from collections.abc import Callable

    from dataeng_ai.asking import Choice
    from dataeng_ai.fill import Model
    from dataeng_ai.fill.prompt import Prompt
    from dataeng_ai.project import Project

_RULES = "rules"


@dataclass(frozen=True)
class Chooser:
    """Who chooses in one fill."""

    model: Model
    prompts: list[Prompt] = field(default_factory=list)
    """Where they are only to be shown."""

    def told(self) -> tuple[str, ...]:
        """Return what there is to say about it after the fill."""
        lines: tuple[str, ...] = getattr(self.model, "told", tuple)()
        return lines


def chooser(name: str | None, project: Project, *, show: bool = False, ask: bool = False) -> Chooser:
    """Return the model of that name, of dataeng.yaml where none is named, and the rules where that names none either.

    A model that a person names now has to be there; for one that only dataeng.yaml names the rules step in.

    Raises:
        Problems: prompts are to be shown, and no model is named (E397).
        UsageError: the person is to be asked, and nobody is there, or a model is named too.
    """
    from dataeng_ai import fill  # noqa: PLC0415  start-up imports click alone

    if ask:
        return Chooser(fill.Person(_voice(name)))
    wanted = name or project.model.get("name") or _RULES
    if wanted == _RULES:
        if show:
            raise _no_model()
        return Chooser(fill.Rules())
    from dataeng_ai.fill.ollama import Budget, Ollama  # noqa: PLC0415  only who asks a model pays for its client
    from dataeng_ai.spec.words import seconds  # noqa: PLC0415  as above

    settings: dict[str, Any] = dict(project.model)  # Any: the words of dataeng.yaml, validated there
    prompts: list[Prompt] = []
    model = Ollama(
        wanted,
        sees=settings.get("sees", "aggregates"),
        budget=Budget(seconds(settings.get("budget", "120s"))),
        required=name is not None,
        shown=prompts if show else None,
    )
    return Chooser(model, prompts)


def _voice(name: str | None) -> Callable[[Choice], str]:
    from dataeng_ai.asking import voice  # noqa: PLC0415  only `fill --ask` needs it

    found = voice()
    if name is not None:
        message = "`--ask` asks you, `--model` a model: take one of them"
        raise click.UsageError(message)
    if found is None:
        message = "`--ask` needs a terminal with a person before it; `spec recommend` lists the options, `spec set` takes one"
        raise click.UsageError(message)
    return found


@command("doctor", "--model qwen2.5:14b")
@click.option("--model", help="As Ollama calls it; without it, that of dataeng.yaml.")
@click.option("--pull", is_flag=True, help="Have Ollama fetch the model where it is not there yet.")
def doctor(model: str | None = None, *, pull: bool = False) -> Result:
    """Look whether a model is there and does what fill needs."""
    wanted = model or here().model.get("name") or _RULES
    if wanted == _RULES:
        raise _no_model()
    from dataeng_ai.fill.doctor import examine  # noqa: PLC0415  start-up imports click alone

    found = examine(wanted, fetch=pull)
    text = "\n".join(f"{'ok' if one.good else 'no':2}  {one.what:9}  {one.words}" for one in found)
    data = [{"what": one.what, "good": one.good, "words": one.words} for one in found]
    notes = (f"next: `spec fill NAME --model {wanted}`",)
    return Result(text, data, notes, html=lambda: cards.looking.findings(wanted, found, notes))


def _no_model() -> Exception:
    from dataeng_ai.diagnostics import Diagnostic, Problems  # noqa: PLC0415  start-up imports click alone

    advice = "`--model NAME` as `ollama list` shows it, or `model: {name: …}` in dataeng.yaml"
    return Problems(Diagnostic("E397", "no model is named: here the rules decide", help=advice))
