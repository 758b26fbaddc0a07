"""A language as data: the folder `languages/<code>/` read strictly, so that a linguist sees what is wrong and where."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from hashlib import sha256
from pathlib import Path
from typing import Any

from ruamel.yaml import YAML
from ruamel.yaml.error import YAMLError

from monitor.positions.grammar.cues import CueTable, Wording, parse_wording
from monitor.positions.grammar.inflection import Inflection
from monitor.positions.grammar.tokens import Writing
from monitor.positions.grammar.traits import Traits, parse_traits
from monitor.positions.grammar.word_lists import WORD_LISTS

LANGUAGES = Path(__file__).parent.parent / "languages"


class CueClass(StrEnum):
    """What a wording does to a stance; the names are the keys of stance.yaml and speech.yaml."""

    SUPPORT = "support"
    ACT = "act"
    OPPOSE = "oppose"
    EXCLUDE = "exclude"
    REVERSE = "reverse"
    CONDITION = "condition"
    POSSIBLE = "possible"
    NORMATIVE = "normative"
    GOOD = "good"
    BAD = "bad"
    SUPPORT_NOUN = "support_noun"
    OPPOSE_NOUN = "oppose_noun"
    SAY = "say"
    ACCORDING = "according"
    DIRECTIVE = "directive"
    GUESS = "guess"
    OPEN_QUESTION = "open_question"
    FORMER = "former"
    NOW = "now"
    CONTRARY = "contrary"
    WITHDRAW = "withdraw"
    NEGATION = "negation"
    ANAPHORA = "anaphora"
    TOPIC = "topic"
    TRANSPARENT = "transparent"
    OPEN = "open"
    SOFT = "soft"
    SAY_NOUN = "say_noun"
    OUTSIDER = "outsider"
    DENIAL = "denial"
    UNSAID = "unsaid"
    ACCUSE = "accuse"
    HELD = "held"
    HARM = "harm"
    BENEFIT = "benefit"
    PREVAIL = "prevail"
    LAPSE = "lapse"
    LACKING = "lacking"


class LanguageInvalid(ValueError):  # noqa: N818 - named for what it says, as RulesInvalid
    """A language folder that cannot be used: each line of the message names a file, a key and what to write."""


@dataclass(frozen=True, slots=True)
class Verbs:
    """Verbs as word order needs them: all known `forms`, and forms with the prefix that they leave behind."""

    forms: frozenset[str] = frozenset()
    parted: frozenset[tuple[str, ...]] = frozenset()


@dataclass(frozen=True, slots=True)
class Language:
    """What the grammar knows of one language. `words` holds folded word lists by name, `cues` the wordings."""

    code: str
    name: str
    abbreviations: frozenset[str]
    months: tuple[str, ...]
    weekdays: tuple[str, ...]
    past: Mapping[int, tuple[tuple[str, ...], ...]]
    cues: CueTable
    words: Mapping[str, frozenset[str]] = field(default_factory=dict)
    traits: Traits = field(default_factory=Traits)
    verbs: Verbs = field(default_factory=Verbs)

    @property
    def writing(self) -> Writing:
        """How it is taken apart into words."""
        return self.traits.writing

    @property
    def quotes(self) -> Mapping[str, str]:
        """For each mark that opens a quotation the one that closes it."""
        return self.traits.quotes

    @property
    def endings(self) -> Mapping[str, tuple[str, ...]]:
        """The endings of kinds of words, by kind."""
        return self.traits.endings


@lru_cache(maxsize=4)
def available(root: Path = LANGUAGES) -> tuple[str, ...]:
    """Codes of the languages that can be read."""
    return tuple(sorted(path.name for path in root.iterdir() if (path / "language.yaml").is_file()))


@lru_cache(maxsize=4)
def data_version(root: Path = LANGUAGES) -> str:
    """Eight hex digits over the files of all languages: readings made with other data are replaced."""
    digest = sha256()
    for path in sorted(root.glob("*/*.yaml")):
        digest.update(f"{path.parent.name}/{path.name}\0".encode() + path.read_bytes() + b"\0")
    return digest.hexdigest()[:8]


@lru_cache(maxsize=16)
def load_language(code: str, root: Path = LANGUAGES) -> Language:
    """The language of a folder. Raises LanguageInvalid, which lists all problems at once."""
    problems: list[str] = []
    folder = root / code
    base = _read(folder / "language.yaml", problems)
    _only(
        base,
        {"name", "code", "abbreviations", "months", "weekdays", "past", "inflection", "irregular"}
        | {"writing", "order", "endings", "accuracy", "prefix_links"},
        "language.yaml",
        problems,
    )
    inflection = Inflection.parse(
        base.get("inflection", []),
        base.get("irregular", {}),
        problems,
        _texts(base.get("prefix_links", []), "language.yaml: prefix_links", problems),
    )
    traits = parse_traits(base, problems)
    fold = traits.writing.fold
    wordings, words = _wordings(folder, inflection, traits.writing, problems)
    language = Language(
        code=code,
        name=str(base.get("name", code)),
        abbreviations=_folded(_texts(base.get("abbreviations", []), "language.yaml: abbreviations", problems), fold),
        months=_named(base, "months", 12, "write the twelve months in order", problems, fold),
        weekdays=_named(base, "weekdays", 7, "write the seven days from Monday on", problems, fold),
        past=_past(base.get("past", {}), problems, fold),
        cues=CueTable(wordings),
        words=words,
        traits=traits,
        verbs=_verbs(wordings, words),
    )
    if problems:
        raise LanguageInvalid("\n".join(f"languages/{code}/{problem}" for problem in problems))
    return language


def _wordings(
    folder: Path, inflection: Inflection, writing: Writing, problems: list[str]
) -> tuple[list[tuple[CueClass, Wording]], dict[str, frozenset[str]]]:
    """The cues with their classes, and the word lists."""
    wordings: list[tuple[CueClass, Wording]] = []
    words: dict[str, frozenset[str]] = {}
    cue_names = {cue.value for cue in CueClass}
    for file in ("stance.yaml", "speech.yaml", "structure.yaml"):
        data = _read(folder / file, problems)
        _only(data, cue_names | WORD_LISTS, file, problems)
        for key, entries in data.items():
            texts = _texts(entries, f"{file}: {key}", problems)
            if key in cue_names:
                wordings.extend(
                    (CueClass(key), wording)
                    for text in texts
                    for wording in parse_wording(text, inflection, f"{file}: {key}", problems, writing)
                )
            else:
                words[key] = _folded(texts, writing.fold)
    problems.extend(
        f"structure.yaml: no list '{name}'; add it (it may be [])" for name in sorted(WORD_LISTS - words.keys())
    )
    return wordings, words


def _verbs(wordings: Sequence[tuple[CueClass, Wording]], words: Mapping[str, frozenset[str]]) -> Verbs:
    """The forms of all verbs that the wordings name, and which of them part with a prefix ("lehnt … ab")."""
    listed = [wording for _, wording in wordings if wording.verb]
    parted = frozenset(w.words[:2] for w in listed if w.parted)
    return Verbs(frozenset(w.words[0] for w in listed) | words.get("helper_verbs", frozenset()), parted)


def _folded(texts: list[str], fold: Callable[[str], str]) -> frozenset[str]:
    return frozenset(" ".join(map(fold, text.split())) for text in texts)


def _named(
    base: Mapping[str, Any], key: str, count: int, remedy: str, problems: list[str], fold: Callable[[str], str]
) -> tuple[str, ...]:
    names = _texts(base.get(key, []), f"language.yaml: {key}", problems)
    if len(names) != count:
        problems.append(f"language.yaml: {key}: {remedy}")
    return tuple(map(fold, names))


def _past(entries: object, problems: list[str], fold: Callable[[str], str]) -> dict[int, tuple[tuple[str, ...], ...]]:
    """Days back → wordings."""
    if not isinstance(entries, dict) or not all(isinstance(days, int) for days in entries):
        problems.append("language.yaml: past: write '365: [last year]', the days back and how one says it")
        return {}
    return {
        days: tuple(tuple(map(fold, text.split())) for text in _texts(texts, f"language.yaml: past: {days}", problems))
        for days, texts in entries.items()
    }


def _read(path: Path, problems: list[str]) -> dict[str, Any]:
    yaml = YAML(typ="safe")
    try:
        data = yaml.load(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: is missing; copy it from another language")
        return {}
    except (YAMLError, UnicodeDecodeError) as error:
        problems.append(f"{path.name}: cannot be read as YAML: {error}")
        return {}
    if not isinstance(data, dict):
        problems.append(f"{path.name}: write 'key: [...]' lines")
        return {}
    return data


def _only(data: Mapping[str, Any], known: set[str] | frozenset[str], file: str, problems: list[str]) -> None:
    problems.extend(
        f"{file}: unknown key '{key}'; known are {', '.join(sorted(known))}" for key in data if key not in known
    )


def _texts(entries: object, where: str, problems: list[str]) -> list[str]:
    if not isinstance(entries, list):
        problems.append(f"{where}: write a list")
        return []
    good = [entry for entry in entries if isinstance(entry, str) and entry.strip()]
    if len(good) != len(entries):
        bad = next(entry for entry in entries if not (isinstance(entry, str) and entry.strip()))
        problems.append(
            f"{where}: {bad!r} is not a wording; put it in quotation marks "
            "(YAML takes true, false and numbers for other things)"
        )
    return good
