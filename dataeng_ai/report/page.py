"""The page itself: facts in, HTML out. Sections are made as data, in one language; the template only lays them out."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING, Final

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataeng_ai.report import engineers, managers
from dataeng_ai.report.tongue import tongue

if TYPE_CHECKING:
    from jinja2 import Template

    from dataeng_ai.report.known import Known

LANGUAGES: Final = ("en", "ru")


def page(known: Known, language: str | None = None) -> str:
    """Return the report as one HTML file: no script, nothing fetched, ready to be printed on A4."""
    words = tongue(language or language_of(known.facts.pipeline.about))
    return _template().render(
        language=words.name,
        name=known.facts.pipeline.name,
        title=words.say("title", name=known.facts.pipeline.name),
        made=words.say("made", day=words.day(known.made)),
        owner=managers.owner(known, words),
        parts=(
            (words.phrases["for_managers"], managers.tiles(known, words), managers.sections(known, words), "managers"),
            (words.phrases["for_engineers"], (), engineers.sections(known, words), "engineers"),
        ),
    )


def language_of(about: str) -> str:
    """Return the language in which a person wrote what a pipeline is for."""
    return "ru" if re.search(r"[\u0400-\u04ff]", about) else "en"


@cache
def _template() -> Template:
    loader = PackageLoader("dataeng_ai")
    environment = Environment(loader=loader, autoescape=True, undefined=StrictUndefined, trim_blocks=True, lstrip_blocks=True)
    return environment.get_template("report/REPORT.html.j2")
