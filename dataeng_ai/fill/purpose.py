"""What the person's words say, in English or Russian: how often, and what kind of data. Words, not understanding: a rule's part."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

_CLOCK: Final = (
    r"(?:\b(?:at|в|около)|@)\s*(\d{1,2})(?::(\d{2}))?(?!\d)\s*(am|pm|a\.m\.|p\.m\.|утра|вечера|дня|ночи)?"
    r"(?!\s*(?:раз|times|min|мин))"
)
_DAYS: Final = (
    (1, r"mondays?|понедельник\w*"),
    (2, r"tuesdays?|вторник\w*"),
    (3, r"wednesdays?|сред[ауы]м?|по\s+средам"),
    (4, r"thursdays?|четверг\w*"),
    (5, r"fridays?|пятниц\w*"),
    (6, r"saturdays?|суббот\w*"),
    (0, r"sundays?|воскресень\w*"),
)
_EVERY: Final = r"(?:every|each|кажд\w+|по|раз\s+в)"
_MINUTES: Final = rf"{_EVERY}\s+(\d{{1,2}})\s*(?:min\w*|мин\w*)"
_HOURS: Final = rf"{_EVERY}\s+(\d{{1,2}})\s*(?:hours?|час\w*)"
_HOURLY: Final = rf"\bhourly\b|{_EVERY}\s+(?:hour|час)\b|ежечасн\w+"
_NIGHTLY: Final = rf"\bnightly\b|\bovernight\b|{_EVERY}\s+(?:single\s+)?(?:night|ночь|ночам)\b|ночам\b|ночью\b|еженощн\w+"
_MORNINGS: Final = rf"{_EVERY}\s+(?:morning|утро|утрам)\b|по\s+утрам\b"
_WORKDAYS: Final = r"\b(?:weekdays|workdays|business\s+days|будн\w+|рабоч\w+\s+дн\w+)\b"
_DAILY: Final = rf"\bdaily\b|{_EVERY}\s+(?:single\s+)?(?:day|день)\b|ежедневн\w+|раз\s+в\s+сутки|\bonce\s+a\s+day\b"
_WEEKLY: Final = rf"\bweekly\b|{_EVERY}\s+(?:week|неделю)\b|еженедельн\w+|\bonce\s+a\s+week\b"
_MONTHLY: Final = rf"\bmonthly\b|{_EVERY}\s+(?:month|месяц)\b|ежемесячн\w+|\bonce\s+a\s+month\b"
_QUARTERLY: Final = rf"\bquarterly\b|{_EVERY}\s+(?:quarter|квартал)\b|ежеквартальн\w+"
_YEARLY: Final = rf"\b(?:yearly|annually)\b|{_EVERY}\s+(?:year|год)\b|ежегодн\w+"

_NIGHT, _MORNING, _NOON = 3, 6, 12

EVENTS: Final = (
    r"\b(?:events?|logs?|clicks?|click-?stream|telemetry|measurements?|readings?|sensors?|transactions?|append)\b"
    r"|событи\w+|журнал\w*|\bлог\w{0,2}\b|показани\w+|телеметри\w+|транзакци\w+"
)
CHANGES: Final = (
    r"\b(?:upserts?|merges?|updates?|updated|changes?|changed|corrections?|orders?|tickets?|sales|registry|increment\w*)\b"
    r"|обновл\w+|измен\w+|заказ\w*|продаж\w*|билет\w*|реестр\w*|инкремент\w*"
)
WHOLE: Final = (
    r"\b(?:snapshots?|whole|complete|full|reference|dictionary|catalogu?e?|dump|static)\b"
    r"|справочник\w*|снимок|снимк\w+|выгрузк\w+|целиком|полност\w+|каталог\w*"
)
FRESH: Final = r"\b(?:fresh\w*|late(?:ness)?|real-?time|up[\s-]to[\s-]date|sla)\b|свеж\w+|опозда\w+|актуальн\w+"
ANALYSIS: Final = (
    r"\b(?:analy\w+|charts?|dashboards?|bi|reports?|explore|notebooks?|olap)\b|анали\w+|отч[её]т\w*|дашборд\w*|график\w*|витрин\w*"
)
SERVING: Final = (
    r"\b(?:postgres\w*|applications?|app|api|services?|registry|lookups?|oltp|backend|crm|erp)\b"
    r"|постгрес\w*|реестр\w*|сервис\w*|приложени\w*|картотек\w*"
)


@dataclass(frozen=True, slots=True)
class Rhythm:
    """How often, as a cron expression, and by which words."""

    cron: str
    words: str


def rhythm(about: str) -> Rhythm | None:
    """Return how often the words ask for, or None where they do not say."""
    text = about.casefold()
    for pattern, unit in ((_MINUTES, "minute"), (_HOURS, "hour")):
        if match := re.search(pattern, text):
            return _stepped(int(match[1]), unit, match[0])
    if match := re.search(_HOURLY, text):
        return Rhythm("0 * * * *", match[0])
    minute, hour = _clock(text) or (0, None)
    return _dated(text, minute, hour)


def says(about: str, pattern: str) -> str | None:
    """Return the first words that a pattern of this module finds, or None."""
    match = re.search(pattern, about.casefold())
    return match[0] if match else None


def _dated(text: str, minute: int, hour: int | None) -> Rhythm | None:
    """Return a rhythm of days or more, at a time of day."""
    weekday = next(((day, match[0]) for day, pattern in _DAYS if (match := re.search(rf"\b(?:{pattern})\b", text))), None)
    morning = _MORNING if hour is None else hour
    if weekday and re.search(rf"{_EVERY}|{_WEEKLY}|\bon\b|\bв[о]?\b", text):
        return Rhythm(f"{minute} {morning} * * {weekday[0]}", weekday[1])
    night = _NIGHT if hour is None else hour
    forms = (
        (_WORKDAYS, f"{minute} {morning} * * 1-5"),
        (_NIGHTLY, f"{minute} {night} * * *"),
        (_MORNINGS, f"{minute} {morning} * * *"),
        (_DAILY, f"{minute} {morning} * * *"),
        (_WEEKLY, f"{minute} {morning} * * 1"),
        (_MONTHLY, f"{minute} {morning} 1 * *"),
        (_QUARTERLY, f"{minute} {morning} 1 1,4,7,10 *"),
        (_YEARLY, f"{minute} {morning} 1 1 *"),
    )
    return next((Rhythm(cron, match[0]) for pattern, cron in forms if (match := re.search(pattern, text))), None)


def _stepped(step: int, unit: str, words: str) -> Rhythm | None:
    """Return every so many minutes or hours, where they divide the hour or the day."""
    whole = 60 if unit == "minute" else 24
    if step < 1 or whole % step:
        return None
    if step == whole:
        return Rhythm("0 * * * *" if unit == "minute" else f"0 {_NIGHT} * * *", words)
    every = "*" if step == 1 else f"*/{step}"
    return Rhythm(f"{every} * * * *" if unit == "minute" else f"0 {every} * * *", words)


def _clock(text: str) -> tuple[int, int | None] | None:
    """Return minute and hour of a time such as `at 6:30 pm` or `в 6 утра`."""
    match = re.search(_CLOCK, text)
    if not match:
        return None
    hour, minute, half = int(match[1]), int(match[2] or 0), (match[3] or "").replace(".", "")
    if half in ("pm", "вечера", "дня") and hour < _NOON:
        hour += _NOON
    if half in ("am", "ночи") and hour == _NOON:
        hour = 0
    return (minute, hour) if hour < 24 and minute < 60 else None  # noqa: PLR2004  a day's hours, an hour's minutes
