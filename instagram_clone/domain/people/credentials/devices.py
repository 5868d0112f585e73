"""Devices on which an account has been opened before: a signed cookie that grants no access by itself.

Anyone guessing a password from elsewhere uses up tries that the owner's own devices don't need.
"""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt

from instagram_clone.config import settings

LIFETIME = timedelta(days=365)
MAX_ACCOUNTS = 10
_PURPOSE = "device"


def known_id(token: str, account: str) -> str:
    """Return a device's id if the account has been opened on it before, else ""."""
    claims = _claims(token)
    return claims["did"] if account in claims["accounts"] else ""


def remember(token: str, account: str) -> str:
    """Return the token of a device on which an account has just been opened."""
    claims = _claims(token)
    others = [other for other in claims["accounts"] if other != account]
    return jwt.encode(
        {
            "aud": _PURPOSE,
            "did": claims["did"] or secrets.token_hex(16),
            "accounts": [account, *others][:MAX_ACCOUNTS],
            "exp": datetime.now(UTC) + LIFETIME,
        },
        settings().jwt_secret,
        algorithm="HS256",
    )


def _claims(token: str) -> dict[str, Any]:
    try:
        return jwt.decode(
            token[:2000],
            settings().jwt_secret,
            algorithms=["HS256"],
            audience=_PURPOSE,
            options={"require": ["exp", "aud", "did", "accounts"]},
        )
    except jwt.PyJWTError:
        return {"did": "", "accounts": []}
