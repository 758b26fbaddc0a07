"""Feeds of invented text for the benchmarks: seeded, of the size of real ones, a window over an endless stream.

Words are drawn by Zipf's law from an invented vocabulary, a tenth of them names; every tenth entry is an agency text
that several feeds carry. Nothing here is anybody's wording.
"""

from __future__ import annotations

import gzip
import random
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from functools import cached_property
from html import escape
from itertools import accumulate

_ONSETS = (
    "b",
    "br",
    "d",
    "dr",
    "f",
    "g",
    "gl",
    "h",
    "k",
    "kr",
    "l",
    "m",
    "n",
    "p",
    "pl",
    "r",
    "s",
    "st",
    "t",
    "tr",
    "v",
)
_VOWELS = ("a", "e", "i", "o", "u", "ei", "ou")
_CODAS = ("", "n", "r", "s", "l", "nd", "rt", "k")
_SMALL = ("the", "of", "to", "and", "in", "a", "that", "for", "on", "with", "by", "is", "was", "as", "it", "from", "at")
_AGENCY_TEXTS = 400
_EACH_HOURS = 3


@dataclass(frozen=True)
class FeedDocuments:
    """`entries` entries a feed, of `words` words each, which with its markup is about 70 kB for 40 of 160.

    `new_each_round` new entries stand on top in each round and as many old ones have gone. Everything follows from
    `seed`; `newest` is the date of the newest entry in round 0.
    """

    entries: int = 40
    words: int = 160
    new_each_round: int = 2
    seed: int = 20250217
    newest: datetime = datetime(2025, 2, 17, 12, tzinfo=UTC)

    @cached_property
    def _vocabulary(self) -> tuple[list[str], list[float]]:
        chance = random.Random(self.seed)  # noqa: S311
        made = dict.fromkeys(_SMALL)
        while len(made) < 20_000:
            syllables = chance.choice((1, 2, 2, 3, 3))
            parts = ((chance.choice(_ONSETS), chance.choice(_VOWELS), chance.choice(_CODAS)) for _ in range(syllables))
            word = "".join("".join(part) for part in parts)
            made[word.capitalize() if chance.random() < 0.1 else word] = None
        return list(made), list(accumulate(1 / (rank + 3) for rank in range(len(made))))

    def _sentences(self, chance: random.Random, words: int) -> list[str]:
        known, weights = self._vocabulary
        drawn = chance.choices(known, cum_weights=weights, k=words)
        sentences, start = [], 0
        while start < words:
            end = start + chance.randint(9, 24)
            line = " ".join(drawn[start:end])
            sentences.append(line[:1].upper() + line[1:] + ".")
            start = end
        return sentences

    def _entry(self, feed: int, number: int) -> str:
        """Entry `number` of a feed, counted from the oldest of round 0."""
        chance = random.Random(f"{self.seed} {feed} {number}")  # noqa: S311
        shared = chance.random() < 0.1
        told = random.Random(f"{self.seed} agency {chance.randrange(_AGENCY_TEXTS)}") if shared else chance  # noqa: S311
        title = " ".join(self._sentences(told, 9))[:-1]
        sentences = self._sentences(told, self.words)
        third = max(1, len(sentences) // 3)
        paragraphs = (" ".join(sentences[n : n + third]) for n in range(0, len(sentences), third))
        text = "".join(f"<p>{paragraph}</p>" for paragraph in paragraphs)
        text += f'<p><a href="https://paper{feed}.example/topics/{number % 7}">More on this</a></p>'
        at = self.newest - timedelta(hours=_EACH_HOURS * (self.entries - 1 - number))
        link = f"https://paper{feed}.example/news/{number}-{title.split()[0].lower()}"
        if feed % 3 == 2:
            return (
                f"<entry><id>tag:paper{feed}.example,2025:{number}</id><title>{escape(title)}</title>"
                f'<link rel="alternate" href="{link}"/><updated>{at.isoformat()}</updated>'
                f"<author><name>Desk {number % 9}</name></author>"
                f'<content type="html">{escape(text)}</content></entry>'
            )
        return (
            f'<item><guid isPermaLink="false">paper{feed}-{number}</guid><title>{escape(title)}</title>'
            f"<link>{link}</link><pubDate>{format_datetime(at)}</pubDate><dc:creator>Desk {number % 9}</dc:creator>"
            f"<category>Topic {number % 7}</category><description>{escape(text)}</description></item>"
        )

    def document(self, feed: int, round_: int) -> bytes:
        """The document of a feed in a round: RSS, and Atom every third."""
        first = round_ * self.new_each_round
        entries = "\n".join(self._entry(feed, number) for number in range(first + self.entries - 1, first - 1, -1))
        home = f"https://paper{feed}.example/"
        if feed % 3 == 2:
            return (
                f'<?xml version="1.0" encoding="utf-8"?>\n<feed xmlns="http://www.w3.org/2005/Atom" xml:lang="en">'
                f"<title>Paper {feed}</title><id>{home}</id><link href={home!r}/>"
                f"<updated>{self.newest.isoformat()}</updated>{entries}</feed>"
            ).encode()
        return (
            '<?xml version="1.0" encoding="utf-8"?>\n<rss version="2.0" xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<channel><title>Paper {feed}</title><link>{home}</link><language>en</language>"
            f"<description>News</description>{entries}</channel></rss>"
        ).encode()

    def packed(self, feed: int, round_: int) -> bytes:
        """The document as it goes over the wire."""
        return gzip.compress(self.document(feed, round_), 6, mtime=0)
