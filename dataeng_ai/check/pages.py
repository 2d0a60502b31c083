"""`spec why CODE`: the page of a code."""

from __future__ import annotations

import inspect

from dataeng_ai.check import language, unbuilt
from dataeng_ai.check.rules import RULES


def explain(code: str) -> str:
    """Return the page of a code: what it says, why that is bad, an example and a fix.

    Raises:
        KeyError: no such code.
    """
    code = code.upper()
    if code in unbuilt.CODES:
        word = unbuilt.CODES[code]
        return f"Not built yet: {word.what}.\n\nThe word is kept for it, so that it means nothing else. Until then: {word.instead}."
    rule = RULES.get(code) or language.RULES.get(code) or {"E101": language.open_hole}[code]
    return inspect.cleandoc(rule.__doc__ or "")
