"""Log-in sessions: one row each, named by a signed token, ended everywhere at once. Writes `sessions`."""

from __future__ import annotations

import ipaddress
import secrets
import time
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
from bson import ObjectId

from instagram_clone.config import settings
from instagram_clone.domain.core import db, events, outbox
from instagram_clone.domain.core.batching import Batcher
from instagram_clone.domain.core.errors import Refused
from instagram_clone.domain.core.outbox import Transaction
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.credentials.log_ins import BAD_LOGIN
from instagram_clone.domain.people.events import ProfileEdited, SessionEnded

LIFETIME = timedelta(days=30)
RENEW_AFTER = timedelta(days=1)
CACHE_SECONDS = 20.0
"""How long a log-out in another process may go unnoticed while the bus between them is down."""

MAX_VERIFIED = MAX_CACHED = 10_000

MAX_SESSIONS = 500
"""The most sessions kept per account: all of them end in one transaction when the password changes."""

_SEEN_EVERY = timedelta(minutes=10)
_cache: dict[str, tuple[Viewer, float]] = {}
_evictions = 0
"""How many times something was evicted: what was being read at the time is not cached."""

_verified: dict[str, tuple[str, float]] = {}
"""Tokens whose signature was checked, with their session and expiry, neither of which can change. Whether
the session still exists is checked as usual.
"""


async def start(user_id: str, agent: str, address: str = "", *, password_number: int | None = None) -> str:
    """Open a session for an account and return its token, a JWT for the cookie.

    `password_number` belongs to the password that was given for it (`log_ins.log_in`); without it, the
    account's own is used. Raises Refused when the password has been changed since. Beyond MAX_SESSIONS the
    least recently used ones end; publishes SessionEnded for each. Keeps only the beginning of the network
    address, which identifies the network but not the household.
    """
    now = datetime.now(UTC)
    session_id = secrets.token_hex(16)
    user = ObjectId(user_id)
    number = await _password_number(user) if password_number is None else password_number
    await db.sessions.insert_one(
        {
            "_id": session_id,
            "user": user,
            "password_number": number,
            "created": now,
            "seen": now,
            "expires": now + LIFETIME,
            "agent": agent[:300],
            "network": network_of(address),
        }
    )
    # The row's number decides: a later change ends this session, and an earlier one is found here.
    if password_number is not None and await _password_number(user) != number:
        await db.sessions.delete_one({"_id": session_id})
        raise Refused(BAD_LOGIN)
    newest = db.sessions.find({"user": user}, {"_id": 1}).sort("seen", -1)
    async for old in newest.skip(MAX_SESSIONS):
        await _end({"_id": old["_id"], "user": user})
    return _token(session_id, now)


async def _password_number(user: ObjectId) -> int:
    row = await db.users.find_one({"_id": user}, {"password_number": 1}) or {}
    return row.get("password_number", 0)


async def viewer(token: str) -> Viewer | None:
    """Return the viewer a token stands for; None if it is forged, expired, revoked or unreadable."""
    session_id = _session_id(token)
    if session_id is None:
        return None
    cached = _cache.get(session_id)
    if cached is not None and time.monotonic() - cached[1] < CACHE_SECONDS:
        return cached[0]
    _cache.pop(session_id, None)
    evictions_before = _evictions
    # After a restart everybody reconnects at once: these reads are batched.
    row = await db.row("sessions", session_id)
    now = datetime.now(UTC)
    if row is None or row["expires"] <= now:
        return None
    user = await db.row("users", row["user"])
    if user is None or _is_outdated(row, user):
        return None
    if now - row["seen"] > _SEEN_EVERY:
        await _seen_batcher.submit("", session_id)
    found = Viewer(str(user["_id"]), user["username"], session_id)
    if evictions_before == _evictions:
        _cache[session_id] = (found, time.monotonic())
        if len(_cache) > MAX_CACHED:
            # Evict the oldest: it would be the first to be read again in any case.
            del _cache[next(iter(_cache))]
    return found


async def _record_seen(_: str, session_ids: list[str]) -> list[Exception | None]:
    """Record that sessions are in use, in one write when many reconnect at once."""
    now = datetime.now(UTC)
    change = {"$set": {"seen": now, "expires": now + LIFETIME}}
    await db.sessions.update_many({"_id": {"$in": list(set(session_ids))}}, change)
    return [None] * len(session_ids)


_seen_batcher: Batcher[str, str, None] = Batcher(_record_seen, gathers=True)


