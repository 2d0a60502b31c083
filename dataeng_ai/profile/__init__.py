"""What is really in a source: types proved on all rows, keys, roles, personal data. Read `survey` first.

Each name is fetched where it is first used: who has a file looked at by another process need not import what looks.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from dataeng_ai.profile.drafted import source_of
    from dataeng_ai.profile.facts import Profile
    from dataeng_ai.profile.guarded import lists_of, preview, profile, profile_spec, quick
    from dataeng_ai.profile.lists import Lists
    from dataeng_ai.profile.previewing import Preview
    from dataeng_ai.profile.shown import Shown, as_texts, shown_of
    from dataeng_ai.profile.store import fresh, load, save
    from dataeng_ai.profile.unfolded import Level

_PLACES: Final = {
    "Level": "unfolded",
    "Lists": "lists",
    "Preview": "previewing",
    "Profile": "facts",
    "Shown": "shown",
    "as_texts": "shown",
    "fresh": "store",
    "lists_of": "guarded",
    "load": "store",
    "preview": "guarded",
    "profile": "guarded",
    "profile_spec": "guarded",
    "quick": "guarded",
    "save": "store",
    "shown_of": "shown",
    "source_of": "drafted",
}

__all__ = [
    "Level",
    "Lists",
    "Preview",
    "Profile",
    "Shown",
    "as_texts",
    "fresh",
    "lists_of",
    "load",
    "preview",
    "profile",
    "profile_spec",
    "quick",
    "save",
    "shown_of",
    "source_of",
]


def __getattr__(name: str) -> Any:  # noqa: ANN401  whatever bears the name
    if name not in _PLACES:
        message = f"module `{__name__}` has no attribute `{name}`"
        raise AttributeError(message)
    return getattr(import_module(f"{__name__}.{_PLACES[name]}"), name)
