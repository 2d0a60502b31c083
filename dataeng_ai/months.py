"""Names of months in the languages in which files write them, for those who read dates and for those who guess how dates read."""

from __future__ import annotations

import re
from functools import cache
from typing import Final

ENGLISH: Final = (
    *("January", "February", "March", "April", "May", "June"),
    *("July", "August", "September", "October", "November", "December"),
)
"""As strptime reads them; the first three letters are its abbreviations."""

_FULL: Final = {
    "en": "january february march april may june july august september october november december",
    "ru": "января/январь февраля/февраль марта/март апреля/апрель мая/май июня/июнь июля/июль августа/август "
    "сентября/сентябрь октября/октябрь ноября/ноябрь декабря/декабрь",
    "uk": "січня/січень лютого/лютий березня/березень квітня/квітень травня/травень червня/червень липня/липень серпня/серпень "
    "вересня/вересень жовтня/жовтень листопада/листопад грудня/грудень",
    "de": "januar/jänner februar märz april mai juni juli august september oktober november dezember",
    "fr": "janvier février mars avril mai juin juillet août septembre octobre novembre décembre",
    "es": "enero febrero marzo abril mayo junio julio agosto septiembre/setiembre octubre noviembre diciembre",
    "it": "gennaio febbraio marzo aprile maggio giugno luglio agosto settembre ottobre novembre dicembre",
    "pt": "janeiro fevereiro março abril maio junho julho agosto setembro outubro novembro dezembro",
    "pl": "stycznia/styczeń lutego/luty marca/marzec kwietnia/kwiecień maja/maj czerwca/czerwiec lipca/lipiec sierpnia/sierpień "
    "września/wrzesień października/październik listopada/listopad grudnia/grudzień",
    "tr": "ocak şubat mart nisan mayıs haziran temmuz ağustos eylül ekim kasım aralık",
}
_SHORT: Final = {
    "en": "jan feb mar apr may jun jul aug sep/sept oct nov dec",
    "ru": "янв фев/февр мар/марта/март апр мая/май июн/июня/июнь июл/июля/июль авг сен/сент окт ноя/нояб дек",
    "uk": "січ лют бер квіт трав черв лип серп вер жовт лист груд",
    "de": "jan/jän feb mär/märz apr mai jun/juni jul/juli aug sep/sept okt nov dez",
    "fr": "janv/jan févr/fév mars avr/avril mai juin juil août sept oct nov déc",
    "es": "ene feb mar abr may jun jul ago sep/sept oct nov dic",
    "it": "gen feb mar apr mag giu lug ago set/sett ott nov dic",
    "pt": "jan fev mar abr mai jun jul ago set out nov dez",
    "pl": "sty lut mar kwi maj cze lip sie wrz paź lis gru",
    "tr": "oca şub mar nis may haz tem ağu eyl eki kas ara",
}

LANGUAGES: Final = tuple(_FULL)
"""Every language whose months are known, as a spec writes it."""


@cache
def names(language: str, *, short: bool) -> dict[str, int]:
    """Return every name in lower case with its month, from 1; the longest first, so that none hides behind its beginning."""
    written = (_SHORT if short else _FULL)[language].split()
    found = {name: month for month, spellings in enumerate(written, 1) for name in spellings.split("/")}
    return dict(sorted(found.items(), key=lambda item: (-len(item[0]), item[0])))


@cache
def pattern(language: str, *, short: bool) -> str:
    """Return the regular expression of a month's name in lower case, as one group; short names may bear a point where a word ends."""
    return f"({'|'.join(map(re.escape, names(language, short=short)))})"


def short(format: str) -> bool:  # noqa: A002  the word of the language
    """Say whether a pattern of dates asks for abbreviated names."""
    return "%b" in format
