"""Settings: typed, checked at start, from VOLTEFACE_* in the environment or a .env file; secrets also from *_FILE."""

from __future__ import annotations

import difflib
import os
from collections.abc import Iterator, Mapping
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal, Self

import platformdirs
from dotenv import dotenv_values
from pydantic import Field, SecretStr, ValidationError, ValidationInfo, field_validator, model_validator
from pydantic_settings import SettingsConfigDict

from monitor.net.schemes import scheme_set
from monitor.setting_pages import PageSettings
from monitor.setting_types import BaseAddress, HeaderToken, Names, Packs, Sender

PREFIX = "VOLTEFACE_"
_SECRETS = ("database_url", "smtp_password", "llm_key", "operator_token")


class SettingsError(Exception):
    """A setting is wrong. The message names every wrong one, and what it should be."""


class SmtpSecurity(StrEnum):
    """How the connection to the mail server is protected."""

    STARTTLS = "starttls"
    OPPORTUNISTIC = "opportunistic"
    TLS = "tls"
    PLAIN = "plain"


class ExtractorName(StrEnum):
    """Who reads statements out of items."""

    GRAMMAR = "grammar"
    LLM = "llm"


class Settings(PageSettings):
    """Everything that can be set; the descriptions are shown by `volteface doctor` and stand in .env.example."""

    model_config = SettingsConfigDict(
        env_prefix=PREFIX,
        env_file=".env",
        env_file_encoding="utf-8",
        env_ignore_empty=True,  # a line of .env.example with nothing after the sign means: not set
        extra="ignore",
        frozen=True,
        hide_input_in_errors=True,
    )

    data_dir: Path = Field(
        default_factory=lambda: Path(platformdirs.user_data_dir("volteface")),
        description="Folder for the embedded database and its lock files.",
    )
    database_url: SecretStr | None = Field(
        default=None,
        description="Database address: sqlite:///path or postgresql://user:password@host/name. "
        "Default: a file in the data folder. Secret; may come from VOLTEFACE_DATABASE_URL_FILE.",
    )
    packs: Packs = Field(
        default=(),
        description="Folders with rule packs laid over the seed pack, separated by the system's path separator.",
    )
    default_feeds: bool = Field(default=True, description="Start a new installation with the default feeds.")
    feed_allow: Names = Field(
        default=(), description="Hosts or networks that feeds may live on though they are private, separated by commas."
    )
    webhook_allow: Names = Field(
        default=(),
        description="Hosts or networks that webhooks may go to though they are private, separated by commas.",
    )
    apprise_allow: Names = Field(
        default=(),
        description="Hosts or networks that Apprise may send to though they are private, separated by commas.",
    )
    apprise_schemes: Names = Field(
        default=("chat",),
        description="Kinds of Apprise address that may be used, separated by commas, such as chat,json,mailtos; `chat` "
        "stands for all well-known services of chat and push.",
    )
    fetch_deadline_s: float = Field(default=30.0, gt=0, le=300, description="Seconds that one fetch may take in all.")
    fetch_max_bytes: int = Field(
        default=15 * 1024 * 1024, ge=1024, description="Bytes that a document may have after decoding."
    )
    fetch_concurrency: int = Field(default=96, ge=1, le=256, description="Feeds fetched at once, besides hanging ones.")
    host_spacing_s: float = Field(default=1.0, ge=0, le=60, description="Seconds between two requests to one host.")
    parse_deadline_s: float = Field(
        default=10.0, gt=0, le=120, description="Seconds that parsing one document may take."
    )
    parse_workers: int = Field(default=2, ge=1, le=32, description="Processes that parse documents.")
    poll_min_s: int = Field(default=300, ge=1, le=86400, description="Least seconds between two polls of one feed.")
    poll_max_s: int = Field(
        default=6 * 3600,
        ge=1,
        le=86400,
        validate_default=True,
        description="Most seconds between two polls of one feed.",
    )
    poll_most_items: int = Field(
        default=500, ge=1, description="Most new items that one poll of a feed takes; the rest comes with the next one."
    )
    articles: bool = Field(
        default=False,
        description="Fetch the whole article of items that name an actor or an issue, where robots.txt allows it; "
        "single feeds are set apart with `volteface feeds articles`.",
    )
    icons: bool = Field(default=True, description="Fetch the icons of the sites of feeds, once a month.")
    tick_s: float = Field(default=2.0, gt=0, le=60, description="Seconds between two looks at what is due.")

    threshold: float = Field(
        default=0.945, gt=0.5, lt=1, description="Probability of the new position at which a change is confirmed."
    )
    first_threshold: float = Field(
        default=0.965, gt=0.5, lt=1, description="Probability at which a first position is confirmed."
    )
    change_rate: float = Field(
        default=1 / 80,
        gt=0,
        lt=0.5,
        description="Assumed share of statements at which the position really changes, beside what time brings.",
    )
    changes_per_year: float = Field(
        default=0.5, ge=0, le=52, description="Assumed changes a year that time brings, for one actor and one issue."
    )
    follow_precision: bool = Field(
        default=True, description="Weigh readings by how often verdicts found those of their issue and source right."
    )

    smtp_host: str | None = Field(default=None, description="Mail server; without it no mail is sent.")
    smtp_port: int = Field(default=587, ge=1, le=65535, description="Port of the mail server.")
    smtp_security: SmtpSecurity = Field(
        default=SmtpSecurity.STARTTLS,
        description="starttls (required), tls (at once), opportunistic (STARTTLS where it is offered) or plain.",
    )
    smtp_verify: bool = Field(default=True, description="Check the certificate of the mail server.")
    smtp_ca_file: Path | None = Field(
        default=None,
        description="File with the authorities that vouch for the mail server, instead of the system's (PEM).",
    )
    smtp_user: str | None = Field(default=None, description="User name at the mail server.")
    smtp_password: SecretStr | None = Field(
        default=None,
        validate_default=True,
        description="Password at the mail server. Secret; may come from VOLTEFACE_SMTP_PASSWORD_FILE.",
    )
    mail_from: Sender = Field(default="Volteface <volteface@localhost>", description="Sender of the mails.")
    operator_contact: str = Field(default="", description="Address in the User-Agent, for the owners of feeds.")

    extractor: ExtractorName = Field(
        default=ExtractorName.GRAMMAR,
        description="Who reads statements out of items: grammar (needs nothing) or llm (asks VOLTEFACE_LLM_URL).",
    )
    judge: str = Field(
        default="cues",
        description="Who judges the stance of what the grammar finds: cues, or the name of an installed judge.",
    )
    llm_allow: Names = Field(
        default=(),
        description="Hosts or networks that VOLTEFACE_LLM_URL may name though they are private, separated by commas.",
    )
    llm_url: BaseAddress | None = Field(
        default=None,
        description="Base address of an OpenAI-compatible endpoint, such as https://llm.example.org/v1.",
    )
    llm_model: str = Field(default="", description="Model that the endpoint is asked for.")
    llm_key: HeaderToken | None = Field(
        default=None, description="Key of the endpoint. Secret; may come from VOLTEFACE_LLM_KEY_FILE."
    )
    llm_timeout_s: float = Field(
        default=60.0, gt=0, le=600, description="Seconds that one question to the model may take in all."
    )
    llm_tokens_per_item: int = Field(
        default=8000, ge=1000, description="Most tokens, question and answer, that reading one item may cost."
    )
    llm_tokens_per_day: int = Field(
        default=500_000, ge=1000, description="Most tokens that all items of one day in UTC may cost."
    )

    retain_days: int = Field(default=0, ge=0, description="Days that items are kept that nothing cites; 0 keeps all.")
    log_format: Literal["text", "json"] = Field(default="text", description="How log lines are written: text or json.")

    @field_validator("feed_allow", "webhook_allow", "apprise_allow", "llm_allow")
    @classmethod
    def _hosts_or_networks(cls, value: tuple[str, ...], info: ValidationInfo) -> tuple[str, ...]:
        if value:
            from monitor.net.guard import Guard  # not needed, and slow to load, where nothing is allowed

            Guard(value, setting=f"{PREFIX}{(info.field_name or '').upper()}")
        return value

    @field_validator("apprise_schemes")
    @classmethod
    def _schemes(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        scheme_set(value)
        return value

    @field_validator("poll_max_s")
    @classmethod
    def _not_below_the_least(cls, value: int, info: ValidationInfo) -> int:
        least = info.data.get("poll_min_s", 0)
        if value < least:
            message = f"{value} is less than {PREFIX}POLL_MIN_S, {least}; raise the one or lower the other"
            raise ValueError(message)
        return value

    @field_validator("smtp_password")
    @classmethod
    def _user_and_password(cls, value: SecretStr | None, info: ValidationInfo) -> SecretStr | None:
        if info.data.get("smtp_host") and bool(info.data.get("smtp_user")) != bool(value and value.get_secret_value()):
            message = f"{PREFIX}SMTP_USER and {PREFIX}SMTP_PASSWORD go together; set both, or neither"
            raise ValueError(message)
        return value

    @model_validator(mode="after")
    def _llm_is_complete(self) -> Self:
        if self.extractor is ExtractorName.LLM and not (self.llm_url and self.llm_model.strip()):
            message = f"{PREFIX}EXTRACTOR=llm needs {PREFIX}LLM_URL and {PREFIX}LLM_MODEL; set both, or take grammar"
            raise ValueError(message)
        return self

    @property
    def database(self) -> str:
        """The database address in force. It may hold a password: do not print it."""
        if self.database_url is not None and self.database_url.get_secret_value():
            return self.database_url.get_secret_value()
        return f"sqlite:///{self.data_dir.expanduser().absolute() / 'volteface.db'}"


def load_settings(**overrides: Any) -> Settings:
    """The settings from the environment, .env and secret files; `overrides` win, None means not given.

    Raises SettingsError that names every wrong setting at once.
    """
    environ = {**{k: v or "" for k, v in dotenv_values(".env").items()}, **os.environ}
    problems = list(_unknown(environ))
    given = {key: value for key, value in overrides.items() if value is not None}
    for name in _SECRETS:
        path = environ.get(f"{PREFIX}{name.upper()}_FILE")
        if path and name not in given:
            try:
                given[name] = SecretStr(_secret(name, Path(path)))
            except SettingsError as error:
                problems.append(str(error))
    try:
        settings = Settings(**given)
    except ValidationError as error:
        problems += [
            (f"{PREFIX}{str(e['loc'][0]).upper()}: " if e["loc"] else "") + e["msg"].removeprefix("Value error, ")
            for e in error.errors()
        ]
    else:
        if not problems:
            return settings
    raise SettingsError("Some settings are wrong:\n" + "\n".join(f"  {line}" for line in problems))


def _secret(name: str, path: Path) -> str:
    try:
        return path.read_text(encoding="utf-8").strip()
    except (OSError, UnicodeDecodeError) as error:
        message = f"{PREFIX}{name.upper()}_FILE: cannot read {path} ({error.__class__.__name__}); check path and rights"
        raise SettingsError(message) from None


def _unknown(environ: Mapping[str, str]) -> Iterator[str]:
    """A misspelt setting would otherwise be ignored in silence."""
    names = {PREFIX + f.upper() for f in Settings.model_fields} | {f"{PREFIX}{s.upper()}_FILE" for s in _SECRETS}
    names |= {PREFIX + "NO_SKIP"}
    for name in sorted(n for n in environ if n.startswith(PREFIX) and n not in names):
        close = difflib.get_close_matches(name, sorted(names), n=1, cutoff=0.8)
        hint = f"; did you mean {close[0]}?" if close else ";"
        yield f"{name}: there is no such setting{hint} README.md and .env.example list those there are"
