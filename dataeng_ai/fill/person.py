"""A person who is asked field by field: Enter takes what the rules like best, a number another option, words what they say."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dataeng_ai.asking import Choice
from dataeng_ai.fill.model import Answer
from dataeng_ai.progress import say

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from dataeng_ai.fill.decision import Option
    from dataeng_ai.fill.model import Blank, Question

THESE: Final = "."
"""Typed: the best for all of this question."""
ALL: Final = "!"
"""Typed: the best for all that is left."""


@dataclass(slots=True)
class Person:
    """Answers what the person answers; what is left to the best, the rule decides."""

    ask: Callable[[Choice], str]
    done: bool = False
    """No more questions, please."""
    _left: set[tuple[str, str]] = field(default_factory=set)
    """What was left to the best."""
    _said: dict[tuple[str, str], str] = field(default_factory=dict)

    def answer(self, question: Question) -> Answer:
        """Ask about each blank, until the person leaves the rest to the rules.

        Raises:
            KeyboardInterrupt: the person has had enough.
        """
        say("")
        texts: dict[str, str] = {}
        for blank in question.blanks:
            key = (question.id, blank.key)
            if self.done or (question.id, "") in self._left or key in self._left:
                continue
            said = self._one(question, blank)
            if said:
                texts[blank.key] = self._said[key] = said
            else:
                self._left.add(key)
        return Answer(texts, by="person")

    def _one(self, question: Question, blank: Blank) -> str:
        """Return what a person says about one blank; an empty text for the best."""
        before = self._said.get((question.id, blank.key))
        remark = f"`{before}` cannot stand here" if before else ""
        while True:
            options = tuple((_label(option), f"{option.evidence}; {option.reason}") for option in blank.options)
            typed = self.ask(Choice(blank.key, question.words, options, blank.free, remark)).strip()
            if typed == ALL:
                self.done = True
            if typed == THESE:
                self._left.add((question.id, ""))
            if typed in ("", "1", THESE, ALL):
                return ""
            found = _meant(typed, blank)
            if found is not None:
                return found
            remark = f"`{typed}` is none of them"


def _meant(typed: str, blank: Blank) -> str | None:
    """Return the label or the words that a line means, or None where it means nothing."""
    if typed.isascii() and typed.isdigit() and 0 < int(typed[:9]) <= len(blank.options):
        return blank.options[int(typed) - 1].name
    labels: Mapping[str, str] = {word.casefold(): option.name for option in blank.options for word in (_label(option), option.name)}
    return labels.get(typed.casefold()) or (typed if blank.free else None)


def _label(option: Option) -> str:
    return "none" if option.value in (None, []) else option.name
