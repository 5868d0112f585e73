"""The session cookie: its name, its attributes, and how it is read from a request or a handshake."""

from __future__ import annotations

import functools
from http.cookies import CookieError, SimpleCookie

from starlette.responses import Response

from instagram_clone.config import settings
from instagram_clone.domain import sessions

NAME = "instaclone_session"


@functools.lru_cache(4096)
def token_in(header: str) -> str:
    """Return the session token of a Cookie header, or ""."""
    if NAME not in header or len(header) > 16_000:
        return ""
    try:
        morsel = SimpleCookie(header).get(NAME)
    except CookieError:
        return ""
    return morsel.value if morsel else ""


def put(response: Response, token: str) -> None:
    """Give a browser its session: unreadable by scripts, sent to this site only."""
    response.headers.append("set-cookie", header(token, int(sessions.LIFETIME.total_seconds())))


def clear(response: Response) -> None:
    """Take a browser's session away."""
    response.headers.append("set-cookie", header("", 0))


def header(token: str, seconds: int) -> str:
    """Return the Set-Cookie header for a token that keeps for so many seconds."""
    secure = "; Secure" if settings().secure else ""
    return f"{NAME}={token}; Max-Age={seconds}; Path=/; HttpOnly; SameSite=Lax{secure}"
