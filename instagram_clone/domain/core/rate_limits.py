"""Rate limits on anything that costs others something: one table, and the counting.

Limits are generous enough that an active user never reaches them. Those that guard passwords and mail are
counted in the database, so that a restart resets nothing and all processes share one count. Plain floods
are counted in the process that receives them, at no cost.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

from instagram_clone.addresses import limit_key
from instagram_clone.config import settings
from instagram_clone.domain.core import throttles
from instagram_clone.domain.core.errors import TooMany
from instagram_clone.rates import Windows

MINUTE, HOUR = 60, 3600
_TRIES = "Too many tries."
_MAILS = "We have already sent you several emails."
_PEOPLE = "You are messaging a lot of people."


@dataclass(frozen=True)
class Limit:
    """At most `max` times in `seconds`, counted per `per`; `stored` is whether in the database."""

    description: str
    per: str
    max: int
    seconds: int
    stored: bool = False
    message: str = _TRIES


LIMITS = {
    "log-in-here": Limit("wrong passwords for a name or email", "address", 5, 15 * MINUTE, stored=True),
    "log-in-address": Limit("wrong passwords for any account", "address", 20, 15 * MINUTE, stored=True),
    "log-in-account": Limit("wrong passwords from anywhere", "account", 100, 15 * MINUTE, stored=True),
    "log-in-device": Limit("wrong passwords on a known device", "device", 10, 15 * MINUTE, stored=True),
    "sign-up": Limit("new accounts", "address", 5, HOUR, stored=True),
    "sign-up-tries": Limit("names and emails tried at sign-up", "address", 30, HOUR, stored=True),
    "current-password": Limit("wrong current passwords", "session", 5, 15 * MINUTE, stored=True),
    "forgot": Limit("password reset requests", "address", 20, 15 * MINUTE, stored=True),
    "forgot-mail": Limit("password reset emails", "account", 3, 15 * MINUTE, stored=True),
    "reset": Limit("passwords reset by link", "address", 20, 15 * MINUTE, stored=True),
    "confirm": Limit("email confirmation links used", "address", 60, HOUR, stored=True),
    "confirm-mail": Limit("confirmation emails resent", "account", 5, HOUR, stored=True, message=_MAILS),
    "email-change": Limit("email changes started", "account", 5, HOUR, stored=True, message=_MAILS),
    "profile": Limit("profile edits", "account", 60, HOUR),
    "block": Limit("people blocked", "account", 100, HOUR, message="You are blocking a lot of people."),
    "privacy": Limit("changes between private and public", "account", 20, HOUR),
    "follow": Limit(
        "follows and follow requests", "account", 200, HOUR, message="You are following a lot of people."
    ),
    "comment": Limit("comments", "account", 120, 10 * MINUTE, message="That is a lot of comments."),
    "message": Limit("messages", "account", 300, 5 * MINUTE, message="That is a lot of messages."),
    "message-request": Limit("first messages to strangers", "account", 40, HOUR, message=_PEOPLE),
    "conversation": Limit("new conversations", "account", 80, HOUR, message=_PEOPLE),
    "upload": Limit("uploads", "account", 120, HOUR, message="That is a lot of photos."),
    "search": Limit("searches", "account", 400, 5 * MINUTE, message="That is a lot of searches."),
    "password-check": Limit("passwords checked while typing", "address", 300, 15 * MINUTE),
    "name-check": Limit("names checked while typing", "address", 100, 15 * MINUTE),
}


async def take(name: str, who: str) -> None:
    """Count one attempt by an account or address. Raises TooMany, with the time to wait, past the limit."""
    limit, who = LIMITS[name], limit_key(who)
    if not settings().limits:
        return
    if limit.stored:
        wait = await throttles.wait_after(name, who, limit.max, limit.seconds)
    else:
        wait = _windows.take(f"{name} {who}", limit.max, limit.seconds)
    if wait:
        raise TooMany(f"{limit.message} Try again in {in_words(wait)}.", math.ceil(wait))


async def take_all(attempts: list[tuple[str, str]]) -> None:
    """Count several attempts, or none of them if one is over its limit. Raises TooMany."""
    for number, (name, who) in enumerate(attempts):
        try:
            await take(name, who)
        except TooMany:
            for taken, counted in attempts[:number]:
                await give_back(taken, counted)
            raise


async def give_back(name: str, who: str) -> None:
    """Uncount one attempt; only for limits stored in the database."""
    await throttles.give_back(name, limit_key(who))


async def forget(name: str, who: str) -> None:
    """Uncount every attempt; only for limits stored in the database."""
    await throttles.forget(name, limit_key(who))


def in_words(seconds: float) -> str:
    """Return a waiting time in words, rounded up to a whole unit."""
    for unit, length in (("hour", HOUR), ("minute", MINUTE), ("second", 1)):
        if seconds >= length or unit == "second":
            number = max(1, math.ceil(seconds / length))
            return f"1 {unit}" if number == 1 else f"{number} {unit}s"
    raise AssertionError("seconds are the last unit")


_windows = Windows()
