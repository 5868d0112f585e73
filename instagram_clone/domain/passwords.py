"""Passwords: how they are judged, hashed and compared."""

from __future__ import annotations

import asyncio
import base64
import hashlib
import os
from concurrent.futures import ThreadPoolExecutor

import bcrypt

from instagram_clone.domain.errors import Invalid

MIN_CHARACTERS = 8
MAX_BYTES = 1000
COST = 12

# One core is always left to everybody who is already in.
_pool = ThreadPoolExecutor(max(1, (os.cpu_count() or 2) - 1), "bcrypt")

COMMON = frozenset(
    """
    12345678 123456789 1234567890 password password1 password12 password123 passw0rd qwertyui
    qwerty123 qwertyuiop 1q2w3e4r 1q2w3e4r5t 1qaz2wsx zaq12wsx abcd1234 abc12345 iloveyou iloveyou1
    sunshine princess football baseball superman batman123 trustno1 welcome1 welcome123 letmein1
    letmein123 monkey123 dragon123 master123 michael1 jennifer charlie1 shadow123 11111111 00000000
    88888888 12341234 11223344 87654321 asdfghjk asdfghjkl asdf1234 q1w2e3r4 zxcvbnm1 changeme
    changeme1 computer internet whatever starwars pokemon1 liverpool chelsea1 arsenal1 instagram
    instagram1 instaclone
    """.split()
)


def check(password: str) -> str:
    """Return a new password unchanged. Raises Invalid (field "password") when it will not do."""
    if not password:
        raise Invalid("Choose a password.", "password")
    if len(password) < MIN_CHARACTERS:
        raise Invalid(f"Use at least {MIN_CHARACTERS} characters.", "password")
    if len(password.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        raise Invalid("That password is too long. Use up to 1,000 characters.", "password")
    if password.casefold() in COMMON:
        raise Invalid("That password is one of the first to be guessed. Choose another.", "password")
    return password


async def hashed(password: str) -> bytes:
    """Hash a password with bcrypt, cost 12, off the event loop (about 0.2 s of one core)."""
    loop = asyncio.get_running_loop()
    return await loop.run_in_executor(_pool, bcrypt.hashpw, _digest(password), bcrypt.gensalt(COST))


async def matches(password: str, stored: bytes | None) -> bool:
    """Compare off the event loop. Without a stored hash it takes the same time and is False."""
    loop = asyncio.get_running_loop()
    right = await loop.run_in_executor(_pool, bcrypt.checkpw, _digest(password), stored or _NOBODY)
    return right and stored is not None


def _digest(password: str) -> bytes:
    # bcrypt reads 72 bytes and stops at a NUL: a base64 SHA-256 is 44 bytes, has none, and every
    # byte of the password counts.
    raw = password.encode("utf-8", "surrogatepass")
    return base64.b64encode(hashlib.sha256(raw).digest())


_NOBODY = b"$2b$12$b3ucMParHJAq2t4mQTEcaOPWmp6Al1QJ4V6Mprj25TModSHCj5HgC"
