"""A card: one template of `templates/cards/`, in the one frame that gives all cards their style. No script, nothing fetched."""

from __future__ import annotations

from functools import cache

from jinja2 import Environment, PackageLoader, StrictUndefined

from dataeng_ai.pictures.code import code
from dataeng_ai.pictures.drawings import balance
from dataeng_ai.pictures.flow import flow
from dataeng_ai.pictures.words import breakable, brief, fit, typed, visible, words


def card(name: str, /, **values: object) -> str:
    """Return the card `templates/cards/NAME.html.j2` as a piece of HTML; every value is escaped.

    Raises:
        jinja2.UndefinedError: the template asks for a value that is not given.
    """
    return _environment().get_template(f"cards/{name}.html.j2").render(values)


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=PackageLoader("dataeng_ai"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        finalize=_seen,
    )
    environment.filters.update(breakable=breakable, brief=brief, fit=fit, typed=typed, words=words)
    environment.globals.update(balance=balance, code=code, flow=flow)
    return environment


def _seen(value: object) -> object:
    """Return what a template prints, a text with nothing hidden in it."""
    return visible(value) if type(value) is str else value
