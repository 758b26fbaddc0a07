"""Dates whose parts bear names in Chinese, Japanese or Korean, respelled in digits. Pure; nothing here raises."""

from __future__ import annotations

import re

_DATE = re.compile(r"(\d{4})\s*[年년]\s*(\d{1,2})\s*[月월]\s*(\d{1,2})\s*[日일号]?\s*")
_CLOCK = re.compile(r"(\d{1,2})\s*[時时点點시]\s*(?:(\d{1,2})\s*[分분]\s*(?:(\d{1,2})\s*[秒초])?)?")
_WEEKDAY = re.compile(
    r"[(（]?(?:星期|周|週)?[一二三四五六日天月火水木金土](?:曜日|曜)?[)）]|[(（]?[월화수목금토일](?:요일[)）]?|[)）])"
)
_HALVES = (("AM", re.compile("오전|上午|午前|凌晨|早上")), ("PM", re.compile("오후|下午|午後|晚上")))
_HANGUL = re.compile("[년월일오전후]")
_EAST_ASIAN = re.compile("[\u3400-\u9fff\uac00-\ud7af]")


def in_digits(text: str) -> str:
    """The date in digits, AM or PM behind its clock. Korean names a single zone, which is added where none is given."""
    if not _EAST_ASIAN.search(text):
        return text
    korean = bool(_HANGUL.search(text))
    text = _DATE.sub(r"\1-\2-\3 ", text)
    text = _WEEKDAY.sub(" ", text)
    text = _CLOCK.sub(lambda found: ":".join(part.zfill(2) for part in found.groups("00")), text)
    half = ""
    for name, words in _HALVES:
        text, count = words.subn(" ", text)
        half = name if count else half
    zone = "+0900" if korean and not re.search(r"[A-Z]|[+-]\d{2}:?\d{2}$", text) and ":" in text else ""
    return " ".join(f"{text} {half} {zone}".split())
