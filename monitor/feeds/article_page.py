"""The article on a web page: its text without menu, advertisements and comments, or why there is none. Pure.

trafilatura (Barbaresi 2021) finds the text; it is given the document and asks no network. Run it in a process that can
be killed: `monitor/feeds/article_worker.py`.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from monitor.feeds.charset import decode
from monitor.feeds.text import plain

LEAST_TEXT = 250
"""Characters from which a page's text can be an article; below there is a teaser, a player or a form."""
LONGEST_TEXT = 200_000

_CHARSET = re.compile(rb"""<meta[^>]{0,200}charset\s{0,5}=\s{0,5}["']?([A-Za-z][\w.:-]{0,40})""", re.IGNORECASE)
_MARKUP = re.compile(r"<(?:!doctype\s+html|html|head|body|article|main|div|p)\b", re.IGNORECASE)
_PAID = re.compile(r"""["']isAccessibleForFree["']\s{0,5}:\s{0,5}["']?false""", re.IGNORECASE)
_CHALLENGE = re.compile(
    r"<title>\s{0,20}(?:just a moment|attention required|access denied|are you a robot|security check|pardon our)"
    r"|/cdn-cgi/challenge-platform/|cf-chl-|_cf_chl_opt|px-captcha|captcha-delivery\.com|geo\.captcha|g-recaptcha"
    r"|enable javascript and cookies to continue|checking your browser",
    re.IGNORECASE,
)
_HTML_TYPES = ("text/html", "application/xhtml+xml")
_SHORT = 1_500


@dataclass(frozen=True, slots=True, kw_only=True)
class ArticlePage:
    """What a page gave. `text` is empty where it holds no article; `note` says why, or what is missing from it."""

    text: str = ""
    title: str = ""
    note: str = ""


def article_page(body: bytes, content_type: str | None, url: str | None = None) -> ArticlePage:
    """Read a page. Never raises for what is in it, but may take long, and much memory, over a hostile one."""
    kind = (content_type or "").partition(";")[0].strip().lower()
    if kind and kind not in _HTML_TYPES:
        return ArticlePage(note=f"the address leads to no web page but to {kind[:60]}")
    markup = _decoded(body, content_type)
    if not _MARKUP.search(markup[:50_000]):
        return ArticlePage(note="the address leads to no web page" if markup.strip() else "the page is empty")
    text, title = _extracted(markup, url)
    if len(text) < _SHORT and _CHALLENGE.search(markup[:200_000]):
        return ArticlePage(note="the site shows programs a check instead of the article")
    paid = bool(_PAID.search(markup))
    if len(text) < LEAST_TEXT:
        why = "the article is for subscribers" if paid else "the page shows no article without a login or scripts"
        return ArticlePage(title=title, note=why)
    note = "the article is for subscribers; this is the part that the site shows to everybody" if paid else ""
    return ArticlePage(text=text[:LONGEST_TEXT], title=title, note=note)


def _decoded(body: bytes, content_type: str | None) -> str:
    declared = _CHARSET.search(body[:4096])
    if declared and "charset" not in (content_type or "").lower():
        content_type = f"text/html; charset={declared.group(1).decode('ascii')}"
    return decode(body, content_type)[0]


def _extracted(markup: str, url: str | None) -> tuple[str, str]:
    import trafilatura

    document = trafilatura.bare_extraction(
        markup, url=url, include_comments=False, include_tables=False, favor_precision=True, with_metadata=False
    )
    if document is None or isinstance(document, dict):
        return "", ""
    return plain(document.text or ""), plain(document.title or "")
