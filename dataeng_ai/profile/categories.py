"""The kinds of personal data: words of headers that mean each, what its values look like, and which values prove it by themselves.

The file is long because it is one table, and a kind that is looked for stands in one place.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Final

from dataeng_ai.profile import checksums as sums
from dataeng_ai.profile import people
from dataeng_ai.profile.looks import is_address

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

KEYS: Final = re.compile(
    r"(?:AKIA|ASIA)[A-Z0-9]{16}"  # Amazon
    r"|gh[pousr]_[A-Za-z0-9]{30,}|github_pat_\w{30,}|glpat-[\w-]{20,}"
    r"|[sr]k_(?:live|test)_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{20,}"
    r"|xox[abprs]-[A-Za-z0-9-]{10,}|AIza[\w-]{35}|[0-9]{8,10}:AA[\w-]{33}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*"  # a JSON Web Token
    r"|-----BEGIN [A-Z ]*PRIVATE KEY-----[\s\S]*"
)
"""Keys of services, by the prefixes that they give them."""

_FEW: Final = 5
_MORE: Final = 12
"""Where a tenth of all numbers have the checksum: so many different ones are not there by chance."""


@dataclass(frozen=True, slots=True)
class Words:
    """Words of headers. No pattern: for so many of them that takes longer to make than to search every header there is."""

    parts: tuple[str, ...]

    def search(self, words: str) -> bool:
        """Say whether one of them stands among words in lower case, each with a blank before and behind it."""
        return any(part in words for part in self.parts)


@dataclass(frozen=True, slots=True)
class Category:
    """A kind of personal data."""

    name: str
    header: Words | None = None
    """Words that mean it."""
    fits: Callable[[str], bool] | None = None
    """What a value looks like, where the header says what it is."""
    alone: Callable[[str], bool] | None = None
    """What a value looks like that is one whatever the header says."""
    fewest: int = _FEW
    """With fewer different values, values alone prove nothing."""
    weak: bool = False
    """Things are numbered so too: a header that names some speaks against it."""
    proof: Callable[[str], bool] | None = None
    """What at least one of the values must be, for some of those that pass are public."""
    but: Callable[[str, Sequence[str]], bool] | None = None
    """What the header's words and the values say against it: only a part is meant, which tells nobody."""
    with_some: Callable[[str], bool] | None = None
    """What nearly all values look like where a part of them are such as prove it alone."""
    some: float = 0.4
    """That part."""


def header(*lines: str) -> Words:
    """Return whole words, listed with commas between; `*` at the end of one stands for any ending."""
    words = [word.strip() for line in lines for word in line.split(",")]
    return Words(tuple(f" {word[:-1]}" if word.endswith("*") else f" {word} " for word in words))


THINGS: Final = header(
    "order*, invoice*, tracking*, barcode*, ean*, gtin*, upc, isbn, sku, article, hash*, sha*, md5, checksum, version*, build, release",
    "заказ*, накладн*, штрихкод*, артикул*, версия, партия, трек*, хеш, прошивка, firmware",
)
"""Headers of things that are numbered: what a tenth of all numbers would pass proves nothing there, and a version is no address."""


def _like(pattern: str) -> Callable[[str], bool]:
    return lambda text: _compiled(pattern).fullmatch(text) is not None


@cache
def _compiled(pattern: str) -> re.Pattern[str]:
    """Return the pattern, once it is needed: most columns are like nothing here."""
    return re.compile(pattern, re.IGNORECASE)


def _something(text: str) -> bool:
    return bool(text.strip())


def _of_a_person(text: str) -> bool:
    """A company's number has ten digits and stands in public registers; a person's has twelve, and nine abroad."""
    return len(text) != 10  # noqa: PLR2004  the length of a company's


def _written_snils(text: str) -> bool:
    return "-" in text and sums.is_snils(text)


def _written_cpf(text: str) -> bool:
    return "." in text and sums.is_cpf(text)


def _passport(text: str) -> bool:
    return _RU_PASSPORT.fullmatch(text) is not None


_RU_PASSPORT: Final = re.compile(r"(?:0[1-9]|[1-9][0-9]) ?(?:9[7-9]|[0-3][0-9]) (?:№ ?)?[0-9]{6}")
_MAC: Final = r"[0-9a-f]{2}([:-])(?:[0-9a-f]{2}\1){4}[0-9a-f]{2}|(?:[0-9a-f]{4}\.){2}[0-9a-f]{4}"
_PLATE: Final = r"[авекмнорстухabekmhopctyx][0-9]{3}[авекмнорстухabekmhopctyx]{2} ?[0-9]{2,3}(?: ?rus)?"
_DEGREES: Final = r"-?[0-9]{1,3}(?:[.,][0-9]+)?(?:[,;] ?-?[0-9]{1,3}\.[0-9]+)?|POINT ?\(.*\)"

