"""The cookies: their names and attributes, and how they are read from a request or a handshake."""

from __future__ import annotations

import functools
from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response

from instagram_clone.config import settings
from instagram_clone.domain.people.credentials import devices, sessions

NAME = "instaclone_session"
DEVICE = "instaclone_device"
LINK = "instaclone_link"
"""Holds the token of a mailed link once it has been opened, only for the form that uses it."""

LINK_SECONDS = 30 * 60


def token_in(header: str) -> str:
    """Return the session token of a Cookie header, or ""."""
    # Real ones are short; long ones aren't cached, so that nobody can fill the memory with them.
    return _cached_token(header) if len(header) <= 2_000 else _value(header, NAME)


@functools.lru_cache(4096)
def _cached_token(header: str) -> str:
    return _value(header, NAME)


def link_in(header: str) -> str:
    """Return the token of a mailed link in a Cookie header, or ""."""
    return _value(header, LINK)


def put(response: Response, token: str) -> None:
    """Set the session cookie: unreadable by scripts, and sent only to this site."""
    response.headers.append("set-cookie", header(token, int(sessions.LIFETIME.total_seconds())))


def put_device(response: Response, token: str) -> None:
    """Set the cookie that marks a known device: sent only with forms, and kept after logging out."""
    secure = "; Secure" if settings().secure else ""
    max_age = int(devices.LIFETIME.total_seconds())
    response.headers.append(
        "set-cookie", f"{DEVICE}={token}; Max-Age={max_age}; Path=/api; HttpOnly; SameSite=Strict{secure}"
    )


def clear(response: Response) -> None:
    """Clear the session cookie."""
    response.headers.append("set-cookie", header("", 0))


def put_link(response: Response, token: str, path: str) -> None:
    """Set the cookie with the token of an opened link; it is sent to only one path."""
    response.headers.append("set-cookie", _header(LINK, token, LINK_SECONDS, path))


def clear_link(response: Response, path: str) -> None:
    """Clear the token of a link that has been used."""
    response.headers.append("set-cookie", _header(LINK, "", 0, path))


def header(token: str, seconds: int) -> str:
    """Return the Set-Cookie header of a session token with a lifetime in seconds."""
    return _header(NAME, token, seconds, "/")


def _header(name: str, value: str, seconds: int, path: str) -> str:
    secure = "; Secure" if settings().secure else ""
    return f"{name}={value}; Max-Age={seconds}; Path={path}; HttpOnly; SameSite=Lax{secure}"


def _value(header: str, name: str) -> str:
    if name not in header or len(header) > 16_000:
        return ""
    try:
        morsel = SimpleCookie(header).get(name)
    except CookieError:
        return ""
    return morsel.value if morsel else ""
