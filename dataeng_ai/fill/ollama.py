"""A local language model through Ollama answers fill's questions, within budgets; where it cannot, the rules do."""

from __future__ import annotations

import hashlib
import time
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from dataeng_ai.diagnostics import Unreachable
from dataeng_ai.fill.model import Answer
from dataeng_ai.fill.prompt import ASKED, WRITING, Prompt, Sees, compose, quoted, sees_enough
from dataeng_ai.fill.reading import answered, begun
from dataeng_ai.fill.serving import LATE, Overflow, Reply, Service
from dataeng_ai.progress import say, tick

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from dataeng_ai.fill.model import Blank, Question

_SURE: Final = 0.9
"""From this prior on, a rule's text needs no better words: the header is a good name, or a dictionary knows each of its words."""
_TOGETHER: Final = 10
"""Blanks of one call: small models lose the thread of longer lists, and what is done is kept between calls."""
_TRIES: Final = 2
_NAMES: Final = "columns.name"
_SHARE: Final = 0.4
"""The share of the time that names may take: all else is built on them, so they come first, and the choices after them matter more.
Descriptions come last, and may take what is left."""
_KINDS: Final = tuple(ASKED)


@dataclass(frozen=True, slots=True)
class Budget:
    """What one fill may cost."""

    seconds: float = 120.0
    calls: int = 60
    tokens: int = 60_000
    """Read and written together."""


@dataclass(slots=True)
class Used:
    """What it has cost so far."""

    calls: int = 0
    tokens: int = 0
    refused: int = 0
    """Replies of which nothing could be used."""
    loading: float = 0.0
    start: float | None = None

    @property
    def seconds(self) -> float:
        """Return how long ago the first question was asked."""
        return 0.0 if self.start is None else time.monotonic() - self.start


