"""Text that reaches people: plain, without markup, control characters or anything that a database refuses. Pure."""

from __future__ import annotations

import codecs
import html
import re

import nh3

_ILLEGAL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_LINE_ENDS = re.compile("\r\n?|\x85|\u2028|\u2029")
_UNCLEAN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028\u2029\ud800-\udfff\ufdd0-\ufdef\ufeff\ufffe\uffff]")
_BLOCK_TAGS = """
    address article aside blockquote caption center dd details dialog div dl dt fieldset figcaption figure footer
    form h1 h2 h3 h4 h5 h6 header hr li main nav ol p pre section summary table tbody td tfoot th thead tr ul br
"""
_DROPPED_TAGS = """
    script style head title noscript iframe object embed applet svg math select textarea button audio video canvas
    frameset noframes xmp plaintext
"""
_DROPPED = set(_DROPPED_TAGS.split())
_TEXT_ONLY = nh3.Cleaner(
    tags=set(_BLOCK_TAGS.split()),
    clean_content_tags=_DROPPED,
    attributes={},
    link_rel=None,
)
_NO_TAGS = nh3.Cleaner(tags=set(), clean_content_tags=_DROPPED, attributes={}, link_rel=None)
_MOST_MENDINGS = 3
_C1_AS_IS = "volteface-c1"
_BREAK = re.compile(r"<[^>]*>")
_BLANK_LINES = re.compile(r"\n\s*\n")
_SPACES = re.compile(" {2,}")
_LINE_END = re.compile(rf"</?(?:{'|'.join(_BLOCK_TAGS.split())})(?=[\s/>])", re.IGNORECASE)
_TAG = re.compile(r"</?[A-Za-z][^<>]*>|<!--")  # no `<` inside: `<a<a<a…` would be searched anew from each


def _c1_as_is(error: UnicodeError) -> tuple[bytes, int]:
    if not isinstance(error, UnicodeEncodeError):
        raise error
    odd = error.object[error.start : error.end]
    if not all("\x80" <= char <= "\x9f" for char in odd):
        raise error
    return odd.encode("latin-1"), error.end


codecs.register_error(_C1_AS_IS, _c1_as_is)


def clean(text: str) -> str:
    """Without characters that XML forbids, PostgreSQL rejects or a terminal obeys; line ends are `\\n`."""
    return _ILLEGAL.sub("", _LINE_ENDS.sub("\n", text)) if _UNCLEAN.search(text) else text


def _spaced(text: str, blanks: str = "\t\n\f\r") -> str:
    """With every run of blanks, by default as HTML has them, as one space; a hard space is none of them."""
    for blank in blanks:
        text = text.replace(blank, " ")
    return _SPACES.sub(" ", text) if "  " in text else text


def mended(text: str) -> str:
    """Text that was encoded as UTF-8 twice or more often, read right: `Donâ€™t`. Any other text as it is.

    Only when the whole of it reads as UTF-8 once it is taken for windows-1252: no honest text does so by chance.
    """
    if text.isascii():
        return text
    for _ in range(_MOST_MENDINGS):
        try:
            text = text.encode("cp1252", _C1_AS_IS).decode("utf-8")
        except UnicodeError:
            break
    return text


def one_line(text: str) -> str:
    """Cleaned, with every run of blanks, line breaks and tabs as one space: it can forge neither a header nor a log."""
    return " ".join(clean(text).split())


def plain(text: str) -> str:
    """Plain text as text: cleaned, line breaks kept, blanks before and after lines and empty lines dropped."""
    lines = (line.strip() for line in _spaced(clean(text), "\t\f\r").split("\n"))
    return "\n".join(line for line in lines if line)


def html_to_text(markup: str) -> str:
    """HTML as plain text: one line to a paragraph, entities read once, scripts and the like left out.

    Where there is no markup at all an empty line is taken for the end of a paragraph and a single line break for a
    space, as people mean it.
    """
    markup = clean(markup)
    if not _TAG.search(markup):
        paragraphs = _BLANK_LINES.split(markup)
        return plain("\n".join(_spaced(html.unescape(p)) for p in paragraphs))
    return plain(html.unescape(_BREAK.sub("\n", _spaced(_TEXT_ONLY.clean(markup)))))


def html_to_line(markup: str) -> str:
    """HTML as one line, for titles and names."""
    markup = clean(markup)
    if _TAG.search(markup):
        markup = _NO_TAGS.clean(_LINE_END.sub(r" \g<0>", markup))
    return one_line(html.unescape(markup))
