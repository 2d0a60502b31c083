"""Names of people, their streets and their phones: how such texts look in the languages that files are written in."""

from __future__ import annotations

import re
from typing import Final

from dataeng_ai.profile.checksums import digits_of

_FREQUENT: Final = """
    александр алексей анастасия андрей анна антон антонина аркадий артём артем богдан борис вадим валентина валерий валерия варвара
    василий вера вероника виктор виктория виталий владимир владислав вячеслав галина геннадий георгий григорий дарья денис диана дмитрий
    евгений евгения екатерина елена елизавета жанна зинаида зоя иван игорь илья инна ирина кирилл константин кристина ксения лариса
    леонид лидия любовь людмила максим маргарита марина мария матвей михаил надежда наталья наталия нина никита николай оксана олег
    олеся ольга павел пётр петр полина роман руслан светлана семён семен сергей софия софья станислав степан тамара татьяна тимофей
    ульяна фёдор федор юлия юрий яна ян ярослав айгуль алия алмас арман аслан бахыт гульнара данияр ерлан марат нурлан рустам тимур
    олександр андрій василь володимир дмитро ігор іван катерина микола михайло наталія оксана олена ольга павло петро сергій тетяна юрій
    alexander alexey anastasia andrey anton boris dmitry ekaterina elena evgeny galina igor irina ivan ksenia lyudmila maxim mikhail
    natalia nikolay oleg olga pavel polina roman sergey svetlana tatiana victor vladimir yulia yury alice andrew angela ann anna anne
    anthony ashley barbara benjamin betty brandon brian carol catherine charles charlotte christine christopher cynthia daniel david
    deborah dennis diane donald donna dorothy edward elizabeth emily emma eric eva evelyn frank gary george gregory hannah heather helen
    henry jack jacob james jane janet jason jeffrey jennifer jessica john jonathan joseph joshua joyce julia julie justin karen
    katherine kathleen kelly kenneth kevin kimberly larry laura lauren linda lisa louise margaret maria marie mark martha martin mary
    matthew megan melissa michael michelle nancy nathan nicholas nicole olivia oscar pamela patricia patrick paul peter philip rachel
    raymond rebecca richard robert ronald ruth ryan samuel sandra sara sarah scott sharon sophia sophie stephanie stephen steven susan
    teresa thomas timothy tyler victoria virginia walter william zachary hans klaus jürgen jurgen stefan wolfgang andreas ursula monika
    petra sabine birgit heike dieter uwe günter matthias anja katrin lukas jean pierre michel philippe alain nicolas françois claude
    isabelle nathalie sylvie camille julien céline élodie thierry chloé léa josé jose juan manuel francisco antonio javier carlos miguel
    ángel angel luis pedro pablo jesús carmen josefa isabel dolores pilar ana lucía giuseppe giovanni mario luigi francesca giulia marco
    alessandro andrea paola chiara joão joao paulo fernanda rafael gabriel mateus beatriz jan piotr krzysztof andrzej tomasz paweł
    michał agnieszka katarzyna małgorzata magdalena joanna ewa zofia mehmet mustafa ahmet ali hüseyin hasan fatma ayşe emine hatice
    zeynep elif mohammed muhammad ahmed fatima omar priya rahul amit sunita
    jiří jiri petra josef jana pavel eva miroslav václav vaclav zdeněk milan lenka hana tomáš tomas karel ladislav jaroslav františek
    lászló istván józsef jános zoltán sándor gábor ferenc attila péter tamás zsolt tibor andrás csaba imre lajos györgy balázs gyula
    mária erzsébet katalin éva ilona anna zsuzsanna margit judit ágnes julianna andrea ildikó erika krisztina mónika
    juhani johannes mikael matti pekka kari heikki jari mika olavi antti timo tapio sari anneli johanna hannele kristiina marjatta
    päivi kaarina minna tuula leena liisa riitta lars erik anders johan per karl nils fredrik björn magnus gustav kerstin birgitta
    ingrid elisabeth margareta astrid sven gunnar andrei alexandru ion mihai cristian gheorghe vasile ștefan stefan elena ioana
    mihaela daniela gabriela alina johanna pieter willem hendrik cornelis gerrit dirk sjoerd joep kees anouk femke sanne lotte daan
    sem lucas luuk bram thijs lars yara fleur emre murat ömer ibrahim ibrahim hakan kemal yusuf osman burak merve esra büşra
    rajesh sanjay vijay anil sunil ravi deepak anita kavita neha pooja arjun vivaan aditya aarav ishaan krishna lakshmi
    clémence auguste jules benjamin gilles bernard jacques gérard andré rené louis alain olivier laurent christophe sébastien
    monique jacqueline françoise christine valérie sandrine aurélie émilie margaux lucie manon camila valentina sofia mateo
    santiago diego alejandro fernando ricardo alberto rosa marta raquel silvia patrícia mónica thiago caio bruno felipe gustavo
    leonardo larissa letícia juliana mariana aline camila isabela dariusz wojciech dorota dawid marek grzegorz jerzy tadeusz adam
    stanisław barbara krystyna elżbieta teresa danuta ryszard mariusz marcin łukasz mateusz kamil oliwia maja
    """
