"""What a model's reply is worth: its JSON, found and validated whatever else it says, and how sure it was of the letter it chose."""

from __future__ import annotations

import json
import math
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from dataeng_ai.fill.decision import ranked
from dataeng_ai.fill.prompt import CHOICE, WRITING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from dataeng_ai.fill.model import Blank
    from dataeng_ai.fill.prompt import Prompt

_THOUGHT: Final = re.compile(r"<think(?:ing)?>.*?(?:</think(?:ing)?>|\Z)", re.DOTALL | re.IGNORECASE)
_TEXT: Final = r'"(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*"'
_PAIR: Final = re.compile(rf"({_TEXT})\s*:\s*({_TEXT})")
_TIE: Final = 0.5
"""In nats: as near as this, the model's preference is an accident."""
_LEAST: Final = 0.02
"""A prior of nothing would be a veto, and every option is possible."""
_OBJECTS: Final = 50
"""As many opening braces of one reply are tried."""


@dataclass(frozen=True, slots=True)
class Token:
    """A piece of a reply with the logarithms of the probabilities of what might have stood there."""

    text: str
    others: Mapping[str, float]
    """With the piece itself among them."""


def answered(prompt: Prompt, text: str, tokens: Sequence[Token] = ()) -> tuple[dict[str, str], bool]:
    """Return key of a blank -> label or text, for what is a usable answer; and whether it was the rule that tipped the balance.

    Args:
        prompt: What was asked.
        text: The reply.
        tokens: The reply in pieces, where the server scores them.
    """
    said = _object(text, prompt)
    if prompt.letters:
        blank = prompt.blanks[CHOICE]
        letter = _letter(said.get(CHOICE), prompt)
        if letter is None:
            return {}, False
        scores = _scores(tokens, letter, prompt.letters)
        best = _weighed(scores, blank, prompt.letters) if scores else None
        chosen = best or prompt.letters[letter]
        return {blank.key: chosen}, bool(scores) and chosen == ranked(blank.options)[0].name and best != prompt.letters[letter]
    return dict(_texts(said, prompt)), False


def begun(text: str) -> str:
    """Return the JSON object of the texts that are whole in an answer whose end never came; nothing where there is none."""
    whole = {str(json.loads(key)): json.loads(words) for key, words in _PAIR.findall(text)}
    return json.dumps(whole, ensure_ascii=False) if whole else ""


def _texts(said: Mapping[str, object], prompt: Prompt) -> list[tuple[str, str]]:
    """Return the words for each blank, tidied; what is no text, nothing, or the header once more, is no answer."""
    found = []
    for key, blank in prompt.blanks.items():
        words = said.get(key)
        tidy = WRITING[_decision(blank)].tidy
        if isinstance(words, str) and (line := tidy(words[:1000])) and not _is_echo(line, blank):
            found.append((blank.key, line))
    return found


def _is_echo(line: str, blank: Blank) -> bool:
    """Say whether a text that describes a column is only what the column is called anyway."""
    known = {blank.options[0].name, blank.column.name if blank.column else ""}
    return blank.path[-1] == "description" and _plain(line) in map(_plain, known)


def _plain(text: str) -> str:
    return " ".join(re.findall(r"[^\W_]+", text.casefold()))


def _decision(blank: Blank) -> str:
    return f"{blank.path[0]}.{blank.path[-1]}"


def _object(text: str, prompt: Prompt) -> Mapping[str, object]:
    """Return the last JSON object of a reply that has a key we asked for: models think aloud, and put fences around."""
    decoder, best = json.JSONDecoder(), {}
    bare = _THOUGHT.sub("", text)
    for place in [match.start() for match in re.finditer(r"\{", bare)][-_OBJECTS:]:
        try:
            value, _ = decoder.raw_decode(bare, place)
        except (ValueError, RecursionError):
            continue
        if isinstance(value, dict) and set(value) & set(prompt.blanks):
            best = value
    return best


def _letter(said: object, prompt: Prompt) -> str | None:
    """Return the letter of an answer, also where it gives the label instead."""
    if not isinstance(said, str):
        return None
    word = said.strip().strip(".\"'")
    by_label = {label.casefold(): letter for letter, label in prompt.letters.items()}
    return word.upper() if word.upper() in prompt.letters else by_label.get(word.casefold())


def _scores(tokens: Sequence[Token], letter: str, letters: Mapping[str, str]) -> Mapping[str, float]:
    """Return letter -> logarithm of its probability at the one token where the letter stands; nothing where there is no such token."""
    place = next((place for place in range(len(tokens) - 1, -1, -1) if _bare(tokens[place].text) == letter), None)
    if place is None:
        return {}
    others = tokens[place].others
    floor = min(others.values(), default=0.0)
    found: dict[str, float] = {}
    for text, score in others.items():
        if (bare := _bare(text)) in letters:
            found[bare] = _sum(found.get(bare), score)
    return {each: found.get(each, floor) for each in letters} if len(found) > 1 else {}


def _weighed(scores: Mapping[str, float], blank: Blank, letters: Mapping[str, str]) -> str:
    """Return the label with the best score, the rule's prior added; a near tie goes to the rule."""
    priors = {option.name: math.log(max(option.prior, _LEAST)) for option in blank.options}
    sums = {label: scores[letter] + priors[label] for letter, label in letters.items()}
    best, rule = max(sums, key=lambda label: sums[label]), ranked(blank.options)[0].name
    return rule if sums[best] - sums[rule] < _TIE else best


def _bare(text: str) -> str:
    return text.strip(' "\t\n:{}')


def _sum(one: float | None, other: float) -> float:
    return other if one is None else math.log(math.exp(one) + math.exp(other))
