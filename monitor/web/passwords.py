"""Passwords: argon2 by its own defaults (RFC 9106, the second recommended option), and what may be chosen."""

from __future__ import annotations

import threading
from functools import cache

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError

SHORTEST, LONGEST = 12, 1_000
"""Characters. Length is what counts (NIST SP 800-63B, 5.1.1.2); no signs or digits are asked for."""


AT_ONCE = 4
_SPACE = threading.BoundedSemaphore(AT_ONCE)
"""Each password takes 64 MiB while it is reckoned; a crowd at the door is not to take all the memory there is."""


def problem_with(password: str, name: str) -> str | None:
    """Why this password may not be chosen, with the remedy; None where it may."""
    if len(password) < SHORTEST:
        return f"Choose at least {SHORTEST} characters; a few words in a row are easy to keep in mind."
    if len(password) > LONGEST:
        return f"Choose at most {LONGEST} characters."
    if len(set(password)) < 5:
        return "Choose something with more different characters."
    if name.casefold() in password.casefold():
        return "Choose something that does not hold your name."
    return None


def hashed(password: str) -> str:
    """What is stored of a password."""
    with _SPACE:
        return _hasher().hash(password)


def is_right(stored: str | None, password: str) -> bool:
    """Whether it is the password. Takes as long where there is none, so that nobody learns which names there are."""
    nobodys = _nobodys()
    try:
        with _SPACE:
            return _hasher().verify(stored or nobodys, password[: 2 * LONGEST]) and stored is not None
    except (VerificationError, InvalidHashError):
        return False


@cache
def _hasher() -> PasswordHasher:
    return PasswordHasher()


@cache
def _nobodys() -> str:
    return hashed("nobody's password")
