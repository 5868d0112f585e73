"""Passwords: how they are judged, hashed and compared."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import math
import os
import re
from concurrent.futures import ThreadPoolExecutor

import bcrypt
from zxcvbn import zxcvbn
from zxcvbn.matching import L33T_TABLE

from instagram_clone.domain.core.errors import Invalid

MIN_CHARACTERS = 8
MAX_BYTES = 1000
COST = 12
SITE = "instaclone"

_LITERAL_SIGNS = str.maketrans("@({[<!|+$%", "*&^#~;:=?/")
_WORDS = re.compile(r"[\W_]+")

# Leave one core to people who are already logged in.
_pool = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), "bcrypt")

MAX_JUDGED = 32
MAX_READINGS = 16
"""How many characters are judged, and in how many readings of signs as letters. zxcvbn's time grows with
both without bound, to seconds for 64 unfortunate characters.
"""

MIN_SCORE = 2
"""zxcvbn's score for a million guesses or more. Log-ins are throttled, and the hash is slow."""


async def check(password: str, *personal_words: str) -> str:
    """Return a new password unchanged. Raises Invalid (field "password") when it is not acceptable.

    `personal_words` are the owner's names and address; a password made only of those is not acceptable
    either.
    """
    await strength(password, *personal_words)
    return password


async def strength(password: str, *personal_words: str) -> int:
    """Return how strong a new password is, 2 (fair) to 4 (strong). Raises like `check`."""
    if not password:
        raise Invalid("Choose a password.", "password")
    if len(password) < MIN_CHARACTERS:
        raise Invalid(f"Use at least {MIN_CHARACTERS} characters.", "password")
    if is_too_long(password):
        raise Invalid("That password is too long. Use up to 1,000 characters.", "password")
    loop = asyncio.get_running_loop()
    score, problem = await loop.run_in_executor(_pool, _judge, password, *personal_words)
    if problem:
        raise Invalid(problem, "password")
    return score


def is_too_long(password: str) -> bool:
    """Return whether a password is longer than any that is accepted."""
    return len(password.encode("utf-8", "surrogatepass")) > MAX_BYTES


def _judge(password: str, *personal_words: str) -> tuple[int, str]:
    personal = [part[:MAX_JUDGED] for text in personal_words for part in _parts(text)][:20]
    found = zxcvbn(_limit_readings(password), [SITE, *personal])
    if found["score"] >= MIN_SCORE:
        return found["score"], ""
    if any(part.get("dictionary_name") == "user_inputs" for part in found["sequence"]):
        return found["score"], "That is too close to your name, your email or our name. Choose another."
    return found["score"], "That password is too easy to guess. Choose another."


def _limit_readings(password: str) -> str:
    text = password[:MAX_JUDGED]
    choices = [sum(sign in text for sign in signs) for signs in L33T_TABLE.values()]
    # Nobody disguises a word in that many ways: take the signs literally.
    return (
        text
        if math.prod(max(1, count) for count in choices) <= MAX_READINGS
        else text.translate(_LITERAL_SIGNS)
    )


def _parts(text: str) -> list[str]:
    words = [word for word in _WORDS.split(text) if len(word) > 2]
    return [text, *words] if text else []


async def hash_password(password: str) -> bytes:
    """Hash a password with bcrypt, cost 12, off the event loop (about 0.2 s of one core)."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, bcrypt.hashpw, _digest(password), bcrypt.gensalt(COST))


async def matches(password: str, stored: bytes | None) -> bool:
    """Compare off the event loop. Without a stored hash it takes the same time and returns False."""
    loop = asyncio.get_running_loop()
    is_match = await loop.run_in_executor(_pool, bcrypt.checkpw, _digest(password), stored or _DUMMY_HASH)
    return is_match and stored is not None


def _digest(password: str) -> bytes:
    # bcrypt reads 72 bytes and stops at a NUL: a base64 SHA-256 is 44 bytes, has none, and every
    # byte of the password counts.
    raw = password.encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha256(raw).digest())


_DUMMY_HASH = b"$2b$12$b3ucMParHJAq2t4mQTEcaOPWmp6Al1QJ4V6Mprj25TModSHCj5HgC"