def renew(token: str) -> str | None:
    """Return a fresh token if this one is older than a day, so that active sessions never expire."""
    try:
        claims = jwt.decode(token, settings().jwt_secret, algorithms=["HS256"])
    except jwt.PyJWTError:
        return None
    now = datetime.now(UTC)
    if now.timestamp() - claims["iat"] < RENEW_AFTER.total_seconds():
        return None
    return _token(claims["sid"], now)


async def end(viewer: Viewer) -> None:
    """Log the viewer out on this device. Publishes SessionEnded."""
    await _end({"_id": viewer.session_id, "user": viewer.oid})


async def end_other(viewer: Viewer, session_id: str) -> None:
    """Log one of the viewer's other devices out; unknown ones are already out. Publishes SessionEnded."""
    await _end({"_id": session_id, "user": viewer.oid})


async def end_others(viewer: Viewer) -> None:
    """Log all of the viewer's other devices out. Publishes SessionEnded for each."""
    rows = await db.sessions.find({"user": viewer.oid}, {"_id": 1}).to_list()
    for row in rows:
        if row["_id"] != viewer.session_id:
            await _end({"_id": row["_id"], "user": viewer.oid})


async def end_all(transaction: Transaction, user: ObjectId, *, keep: str = "") -> None:
    """End all of an account's sessions, except `keep`. Announces SessionEnded for each."""
    query = {"user": user, "_id": {"$ne": keep}}
    rows = await db.sessions.find(query, {"_id": 1}, session=transaction.session).to_list()
    await db.sessions.delete_many(query, session=transaction.session)
    for row in rows:
        transaction.announce(SessionEnded(row["_id"], str(user)))


def evict(session_id: str) -> None:
    """Evict a session that has ended, here or in another process, from the cache."""
    global _evictions
    _evictions += 1
    _cache.pop(session_id, None)


def forget_name(user_id: str) -> None:
    """Evict a person's sessions from the cache: their name may have changed, here or in another process."""
    global _evictions
    _evictions += 1
    for session_id, (cached, _) in list(_cache.items()):
        if cached.id == user_id:
            del _cache[session_id]


def forget_all() -> None:
    """Evict every session from the cache after missed events."""
    global _evictions
    _evictions += 1
    _cache.clear()


async def session_ended(event: SessionEnded) -> None:
    evict(event.session_id)


async def profile_edited(event: ProfileEdited) -> None:
    forget_name(event.user_id)


async def _end(query: dict[str, Any]) -> None:
    async def work(transaction: Transaction) -> None:
        row = await db.sessions.find_one_and_delete(query, session=transaction.session)
        if row is not None:
            transaction.announce(SessionEnded(row["_id"], str(row["user"])))

    await outbox.commit(work)


def _is_outdated(row: dict[str, Any], user: dict[str, Any]) -> bool:
    """Return whether the password has changed since a session began, except in that session."""
    same = row.get("password_number", 0) == user.get("password_number", 0)
    return not same and user.get("kept_session") != row["_id"]


def _token(session_id: str, now: datetime) -> str:
    claims = {"sid": session_id, "iat": now, "exp": now + LIFETIME}
    return jwt.encode(claims, settings().jwt_secret, algorithm="HS256")


def _session_id(token: str) -> str | None:
    session_id, expires = _verified.get(token, (None, 0.0))
    if session_id is None or time.time() >= expires:
        _verified.pop(token, None)
        session_id, expires = _verify(token)
        if len(_verified) >= MAX_VERIFIED:
            del _verified[next(iter(_verified))]
        if session_id is not None:
            _verified[token] = (session_id, expires)
    return session_id


def _verify(token: str) -> tuple[str | None, float]:
    if not token or len(token) > 1000:
        return None, 0.0
    options: Any = {"require": ["exp", "iat", "sid"]}
    try:
        claims = jwt.decode(token, settings().jwt_secret, algorithms=["HS256"], options=options)
    except jwt.PyJWTError:
        return None, 0.0
    return (claims["sid"], float(claims["exp"])) if isinstance(claims["sid"], str) else (None, 0.0)


def network_of(address: str) -> str:
    """Return the first two parts of a network address ("203.0.*.*"), "" for an invalid one."""
    try:
        ip = ipaddress.ip_address(address)
    except ValueError:
        return ""
    ip = getattr(ip, "ipv4_mapped", None) or ip
    if ip.is_loopback:
        return "this computer"
    if ip.version == 4:
        return ".".join([*str(ip).split(".")[:2], "*", "*"])
    return ":".join([*(part.lstrip("0") or "0" for part in ip.exploded.split(":")[:2]), "*"])


events.on_gap(forget_all)
