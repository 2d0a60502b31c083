"""Places on earth: latitudes and longitudes within their bounds, points, the codes that ISO 3166 gives to countries and regions."""

from __future__ import annotations

import re
from decimal import Decimal
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Sequence

    from dataeng_ai.types import Type

_LATITUDE: Final = re.compile(r"(?i)(?:^|[_ .])(?:lat|latitude|широта|latitud|breitengrad)(?![^\W_])|(?-i:[a-z](?:Lat|Latitude))(?![^\W_])")
_LONGITUDE: Final = re.compile(
    r"(?i)(?:^|[_ .])(?:lon|lng|long|longitude|долгота|longitud|längengrad)(?![^\W_])|(?-i:[a-z](?:Lon|Lng|Longitude))(?![^\W_])"
)
_POINT: Final = re.compile(r"(?i)coord|location|geo|point|gps|latlon|latlng|координат|местоположение|точка")
_COUNTRY: Final = re.compile(
    r"(?i)countr|nation|citizen|(?:^|[_ ])iso|стран|граждан|land(?:$|_)|pays|país|pais(?:$|_)|kraj|ülke|country|(?:^|_)cc$"
)
_REGION: Final = re.compile(r"(?i)region|state|province|subdivision|регион|область|край|bundesland|provincia|estado|iso.?3166")

_ISO_3166: Final = """
    AD AE AF AG AI AL AM AO AQ AR AS AT AU AW AX AZ BA BB BD BE BF BG BH BI BJ BL BM BN BO BQ BR BS BT BV BW BY BZ CA CC CD CF CG CH
    CI CK CL CM CN CO CR CU CV CW CX CY CZ DE DJ DK DM DO DZ EC EE EG EH ER ES ET FI FJ FK FM FO FR GA GB GD GE GF GG GH GI GL GM GN
    GP GQ GR GS GT GU GW GY HK HM HN HR HT HU ID IE IL IM IN IO IQ IR IS IT JE JM JO JP KE KG KH KI KM KN KP KR KW KY KZ LA LB LC LI
    LK LR LS LT LU LV LY MA MC MD ME MF MG MH MK ML MM MN MO MP MQ MR MS MT MU MV MW MX MY MZ NA NC NE NF NG NI NL NO NP NR NU NZ OM
    PA PE PF PG PH PK PL PM PN PR PS PT PW PY QA RE RO RS RU RW SA SB SC SD SE SG SH SI SJ SK SL SM SN SO SR SS ST SV SX SY SZ TC TD
    TF TG TH TJ TK TL TM TN TO TR TT TV TW TZ UA UG UM US UY UZ VA VC VE VG VI VN VU WF WS YE YT ZA ZM ZW AND ARE AFG ATG ALB ARM
    AGO ARG AUT AUS AZE BIH BRB BGD BEL BFA BGR BHR BDI BEN BRN BOL BRA BHS BTN BWA BLR BLZ CAN COD CAF COG CHE CIV CHL CMR CHN COL
    CRI CUB CPV CYP CZE DEU DJI DNK DMA DOM DZA ECU EST EGY ERI ESP ETH FIN FJI FRA GAB GBR GRD GEO GHA GMB GIN GNQ GRC GTM GNB GUY
    HKG HND HRV HTI HUN IDN IRL ISR IND IRQ IRN ISL ITA JAM JOR JPN KEN KGZ KHM KIR COM KNA PRK KOR KWT KAZ LAO LBN LCA LIE LKA LBR
    LSO LTU LUX LVA LBY MAR MCO MDA MNE MDG MHL MKD MLI MMR MNG MAC MRT MLT MUS MDV MWI MEX MYS MOZ NAM NER NGA NIC NLD NOR NPL NRU
    NZL OMN PAN PER PNG PHL PAK POL PRI PSE PRT PLW PRY QAT ROU SRB RUS RWA SAU SLB SYC SDN SWE SGP SVN SVK SLE SMR SEN SOM SUR SSD
    STP SLV SYR SWZ TCD TGO THA TJK TLS TKM TUN TON TUR TTO TUV TWN TZA UKR UGA USA URY UZB VAT VCT VEN VNM VUT WSM YEM ZAF ZMB ZWE
    """
_COUNTRIES: Final = frozenset(_ISO_3166.split())
_OF_AMERICA: Final = """
    AL AK AZ AR CA CO CT DE FL GA HI ID IL IN IA KS KY LA ME MD MA MI MN MS MO MT NE NV NH NJ NM NY NC ND OH OK OR PA RI SC SD TN TX
    UT VT VA WA WV WI WY DC PR GU VI AS MP
    """
_STATES: Final = frozenset(_OF_AMERICA.split())
_PAIR: Final = re.compile(r"(-?[0-9]{1,3}(?:\.[0-9]+)?)[,; ] ?(-?[0-9]{1,3}(?:\.[0-9]+)?)|POINT ?\((-?[0-9.]+) (-?[0-9.]+)\)")
_NUMBERS: Final = frozenset({"decimal", "double"})
_FEWEST: Final = 2


def is_place(name: str, kind: Type, ends: tuple[str | None, str | None], values: Sequence[str]) -> bool:
    """Say whether a column tells a place, by its header and by its values.

    Args:
        name: Its header.
        kind: Its proved type.
        ends: Its least and greatest value as canonical texts.
        values: Some of its values as canonical texts.
    """
    if kind.name in _NUMBERS and ends[0] is not None and ends[1] is not None:
        bound = 90 if _LATITUDE.search(name) else 180 if _LONGITUDE.search(name) else 0
        return bool(bound) and all(abs(Decimal(end)) <= bound for end in ends if end is not None)
    different = set(values)
    if kind.name != "text" or not different:
        return False
    if _POINT.search(name) and all(map(_is_point, different)):
        return True
    if _COUNTRY.search(name) and {value.upper() for value in different} <= _COUNTRIES:
        return len({len(value) for value in different}) == 1
    return bool(_REGION.search(name)) and (
        all(map(_is_region, different)) or (len(different) >= _FEWEST and {value.upper() for value in different} <= _STATES)
    )


def _is_point(text: str) -> bool:
    found = _PAIR.fullmatch(text)
    if not found:
        return False
    first, second = (abs(float(part)) for part in found.groups() if part is not None)
    return max(first, second) <= 180 and min(first, second) <= 90  # noqa: PLR2004  degrees


def _is_region(text: str) -> bool:
    return bool(re.fullmatch(r"[A-Z]{2}-[A-Z0-9]{1,3}", text, re.ASCII)) and text[:2] in _COUNTRIES
