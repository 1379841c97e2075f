"""Countries: the ISO 3166 code for what a shopper calls a country in English or Chinese."""

from __future__ import annotations

import functools
import re
import unicodedata

from babel import Locale
from babel.core import get_global

# Unicode's list also names places and groups that have no ISO 3166-1 code of their own; nothing is posted to these.
_NO_COUNTRY = frozenset({"AC", "CP", "CQ", "DG", "EA", "EU", "EZ", "IC", "QO", "TA", "UN", "XA", "XB", "ZZ"})
_LANGUAGES = ("en", "zh", "zh_Hant", "zh_Hant_HK")
# How people who live there call their country on an envelope.
_AT_HOME = (
    "de_DE de_AT de_CH fr_FR fr_BE fr_CH nl_NL nl_BE it_IT it_CH es_ES es_MX pt_PT pt_BR da_DK sv_SE nb_NO fi_FI "
    "pl_PL cs_CZ sk_SK hu_HU ro_RO hr_HR sl_SI tr_TR et_EE lt_LT lv_LV ga_IE el_GR ja_JP ko_KR"
)
# What people say where Unicode's English list has only the official or newer name.
_ALSO_CALLED = {
    "america": "US",
    "united states of america": "US",
    "great britain": "GB",
    "britain": "GB",
    "england": "GB",
    "scotland": "GB",
    "wales": "GB",
    "northern ireland": "GB",
    "holland": "NL",
    "czech republic": "CZ",
    "turkey": "TR",
    "hong kong": "HK",
    "macau": "MO",
    "macao": "MO",
    "ivory coast": "CI",
    "cape verde": "CV",
    "swaziland": "SZ",
    "macedonia": "MK",
    "vatican": "VA",
    "korea": "KR",
    "香港": "HK",
    "澳门": "MO",
    "澳門": "MO",
    "臺灣": "TW",
    "大陆": "CN",
    "中国大陆": "CN",
}

_PARTS = re.compile(r"[,.;!?，。；！？\n]+")
# How an answer is led in and rounded off.
_BESIDE = re.compile(
    r"^(?:it's|it is|its|still|the country is|country is|in|\s)+\b|^(?:还是|就是|当然是|国家是|国家|在|是)+|"
    r"[啊呀吧呢的哦嘛]+$",
    re.IGNORECASE,
)


def country_code(text: str) -> str | None:
    """Find the two-letter code for a code of two or three letters or a name; None where there is none.

    >>> country_code("germany"), country_code("USA"), country_code("The Netherlands"), country_code("Atlantis")
    ('DE', 'US', 'NL', None)
    >>> country_code("中国")
    'CN'
    """
    return _codes().get(_plain(text))


def country_said(text: str) -> str | None:
    """Find the code of the one country that an answer names, among the words around it.

    >>> country_said("还是美国"), country_said("USA. state is Texas"), country_said("美国啊，刚才那个改地址，确定")
    ('US', 'US', 'US')
    >>> country_said("it's still Germany"), country_said("France or Spain"), country_said("not the UK")
    ('DE', None, None)
    """
    whole = country_code(text)
    if whole:
        return whole
    parts = (_BESIDE.sub("", part.strip()) for part in _PARTS.split(text))
    found = {code for part in parts if (code := country_code(part))}
    return found.pop() if len(found) == 1 else None


@functools.cache
def _codes() -> dict[str, str]:
    found: dict[str, str] = {}
    for language in _LANGUAGES:
        names = {code: name for code, name in Locale(language).territories.items() if len(code) == 2}
        countries = {code: name for code, name in names.items() if code not in _NO_COUNTRY}
        found |= {_plain(name): code for code, name in countries.items()}
        # "Myanmar (Burma)" answers to both of its names.
        for code, name in countries.items():
            found |= {_plain(part): code for part in re.split(r"[()（）]", name) if "(" in name and part.strip()}
    return _at_home() | found | _ALSO_CALLED | _letters(countries)


def _at_home() -> dict[str, str]:
    pairs = [home.split("_") for home in _AT_HOME.split()]
    return {_plain(Locale(language).territories[code]): code for language, code in pairs}


def _letters(countries: dict[str, str]) -> dict[str, str]:
    aliases = get_global("territory_aliases")
    longer = {alias: targets[0] for alias, targets in aliases.items() if len(targets) == 1 and len(alias) == 3}
    spoken = {alias: code for alias, code in (longer | {"UK": "GB"}).items() if alias.isalpha() and code in countries}
    return {alias.casefold(): code for alias, code in (spoken | {code: code for code in countries}).items()}


def _plain(text: str) -> str:
    """Drop accents, dots, case and a leading article, so that spelling matters less."""
    letters = unicodedata.normalize("NFKD", text.casefold().replace("&", " and "))
    kept = "".join(char for char in letters if not unicodedata.combining(char) and char not in ".'’")
    words = re.sub(r"[\W_]+", " ", kept).split()
    return " ".join(words[1:] if words[:1] == ["the"] else words)
