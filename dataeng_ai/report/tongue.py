"""A language: its phrases, and how it writes numbers, shares, days and counted things."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from importlib.resources import files
from typing import Any, Final

import yaml
from markupsafe import Markup, escape

from dataeng_ai.emit.markdown import one_line

_KILO: Final = 1000
_FEW: Final = range(2, 5)
_TEENS: Final = range(11, 15)
_CODE: Final = re.compile(r"`([^`]*)`")
_UNBROKEN: Final = "\u00a0"
"""The space within a number and before its unit."""
_HOLE: Final = re.compile(r"\{(\w*)\}")


@dataclass(frozen=True, slots=True)
class Tongue:
    """One language. Whatever goes into a phrase is escaped; phrases themselves hold no markup."""

    name: str
    phrases: dict[str, Any]  # Any: texts, and tables of texts, as the file has them
    translations: tuple[tuple[re.Pattern[str], str], ...] = field(default=(), repr=False)
    """Sentences of the profile, the rules and the checks, and how they read here."""

    def say(self, key: str, /, **values: object) -> Markup:
        """Return a phrase with its values."""
        return _with_code(escape(self.phrases[key])).format(**{name: shown(value) for name, value in values.items()})

    def word(self, table: str, key: str) -> str:
        """Return the word for one of our own words; itself where the table does not know it."""
        return str(self.phrases[table].get(key, key))

    def count(self, what: str, number: int) -> str:
        """Return a number with what it counts, in the form that the number asks for."""
        phrase = str(self.phrases["counted"][what][self._form(number)])
        return phrase.replace("{n} ", f"{{n}}{_UNBROKEN}").format(n=self.number(number))

    def _form(self, number: int) -> str:
        if self.name != "ru":
            return "one" if number == 1 else "other"
        if number % 10 == 1 and number % 100 != _TEENS.start:
            return "one"
        return "few" if number % 10 in _FEW and number % 100 not in _TEENS else "many"

    def number(self, number: int) -> str:
        """Return a whole number with its digits grouped."""
        return f"{number:,}".replace(",", self.phrases["grouping"])

    def decimal(self, number: Decimal, places: int) -> str:
        """Return a number with a fraction, rounded half up."""
        rounded = number.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)
        whole, _, fraction = f"{rounded:,}".partition(".")
        grouped = whole.replace(",", self.phrases["grouping"])
        return f"{grouped}{self.phrases['point']}{fraction}" if fraction else grouped

    def share(self, part: int, whole: int) -> str:
        """Return a part of a whole in per cent: nothing that is there reads as nothing."""
        if not whole or not part:
            return self._percent("0")
        percent = Decimal(part) * 100 / Decimal(whole)
        if percent < Decimal("0.1"):
            return str(self.phrases["less_than"]).format(n=self._percent(self.decimal(Decimal("0.1"), 1)))
        places = 1 if percent < 10 or 99 < percent < 100 else 0  # noqa: PLR2004  a digit after the point where it says something
        return self._percent(self.decimal(min(percent, Decimal("99.9")) if part < whole else percent, places))

    def _percent(self, number: str) -> str:
        return str(self.phrases["percent"]).format(n=number)

    def size(self, count: int) -> str:
        """Return a number of bytes in the unit that makes it short, by thousands."""
        value, units = Decimal(count), list(self.phrases["units"])
        place = 0
        while value >= _KILO and place < len(units) - 1:
            value, place = value / _KILO, place + 1
        return f"{self.decimal(value, 1 if place else 0)}{_UNBROKEN}{units[place]}"

    def about(self, number: int) -> str:
        """Return a number with its first two digits, for what nobody counted."""
        scale: int = 10 ** max(len(str(number)) - 2, 0)
        return self.number(round(number / scale) * scale)

    def day(self, text: str) -> str:
        """Return the day of a date or a time in its canonical text; the text itself where it is none."""
        try:
            found = date.fromisoformat(text[:10])
        except ValueError:
            return text
        return str(self.phrases["day"]).format(day=found.day, month=self.phrases["months"][found.month - 1], year=found.year)

    def moment(self, text: str) -> str:
        """Return a moment in UTC to the minute."""
        found = datetime.fromisoformat(text).astimezone(UTC)
        return f"{self.day(found.date().isoformat())}, {found:%H:%M}{_UNBROKEN}UTC"

    def told(self, sentence: str) -> Markup:
        """Return a sentence of the profile, a rule or a check in this language, as far as it is known; else as it is."""
        return _with_code(shown("; ".join(map(self._told, sentence.split("; ")))))

    def _told(self, sentence: str) -> str:
        for pattern, here in self.translations:
            if match := pattern.fullmatch(sentence):
                return here.format(*(self._regrouped(part) for part in match.groups()))
        return sentence

    def _regrouped(self, part: str) -> str:
        """Return a number as this language writes it, anything else as it is."""
        if not re.fullmatch(r"\d{1,3}(?:,\d{3})*(?:\.\d+)?%?", part):
            return part
        number = part.rstrip("%").replace(",", self.phrases["grouping"]).replace(".", self.phrases["point"])
        return self._percent(number) if part.endswith("%") else number


def code(value: object) -> Markup:
    """Return a name or a value as it stands in a spec."""
    return Markup("<code>{}</code>").format(one_line(str(value)))


def codes(values: Any) -> Markup:  # noqa: ANN401  any values, each shown as it is
    """Return names, one after the other."""
    return Markup(", ").join(code(value) for value in values)


def _with_code(text: Markup) -> Markup:
    """Return an escaped text, what stands between backticks as code."""
    return Markup(_CODE.sub(r"<code>\1</code>", str(text)))  # noqa: S704  it was escaped before, and a backtick is no markup


def shown(value: object) -> Markup:
    """Return a value as text on one line; what is marked up already stays."""
    if isinstance(value, Markup):
        return value
    return escape(_UNBROKEN.join(map(one_line, str(value).split(_UNBROKEN))))


@cache
def tongue(name: str) -> Tongue:
    """Return a language by its two letters."""
    folder = files("dataeng_ai") / "templates" / "report"
    phrases = yaml.load((folder / f"{name}.yaml").read_text("utf-8"), Loader=yaml.CSafeLoader)
    return Tongue(name, phrases, tuple((_pattern(ours), here) for ours, here in phrases.pop("translations").items()))


def _pattern(sentence: str) -> re.Pattern[str]:
    """Return what matches an English sentence, with anything in its holes."""
    parts = _HOLE.split(sentence)
    return re.compile("(.+?)".join(re.escape(part) for part in parts[::2]))
