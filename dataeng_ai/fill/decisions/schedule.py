"""`schedule`: when the person's words ask for it; else daily where files go on arriving; else only when told to."""

from __future__ import annotations

from typing import Final

from dataeng_ai.fill.decision import Case, Decision, Option, Path, lookup
from dataeng_ai.fill.decisions.load_mode import growing
from dataeng_ai.fill.parent import parent
from dataeng_ai.fill.purpose import rhythm

START: Final = "2026-01-01"
"""The latest first day that fill writes. A constant, since fill knows no clock."""

_RHYTHMS: Final = {"week": "0 6 * * 1", "month": "0 6 1 * *", "year": "0 6 1 1 *"}
_DAILY: Final = "0 6 * * *"


def options(case: Case, path: Path) -> tuple[Option, ...]:  # noqa: ARG001  every decision has this shape
    """Return what the words ask for, what the data suggest, and none."""
    if (above := parent(case)) is not None:
        follows = Option(
            {"after": [above]}, f"its rows come of the table of `{above}`", 0.95, "new rows there are new rows here", f"after {above}"
        )
        return (follows, Option(None, "nobody has to run it by itself", 0.2, "it runs when told to", "null"))
    asked = rhythm(case.about)
    said = "`about` does not say when" if asked is None else "nobody has to run it by the clock"
    never = Option(None, said, 0.4, "it runs when told to", "null")
    if asked:
        return (_at(case, asked.cron, f"`about` says `{asked.words}`", 0.95, "the person's own words"), never)
    cron = _of_data(case)
    times = f"its times step by the {step}" if (step := _step(case)) else "its times have no rhythm"
    if growing(case):
        return (_at(case, cron, f"the source is a glob; {times}", 0.6, "a folder that grows wants loading"), never)
    return (_at(case, cron, f"the source is one file; {times}", 0.2, "it may never change"), never)


def _at(case: Case, cron: str, evidence: str, prior: float, reason: str) -> Option:
    usual = lookup(case.project.defaults, ("schedule",))
    block = {"cron": cron, "timezone": "UTC", "start_date": _start(case)} | (usual if isinstance(usual, dict) else {})
    return Option(block, evidence, prior, reason, cron)


def _start(case: Case) -> str:
    """Return the first day of the newest year in the data, or the constant where that is earlier."""
    years = [time.maximum[:4] for time in case.profile.times if time.maximum[:4].isdigit() and time.maximum[4:5] == "-"]
    return min(f"{max(years)}-01-01", START) if years else START


def _step(case: Case) -> str | None:
    return next((time.rhythm for time in case.profile.times if time.rhythm), None)


def _of_data(case: Case) -> str:
    return _RHYTHMS.get(_step(case) or "", _DAILY)


def facts(case: Case, path: Path) -> object:  # noqa: ARG001  every decision has this shape
    """Return the words' rhythm; without one, the data's."""
    if (above := parent(case)) is not None:
        return {"after": above}
    asked = rhythm(case.about)
    return asked.cron if asked else {"growing": growing(case), "cron": _of_data(case)}


DECISION = Decision("schedule", ("schedule",), (("columns",),), "When shall it run?", options, facts)
