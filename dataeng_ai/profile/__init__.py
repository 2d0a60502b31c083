"""What is really in a source: types proved on all rows, keys, roles, personal data. Read `survey` first."""

from __future__ import annotations

from dataeng_ai.profile.facts import Profile
from dataeng_ai.profile.survey import profile, profile_spec

__all__ = ["Profile", "profile", "profile_spec"]