_WHO: Final = (
    *("client", "customer", "user", "person", "passenger", "visitor", "patient", "employee", "buyer", "contact"),
    *("guest", "student", "driver", "courier", "member", "owner", "subscriber", "recipient", "sender", "holder"),
    *("payer", "author", "manager", "doctor", "teacher", "tenant", "applicant", "candidate", "borrower", "insured"),
)
_WHO_RU: Final = (
    "клиент*",
    "покупател*",
    "пользовател*",
    "посетител*",
    "пациент*",
    "сотрудник*",
    "пассажир*",
    "водител*",
    "получател*",
    "контактн*",
)
_NAMES: Final = (
    "surname, lastname, last name, lname, firstname, first name, fname, middle name, middlename",
    "given name, family name, full name, fullname",
    "maiden name, cardholder, card holder, patronymic, фио, fio, ф и о, фамили*, имя, отчеств*",
    "прізвище, ім я, по батькові, піб, тегі, аты жөні",
    "vorname, nachname, familienname, prénom, prenom, apellido*, nombre completo, imię, imie, nazwisko",
    "soyad*, adı soyadı, ad soyad, cognome",
    "sobrenome, nome completo, 姓名, 氏名",
    ", ".join(f"{who} name" for who in _WHO),
    ", ".join(f"имя {who}" for who in _WHO_RU),
)
_PLACES: Final = ", ".join(
    f"{who} {what}" for who in (*_WHO, "home", "pickup", "dropoff", "delivery") for what in ("lat*", "lon*", "lng", "location", "gps")
)

_AREA: Final = re.compile(
    " (?:city|town|village|locality|settlement|region|state|province|district|county|country|area|municipality|oblast|federal subject"
    "|город|населенный пункт|населённый пункт|посел[её]к|село|регион|область|край|район|округ|страна|республика|субъект|муниципалитет"
    "|місто|область|район|країна|stadt|ort|land|bundesland|ville|pays|région|ciudad|país|provincia|miasto|kraj|città|cidade|şehir|il|ülke)"
    "(?: (?:name|title|code|id|type|iso|название|наименование|имя|код|тип|назва|fias|фиас))* $"
)
_NOT_AN_AREA: Final = header(
    "street*, road, house, building, flat, apartment, line, full, улиц*, дом, квартира, строка, полный, вулиця, straße, home, живет",
    "проживан*, прописк*, регистрац*, рожд*, жительства",
    ", ".join(_WHO),
    ", ".join(_WHO_RU),
)


def _is_area(words: str, different: Sequence[str]) -> bool:
    """Say whether a header such as `address.region.name` names a place where many live, nobody who does, and no value is a street."""
    return bool(_AREA.search(words)) and not _NOT_AN_AREA.search(words) and not any(map(people.is_street, different))


