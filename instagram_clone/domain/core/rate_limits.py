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
_MAILS = "We have sent you several mails already."
_PEOPLE = "You are writing to very many people."


@dataclass(frozen=True)
class Limit:
    """At most `most` times in `seconds`. `of` is what it counts by, `stored` whether in the database."""

    what: str
    of: str
    most: int
    seconds: int
    stored: bool = False
    words: str = _TRIES


LIMITS = {
    "log-in-here": Limit("wrong passwords for an account", "address", 5, 15 * MINUTE, stored=True),
    "log-in-address": Limit("wrong passwords for any account", "address", 20, 15 * MINUTE, stored=True),
    "log-in-account": Limit("wrong passwords from anywhere", "account", 100, 15 * MINUTE, stored=True),
    "log-in-device": Limit("wrong passwords on a known device", "device", 10, 15 * MINUTE, stored=True),
    "sign-up": Limit("new accounts", "address", 5, HOUR, stored=True),
    "sign-up-tries": Limit("names and emails tried at sign-up", "address", 30, HOUR, stored=True),
    "current-password": Limit("wrong current passwords", "session", 5, 15 * MINUTE, stored=True),
    "forgot": Limit("requests for a new password", "address", 20, 15 * MINUTE, stored=True),
    "forgot-mail": Limit("links for a new password mailed", "account", 3, 15 * MINUTE, stored=True),
    "reset": Limit("new passwords by a link", "address", 20, 15 * MINUTE, stored=True),
    "confirm": Limit("links to confirm an email used", "address", 60, HOUR, stored=True),
    "confirm-mail": Limit(
        "links to confirm an email sent again", "account", 5, HOUR, stored=True, words=_MAILS
    ),
    "email-change": Limit("changes of the email begun", "account", 5, HOUR, stored=True, words=_MAILS),
    "profile": Limit("changes of the profile", "account", 60, HOUR),
    "follow": Limit(
        "follows and requests to", "account", 200, HOUR, words="You are following very many people."
    ),
    "comment": Limit("comments", "account", 120, 10 * MINUTE, words="That is a lot of comments."),
    "message": Limit("messages", "account", 300, 5 * MINUTE, words="That is a lot of messages."),
    "message-request": Limit("first messages to strangers", "account", 40, HOUR, words=_PEOPLE),
    "conversation": Limit("new conversations", "account", 80, HOUR, words=_PEOPLE),
    "upload": Limit("uploads", "account", 120, HOUR, words="That is a lot of photos."),
    "search": Limit("searches", "account", 400, 5 * MINUTE, words="That is a lot of searches."),
    "password-check": Limit("passwords judged while typing", "address", 300, 15 * MINUTE),
    "name-check": Limit("names checked while typing", "address", 100, 15 * MINUTE),
}


async def take(name: str, who: str) -> None:
    """Count one attempt by an account or address. Raises TooMany, with the time to wait, past the limit."""
    limit, who = LIMITS[name], limit_key(who)
    if not settings().limits:
        return
    if limit.stored:
        wait = await throttles.wait_after(name, who, limit.most, limit.seconds)
    else:
        wait = _counted.take(f"{name} {who}", limit.most, limit.seconds)
    if wait:
        raise TooMany(f"{limit.words} Try again in {in_words(wait)}.", math.ceil(wait))


async def take_all(tries: list[tuple[str, str]]) -> None:
    """Count several attempts, or none of them if one is over its limit. Raises TooMany."""
    for number, (name, who) in enumerate(tries):
        try:
            await take(name, who)
        except TooMany:
            for taken, whose in tries[:number]:
                await give_back(taken, whose)
            raise


async def give_back(name: str, who: str) -> None:
    """Uncount one attempt that succeeded; only for limits stored in the database."""
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


_counted = Windows()
