"""`spec why CODE`: the page of a code."""

from __future__ import annotations

import inspect

from dataeng_ai.check import elsewhere, language, prove, unbuilt
from dataeng_ai.check.rules import RULES
from dataeng_ai.draft import codes


def explain(code: str) -> str:
    """Return the page of a code: what it says, why that is bad, an example and a fix.

    Raises:
        KeyError: no such code.
    """
    code = code.upper()
    if code in unbuilt.CODES:
        word = unbuilt.CODES[code]
        return f"Not built yet: {word.what}.\n\nThe word is kept for it, so that it means nothing else. Until then: {word.instead}."
    if page := codes.PAGES.get(code) or elsewhere.PAGES.get(code):
        return page
    # A rule that needs data has one page, whether it is an error or, where `max_rejects` bears it, a warning.
    proved = prove.RULES.get(code) or prove.RULES.get(f"E{code[1:]}")
    rule = RULES.get(code) or language.RULES.get(code) or proved or {"E101": language.open_hole}[code]
    return inspect.cleandoc(rule.__doc__ or "")
