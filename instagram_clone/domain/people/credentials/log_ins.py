"""Logging in: finds the account, limits the tries, and checks the password."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from instagram_clone.addresses import limit_key
from instagram_clone.domain.core import db, rate_limits
from instagram_clone.domain.core.errors import Refused
from instagram_clone.domain.people import validation
from instagram_clone.domain.people.credentials import devices, passwords

BAD_LOGIN = "That username and password do not match."


@dataclass(frozen=True)
class VerifiedLogIn:
    """An account whose password was given, and that password's number, since it may have changed by now."""

    user_id: str
    password_number: int


async def log_in(login: str, password: str, address: str, device: str = "") -> VerifiedLogIn:
    """Return the account that a username or email and a password open, for `sessions.start`.

    `device` is what `devices.remember` returned at an earlier log-in. Raises Refused, alike for unknown
    names and wrong passwords, and TooMany.
    """
    login = login.strip()
    if len(login) > validation.EMAIL_LENGTH or passwords.is_too_long(password):
        raise Refused(BAD_LOGIN)
    row = await by_login(login)
    tries = _tries(str(row["_id"]) if row else "", login_key(login), address, device)
    await rate_limits.take_all(tries)
    stored = row["password"] if row else None
    if not await passwords.matches(password, stored) or row is None:
        raise Refused(BAD_LOGIN)
    # Comparing takes long enough for the password to be changed in the meantime.
    if await db.users.find_one({"_id": row["_id"], "password": stored}, {"_id": 1}) is None:
        raise Refused(BAD_LOGIN)
    own, *shared = tries
    await rate_limits.forget(*own)
    for limit in shared:
        await rate_limits.give_back(*limit)
    return VerifiedLogIn(str(row["_id"]), row.get("password_number", 0))


def _tries(account: str, login: str, address: str, device: str) -> list[tuple[str, str]]:
    """Return the limits that a log-in counts toward. A known device has its own, so that tries by others,
    at this address or another, do not lock the owner out.

    The smallest limit counts what was typed. If it counted the account, a few tries with a username and one
    with an email would tell whether the two belong together.
    """
    if account and (device_id := devices.known_id(device, account)):
        return [("log-in-device", f"{device_id} {account}")]
    here = f"{limit_key(address)} {login}"
    return [("log-in-here", here), ("log-in-address", address), ("log-in-account", account or login)]


def login_key(login: str) -> str:
    """Return the normalized form shared by all spellings of a username or an email."""
    return validation.email_key(login) if "@" in login else login.strip().casefold()


async def by_login(login: str) -> dict[str, Any] | None:
    """Return the row of `users` for a username or an email; for use only within the domain."""
    field = "email_key" if "@" in login else "username_key"
    return await db.users.find_one({field: login_key(login)})