_GIVEN_NAMES: Final = frozenset(_FREQUENT.split())
_PATRONYMIC: Final = re.compile(r"(?i)(?:ович|евич|овна|евна|ична|инична|івна|оглы|кызы|ovich|evich|ovna|evna)$|(?<=[а-яё]{3})ич$")
_INITIALS: Final = re.compile(
    r"[А-ЯЁІЇЄ][а-яёіїє]+(?:-[А-ЯЁ][а-яё]+)? [А-ЯЁІЇЄ]\. ?(?:[А-ЯЁІЇЄ]\.)?"
    r"|[А-ЯЁ]\. ?[А-ЯЁ]\. ?[А-ЯЁ][а-яё]+|[A-Z][a-z]+,? [A-Z]\. ?[A-Z]\."
)

_PARTICLES: Final = "van der den de la le da di dos das do du del von zu bin al el y e ten ter af av i und"
_SMALL: Final = frozenset(_PARTICLES.split())
"""Words between names that have no capital."""
_FAMILIAR: Final = re.compile(r"[^\W\d_][^\W\d_'’.-]*(?:['’.-]+[^\W\d_][^\W\d_'’-]*)*\.?")
_MOST_WORDS: Final = 5
_STREET: Final = re.compile(
    r"(?i)\b(?:ул|улица|пр-т|просп|проспект|пер|переулок|шоссе|наб|набережная|бульвар|б-р|проезд|мкр|кв|квартира|вул|вулиця"
    r"|street|st|avenue|ave|road|rd|lane|ln|drive|blvd|boulevard|court|apt|suite|straße|strasse|str|platz|allee|weg|rue|calle|avenida|via|ulica|rua"
    r"|ш|алл|аллея|пр|провулок|шосе|площа|бульвар|узвіз|буд|chemin|impasse|place|quai|plaza|paseo|pasaje|glorieta|rambla|camino|travessa"
    r"|alameda|praça|viale|piazza|corso|contrada|borgo|vicolo|aleja|al|pl|plac|os|osiedle|sokak|sokağı|cadde|caddesi|mahallesi|mah|sok|cad"
    r"|utca|út|tér|körút|bulevardul|strada|aleea|nagar|marg|circle|square|terrace|crescent|place|way|trail|parkway|highway)\b"
    r"|(?:straße|strasse|str\.|weg|platz|gasse|allee|ring|straat|laan|steeg|dreef|baan|plein|gatan|vägen|katu|tie|polku|kuja) [0-9]"
    r"|(?:straße|strasse|str\.|weg|platz|gasse) |\bд\. ?[0-9]|[a-z], [A-Z]{2} [0-9]{5}(?:-[0-9]{4})?$|[路街道巷][^ ]{0,6}[座号]"
)


def is_person(text: str) -> bool:
    """Say whether a text is a given name, or two to four words with a given name, a patronymic or initials among them."""
    if len(text) > 60 or re.search("[0-9@/_]", text):  # noqa: PLR2004  no name is longer
        return False
    if _INITIALS.fullmatch(text):
        return True
    words = re.findall(r"[^\W\d_]+", text)
    known = any(word.lower() in _GIVEN_NAMES for word in words) or any(map(_PATRONYMIC.search, words[1:]))
    return known and len(words) <= 4 and all(word[:1].isupper() for word in words)  # noqa: PLR2004  given, middle, family


def is_named(text: str) -> bool:
    """Say whether a text has the make of a person's whole name: two words or more, with capitals, and nothing but words."""
    words = text.replace(",", "").split()
    if not 1 < len(words) <= _MOST_WORDS or len(text) > 60:  # noqa: PLR2004  no name is longer
        return False
    return all(_FAMILIAR.fullmatch(word) and (word[0].isupper() or word.lower() in _SMALL or word.endswith(".")) for word in words)


def is_placed(text: str) -> bool:
    """Say whether a text may be an address: words and a number, on one line."""
    return any(map(str.isalpha, text)) and any(map(str.isdigit, text)) and len(text) <= 120  # noqa: PLR2004  no address is longer


def is_letters(text: str) -> bool:
    """Say whether a text may be a name or an address, where the header says so."""
    return any(map(str.isalpha, text)) and len(text) <= 120  # noqa: PLR2004  no address is longer


def is_street(text: str) -> bool:
    """Say whether a text is a street with a number."""
    return bool(_STREET.search(text)) and bool(re.search("[0-9]", text)) and " " in text and len(text) <= 200  # noqa: PLR2004  prose is longer


def is_email(text: str) -> bool:
    """Say whether a text is an address of electronic mail."""
    return bool(re.fullmatch(r"[^@\s\"<>]+@[\w-]+(?:\.[\w-]+)+", text))


def is_phone(text: str) -> bool:
    """Say whether a text may be a phone: digits with what stands between those of phones."""
    written = re.fullmatch(
        r"(?:\+?[0-9][0-9() ./-]{5,20}|\(?\+?\([0-9]+\)[0-9 ./-]+|\(\+[0-9]+\)[0-9 ./-]+)(?: ?(?:x|ext\.?|доб\.?) ?[0-9]{1,6})?", text
    )
    return bool(written) and 7 <= len(digits_of(re.split("[xeд]", text)[0])) <= 15  # noqa: PLR2004  E.164 allows 15 digits, a local number has 7


_ALONE: Final = re.compile(
    r"\+.*|.*\([0-9]{3,5}\).*|8[ -][0-9]{3}[ -][0-9]{3}[ -][0-9]{2}[ -][0-9]{2}|[2-9][0-9]{2}[-.][2-9][0-9]{2}[-.][0-9]{4}|[78]9[0-9]{9}"
)


def is_written_phone(text: str) -> bool:
    """Say whether a text is a phone that cannot well be anything else: with a plus, brackets, or a country's own spelling."""
    return is_phone(text) and bool(_ALONE.fullmatch(text))