CATEGORIES: Final = (
    Category("secret", None, None, lambda text: KEYS.fullmatch(text) is not None),
    Category(
        "secret",
        header(
            "password*, passwd, pwd, secret, api key, apikey, access key, private key, pin code, pincode hash",
            "cvv, cvc, парол*, пин код, mot de passe",
        ),
        _something,
    ),
    Category("secret", header("contraseña, passwort, kennwort, hasło, senha, şifre"), _something),
    Category("email", header("email*, e mail, mail, почта, емейл, имейл, correo*, courriel, пошта"), people.is_email, people.is_email),
    Category("mac", header("mac, mac address, bssid"), _like(_MAC), _like(_MAC)),
    Category("iban", header("iban, rib"), sums.is_iban, sums.is_iban),
    Category("snils", header("snils, снилс"), _like(r"[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{3}[- ]?[0-9]{2}")),
    Category("snils", None, None, _written_snils),
    Category("snils", None, None, sums.is_snils),
    Category("inn", header("inn, инн, tin, tax id, tax number, taxpayer*"), _like("[0-9]{9,12}"), proof=_of_a_person),
    Category("inn", None, None, sums.is_inn, proof=_of_a_person),
    Category("ogrnip", header("ogrnip, огрнип"), _like("[0-9]{15}")),
    Category("imei", header("imei*"), _like("[0-9 -]{14,20}"), sums.is_imei, _MORE, weak=True),
    Category("ogrnip", None, None, sums.is_ogrnip, _MORE, weak=True),
    Category(
        "ssn", header("ssn, social security*, ss number"), _like(r"(?:[0-9]{3}-?[0-9]{2}|\*{3}-?\*\*|xxx-?xx)-?[0-9]{4}"), sums.is_ssn
    ),
    Category("nino", header("nino, national insurance*, ni number"), _like("[a-z]{2} ?(?:[0-9]{2} ?){3}[a-z]"), sums.is_nino),
    Category(
        "steuer_id",
        header("steuer id*, steueridentifikationsnummer, idnr, steuer idnr"),
        _like("[0-9 ]{11,14}"),
        sums.is_steuer_id,
        _MORE,
        weak=True,
    ),
    Category("pesel", header("pesel"), _like("[0-9]{11}"), sums.is_pesel),
    Category(
        "nir",
        header("nir, numéro de sécurité sociale, numero securite sociale, insee, sécu*, n secu"),
        _like("[12][0-9ab .]{12,20}"),
        sums.is_nir,
    ),
    Category("dni", header("dni, nie, nif"), _like("[xyz0-9][0-9.-]{7,10}-?[a-z]"), sums.is_dni),
    Category("codice_fiscale", header("codice fiscale, cod fiscale, cf"), _like("[a-z]{6}[0-9a-z]{10}"), sums.is_codice_fiscale),
    Category("tckn", header("tckn, tc kimlik*, kimlik*, tc no, t c kimlik no"), _like("[0-9]{11}"), sums.is_tckn),
    Category(
        "resident_id",
        header("resident id*, 身份证*, 身份证号码, id card*, identity card*, shenfenzheng"),
        _like("[0-9]{17}[0-9x]|[0-9]{15}"),
        sums.is_resident_id,
    ),
    Category("iin", header("iin, иин, жсн"), _like("[0-9]{12}"), sums.is_iin),
    Category("rnokpp", header("rnokpp, рнокпп, ipn, іпн, ідентифікаційний код"), _like("[0-9]{10}"), sums.is_rnokpp, _MORE, weak=True),
    Category(
        "aadhaar", header("aadhaar*, aadhar*, uidai"), _like(r"[0-9xX*]{4}[ -]?[0-9xX*]{4}[ -]?[0-9]{4}"), sums.is_aadhaar, _MORE, weak=True
    ),
    Category("cpf", header("cpf"), _like(r"[0-9]{3}\.?[0-9]{3}\.?[0-9]{3}-?[0-9]{2}"), _written_cpf),
    Category("cpf", None, None, sums.is_cpf),
    Category(
        "card",
        header(
            "pan, card number, card no, cardnumber, credit card*, debit card*, cc number, номер карты",
            "банковская карта, kartennummer, numéro de carte",
        ),
        _like(r"[0-9]{13,19}|[0-9]{4}(?:[ -][0-9]{3,6}){2,4}|[0-9]{4,6}[*xX]+[0-9]{4}"),
    ),
    Category("card", header("card*, карт*"), sums.is_card, sums.is_card),
    Category(
        "account",
        header("account number, account no, bank account, счет, счёт, лицевой счет, лицевой счёт, расчетный счет, расчётный счёт, р с"),
        _like("(?:408|423|426)[0-9]{17}"),
        _like("(?:40817|40820|42301|423[0-9]{2})810[0-9]{12}"),
    ),
    Category(
        "driver_license",
        header("driver licen*, drivers licen*, driving licen*, водительск*, права, führerschein*, permis de conduire"),
        _like(r"(?=(?:.*[0-9]){4})[a-zа-я0-9 -]{6,20}"),
    ),
    Category(
        "passport",
        header("passport*, паспорт*, reisepass*, passeport*, pasaporte*, paszport*, passaporto, серия и номер"),
        _like(r"(?=(?:.*[0-9]){5})[a-zа-я]{0,3}[ -]?[0-9]{2} ?[0-9]{2}[ №-]*[0-9]{1,6}[a-z]?|[a-z0-9]{8,9}"),
        _passport,
    ),
    Category(
        "phone",
        header(
            "phone*, tel, telephone, telefon*, mobile*, cell, cellphone, msisdn, fax, whatsapp, телефон*, тел",
            "моб*, факс, téléphone, teléfono, móvil, handy, komórka, 电话, 手机",
        ),
        people.is_phone,
        people.is_written_phone,
        with_some=people.is_phone,
        some=0.15,
    ),
    Category("ip", header("ip, ipv4, ipv6, ip address, ip addr, ip адрес"), is_address, is_address, weak=True),
    Category(
        "plate",
        header(
            "plate*, license plate*, licence plate*, number plate*, госномер*, гос номер*, номер авто*, грз",
            "kennzeichen, immatriculation, matrícula, targa",
        ),
        _like(r"(?=.*[0-9])[\w ·-]{4,12}"),
        _like(_PLATE),
    ),
    Category("gps", header(_PLACES, "home location, gps, gps location"), _like(_DEGREES)),
    Category(
        "login",
        header("login*, username*, user name, nick, nickname, screen name, логин*, никнейм, benutzername, identifiant, usuario"),
        _like(r"\S{2,64}"),
    ),
    Category(
        "address",
        header(
            "address*, addr, street*, адрес*, адреса, улица, проживан*, прописк*, anschrift, adresse, straße",
            "dirección, direccion, domicilio, adres, endereço, indirizzo, вулиця",
        ),
        people.is_letters,
        but=_is_area,
    ),
    Category("address", None, None, people.is_street, with_some=people.is_placed),
    Category("name", header(*_NAMES), people.is_letters),
    Category(
        "name",
        header(
            "name, names, имена, nom, nome, nombre, isim, kontakt, contact, client, customer, клиент",
            "сотрудник, менеджер, manager, author, автор",
        ),
        people.is_person,
        people.is_person,
        with_some=people.is_named,
        some=0.2,
    ),
)
"""In this order; the surer a category's proof, the earlier it stands."""

BIRTHDAY: Final = header(
    "birth*, dob, born, bday, рожд*, др, date of birth, geburt*, naissance, nacimiento, urodzenia, doğum*, nascita, nascimento, народження"
)
NO_BIRTHDAY: Final = header("birth place, birthplace, birth city, birth country, место рожд*")