@dataclass(slots=True)
class Ollama:
    """The model of that name, as Ollama calls it.

    Where it is `required`, a service that does not answer is an error; else the rules decide from there on, and `off` says why.
    With `shown`, nothing is sent: the prompts are kept there, and the rules decide.
    """

    name: str
    sees: Sees = "aggregates"
    budget: Budget = Budget()
    required: bool = True
    host: str | None = None
    context: int = 4096
    """Tokens of question and answer together: `num_ctx`."""
    shown: list[Prompt] | None = None
    used: Used = field(default_factory=Used)
    off: str = ""
    """Why it is asked no more."""
    cut: bool = False
    """Names took their share of the time."""
    pace: float = 0.0
    """Seconds that the last call took for each of its texts."""
    _digest: str | None = None
    _tries: Counter[tuple[str, str]] = field(default_factory=Counter)

    def answer(self, question: Question) -> Answer:
        """Answer what this model may be asked, sees enough for and has the budget to; leave the rest to the rules.

        Raises:
            Unreachable: the service does not answer, and the model is required.
        """
        blanks = self._asked(question)
        if not blanks:
            return Answer({})
        if self.shown is not None:
            new = tuple(blank for blank in blanks if self._tries[question.id, blank.key] == 1)
            self.shown.extend(compose(question, batch, self.sees) for batch in self._batches(question, new))
            return Answer({})
        texts: dict[str, str] = {}
        digests: list[str] = []
        tipped = False
        try:
            for batch in self._batches(question, blanks):
                if not self._left(question):
                    break
                self._say(question, len(texts), len(blanks))
                start = self.used.seconds
                found, tip, digest = self._ask(question, batch)
                self.pace = (self.used.seconds - start) / len(batch) if batch[0].free else self.pace
                texts |= found
                tipped |= tip
                digests.append(digest)
                tick(f"{question.id}: {_told(batch, found, tipped=tip)}, {self.used.seconds - start:.1f} s")
        except Unreachable as fault:
            self._gone(fault, question)
        prompt = digests[0] if len(digests) == 1 else hashlib.sha256("".join(digests).encode()).hexdigest()[:16]
        return Answer(texts, "rule" if tipped else "model", f"{self.name}@{(self._digest or '')[:12]}", prompt)

    def told(self) -> tuple[str, ...]:
        """Return what there is to say about it after a fill, a line each."""
        used, lines = self.used, []
        if used.calls:
            refused = f"; {used.refused} answers could not be used" if used.refused else ""
            cost = f"{used.calls} calls, {used.tokens:,} tokens in {used.seconds:.0f} s ({used.loading:.0f} s loading)"
            lines.append(f"model `{self.name}`: {cost}{refused}")
        if self.cut and not self.off:
            lines.append(f"names stopped after {self.budget.seconds * _SHARE:.0f} s: the rules chose the rest of them")
        if self.off:
            lines.append(f"{self.off}: the rules decided{' the rest' if used.calls else ''}")
        return tuple(lines)

    def _say(self, question: Question, done: int, of: int) -> None:
        """Say what is asked; the first answer takes as long as the model takes to be loaded."""
        first = "" if self.used.tokens else "loading and "
        batch = f", {done} of {of}" if done else ""
        say(f"{first}asking {self.name}: {question.id}{batch}", _KINDS.index(question.id) + 1, len(_KINDS))

    def _asked(self, question: Question) -> tuple[Blank, ...]:
        """Return the blanks that are worth a question: twice at most, and none where a rule's text is sure."""
        if self.off or not sees_enough(question, self.sees):
            return ()
        blanks = [blank for blank in question.blanks if not (blank.free and blank.options[0].prior >= _SURE)]
        found = tuple(blank for blank in blanks if self._tries[question.id, blank.key] < _TRIES)
        self._tries.update((question.id, blank.key) for blank in found)
        return found

    def _batches(self, question: Question, blanks: Sequence[Blank]) -> Iterator[tuple[Blank, ...]]:
        """Yield the blanks in groups of which each fits into the context, by a cautious estimate; a choice stands alone.

        Where the time is short, a group is as small as the last one's pace asks for: what is done is kept.
        """
        while blanks:
            size = _TOGETHER if question.id in WRITING else 1
            if self.pace and self.used.start is not None:
                size = max(1, min(size, int(self._left(question) / self.pace)))
            batch = tuple(blanks[:size])
            while len(batch) > 1 and not self._fits(compose(question, batch, self.sees)):
                batch = batch[: len(batch) // 2]
            yield batch
            blanks = blanks[len(batch) :]

    def _fits(self, prompt: Prompt) -> bool:
        return prompt.estimate + prompt.tokens < self.context

    def _ask(self, question: Question, blanks: tuple[Blank, ...], *, brief: bool = False) -> tuple[dict[str, str], bool, str]:
        """Ask about some blanks in one call; what overflows the context in two halves, and a single one without the table."""
        again = any(self._tries[question.id, blank.key] > 1 for blank in blanks)
        prompt = compose(question, blanks, self.sees, again=again, brief=brief)
        if not brief and len(blanks) == 1 and not self._fits(prompt):
            return self._ask(question, blanks, brief=True)
        reply = self._call(question, prompt, seed=1 + again)
        if reply is None and not self.off and len(blanks) > 1:
            left, right = (self._ask(question, half) for half in (blanks[: len(blanks) // 2], blanks[len(blanks) // 2 :]))
            return left[0] | right[0], left[1] or right[1], f"{left[2]},{right[2]}"
        if reply is None and not self.off and not brief:
            return self._ask(question, blanks, brief=True)
        said = "" if reply is None else reply.text if reply.whole or prompt.letters else begun(reply.text)
        texts, tipped = answered(prompt, said, reply.tokens) if reply and (reply.whole or not prompt.letters) else ({}, False)
        if texts:
            # What a usable answer leaves out, or only repeats, would be left out again.
            self._tries.update({(question.id, blank.key): _TRIES for blank in blanks if blank.key not in texts})
        self.used.refused += not texts and not self.off and not (reply is None and self.cut)
        return texts, tipped, prompt.digest

    def _call(self, question: Question, prompt: Prompt, seed: int) -> Reply | None:
        """Return a reply, or None where the prompt overflows or the budget is used up.

        Raises:
            Unreachable: the service does not answer.
        """
        left = self._left(question)
        if not left:
            return None
        service = Service(self.name, self.host)
        if self._digest is None:
            self._digest = service.digest(min(left, 30.0))
        options = {"num_ctx": self.context, "num_predict": prompt.tokens, "seed": seed}
        self.used.calls += 1
        heard: list[str] = []
        try:
            reply = service.chat(prompt.system, prompt.user, prompt.schema, options, self._left(question), heard)
        except Overflow:
            self.used.tokens += self.context
            return None
        except Unreachable as fault:
            kept = "" if prompt.letters or not _late(fault) else begun("".join(heard))
            if not kept:
                raise
            reply = Reply(kept, (), 0, len(heard), 0.0, whole=True)
        self.used.tokens += reply.read + reply.written
        self.used.loading += reply.loading
        return reply

    def _left(self, question: Question) -> float:
        """Return the seconds that are left for a question; 0 where any budget is used up, and then the model is asked no more."""
        if self.used.start is None:
            self.used.start = time.monotonic()
        spent = (
            (self.used.seconds >= self.budget.seconds, f"{self.budget.seconds:.0f} s"),
            (self.used.calls >= self.budget.calls, f"{self.budget.calls} calls"),
            (self.used.tokens >= self.budget.tokens, f"{self.budget.tokens:,} tokens"),
        )
        if over := next((what for is_over, what in spent if is_over), None):
            self.off = self.off or f"the budget of {over} for `{self.name}` is used up"
            return 0.0
        left = self.budget.seconds * (_SHARE if question.id == _NAMES else 1) - self.used.seconds
        self.cut = self.cut or left <= 0
        return max(left, 0.0)

    def _gone(self, fault: Unreachable, question: Question) -> None:
        """Ask no more; a time that ran out after a good answer is a budget, all else a fault, which stands where the model is required.

        Names are short of their share only: what comes after them is asked with the rest.
        """
        if _late(fault) and question.id == _NAMES:
            self.cut = True
            return
        if _late(fault) and self.used.tokens > 0:
            self.off = f"the budget of {self.budget.seconds:.0f} s for `{self.name}` is used up"
            return
        if self.required:
            raise fault
        self.off = fault.diagnostics[0].message


def _late(fault: Unreachable) -> bool:
    return fault.diagnostics[0].code == LATE


def _told(batch: Sequence[Blank], found: Mapping[str, str], *, tipped: bool) -> str:
    """Return what came of a call, for a person."""
    if batch[0].free:
        return f"{len(found)} of {len(batch)} texts"
    label = next(iter(found.values()), None)
    if label is None:
        return "no usable answer"
    return f"{quoted(label)}{', the rule tipped the balance' if tipped else ''}"
