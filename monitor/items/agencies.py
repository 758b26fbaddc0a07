"""News agencies and how texts credit them. The value is the domain that stands for the agency."""

from __future__ import annotations

import re

_AGENCIES = {
    "reuters.com": ("Reuters", "Thomson Reuters"),
    "apnews.com": ("AP", "Associated Press", "The Associated Press"),
    "afp.com": ("AFP", "Agence France-Presse", "Agence France Presse"),
    "dpa.com": ("dpa", "Deutsche Presse-Agentur", "dpa-AFX", "dpa-infocom"),
    "apa.at": ("APA", "Austria Presse Agentur"),
    "keystone-sda.ch": ("Keystone-SDA", "SDA", "ATS"),
    "ansa.it": ("ANSA", "Agenzia ANSA"),
    "adnkronos.com": ("Adnkronos",),
    "agi.it": ("AGI",),
    "efe.com": ("EFE", "Agencia EFE"),
    "europapress.es": ("Europa Press",),
    "lusa.pt": ("Lusa", "Agência Lusa"),
    "pap.pl": ("PAP", "Polska Agencja Prasowa"),
    "ctk.eu": ("ČTK", "CTK"),
    "mti.hu": ("MTI",),
    "agerpres.ro": ("Agerpres",),
    "bta.bg": ("BTA",),
    "ukrinform.net": ("Ukrinform",),
    "interfax.com.ua": ("Interfax-Ukraine",),
    "interfax.com": ("Interfax",),
    "tass.com": ("TASS", "ITAR-TASS"),
    "ria.ru": ("RIA Novosti", "RIA"),
    "belta.by": ("BelTA",),
    "aa.com.tr": ("Anadolu", "Anadolu Agency", "AA"),
    "xinhuanet.com": ("Xinhua",),
    "kyodonews.net": ("Kyodo", "Kyodo News"),
    "yna.co.kr": ("Yonhap",),
    "ians.in": ("IANS",),
    "ptinews.com": ("PTI", "Press Trust of India"),
    "aninews.in": ("ANI",),
    "pa.media": ("PA", "PA Media", "Press Association"),
    "thecanadianpress.com": ("The Canadian Press", "Canadian Press"),
    "aap.com.au": ("AAP", "Australian Associated Press"),
    "upi.com": ("UPI",),
    "bloomberg.com": ("Bloomberg", "Bloomberg News"),
    "belga.be": ("Belga",),
    "anp.nl": ("ANP",),
    "ritzau.dk": ("Ritzau",),
    "ntb.no": ("NTB",),
    "tt.se": ("TT", "TT-AFP"),
    "stt.fi": ("STT",),
    "bns.ee": ("BNS",),
    "leta.lv": ("LETA",),
}
_BY_NAME = {name: domain for domain, names in _AGENCIES.items() for name in names}
_NAME = "|".join(sorted((re.escape(name) for name in _BY_NAME), key=len, reverse=True))
_STANDS_FOR_ITSELF = re.compile(
    rf"(?:By |Von |Par |Por |Da |De |Source: |Fonte: |Quelle: )?(?P<name>{_NAME})(?: staff| Staff| News Agency)?"
)
_WITH_PERSON = re.compile(rf"[^,(|/]{{3,60}}(?:, | \(| \| | / )(?P<name>{_NAME})\)?")
_DATELINE = re.compile(  # PARIS, 18 Feb (AFP) -   |   Canberra, Mar 4 (IANS) Australian …   |   AP —   |   Kyiv/TASS/ -
    rf"^[^\n.!?\"“„«]{{0,70}}?[(\[](?P<dash>{_NAME})[)\]]\s*[-–—:]"
    rf"|^(?:[A-ZÀ-Þ][\w.'’-]{{0,30}}[ ,/]{{1,3}}|\d{{1,4}}[ ,.]{{1,3}}){{0,6}}[(\[](?P<place>{_NAME})[)\]]\s"
    rf"|^(?P<bare>{_NAME})\s*[—–-]\s"
    rf"|^[A-ZÀ-Þ][^\n.!?]{{0,50}}/(?P<slash>{_NAME})/?\s*[—–-]"
)
_TAIL = re.compile(
    rf"(?:[(\[](?P<paren>{_NAME})[)\]]|(?:©|\(c\)|Source:|Quelle:|Fonte:|Fuente:|Źródło:|Источник:)\s*(?P<source>{_NAME}))"
    r"[\s.]*$"
)
_TAIL_LENGTH = 80


def credited_agency(author: str | None, text: str) -> str | None:
    """The domain of the one agency that a text is credited to; None when it is nobody's or several agencies' work.

    Credits stand in the author field, in the dateline (`PARIS (AFP) -`) or at the very end (`(Reuters)`,
    `Quelle: dpa`). A name inside the text (`told Reuters`) is no credit.
    """
    author = (author or "").strip()
    found = _STANDS_FOR_ITSELF.fullmatch(author) or _WITH_PERSON.fullmatch(author)
    if found:
        return _BY_NAME[found["name"]]
    for match in (_DATELINE.search(text.lstrip()[:200]), _TAIL.search(text[-_TAIL_LENGTH:])):
        name = next((name for name in match.groupdict().values() if name), None) if match else None
        if name:
            return _BY_NAME[name]
    return None
