"""What is really in a source: types proved on all rows, keys, roles, personal data. Read `survey` first."""

from __future__ import annotations

from dataeng_ai.profile.facts import Profile
from dataeng_ai.profile.lists import Lists, lists_of
from dataeng_ai.profile.preview import Preview, preview
from dataeng_ai.profile.shown import Shown, shown_of
from dataeng_ai.profile.store import fresh, load, save
from dataeng_ai.profile.survey import profile, profile_spec, quick, source_of
from dataeng_ai.profile.unfolded import Level

__all__ = [
    "Level",
    "Lists",
    "Preview",
    "Profile",
    "Shown",
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
