"""Session tokens and the sessions they name."""

from __future__ import annotations

import asyncio
from datetime import UTC, datetime, timedelta
from typing import Any

import jwt
import pytest

from instagram_clone.config import settings
from instagram_clone.domain.core import db, events
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.credentials import session_cards, sessions
from instagram_clone.domain.people.events import SessionEnded
from tests.conftest import join
from tests.domain.conftest import Commands


async def test_a_token_identifies_its_owner(ana: Viewer) -> None:
    token = await sessions.start(ana.id, "Chrome/1 Windows")
    found = await sessions.viewer(token)
    assert found is not None and (found.id, found.username) == (ana.id, "ana")


@pytest.mark.parametrize(
    "kind", ["forged", "unsigned", "expired", "no session", "no claim", "junk", "long"]
)
async def test_a_bad_token_is_rejected(ana: Viewer, kind: str) -> None:
    now = datetime.now(UTC)
    claims = {"sid": ana.session_id, "iat": now, "exp": now + timedelta(days=1)}
    secret = settings().jwt_secret
    assert await sessions.viewer(jwt.encode(claims, secret, "HS256"))
    token = {
        "forged": jwt.encode(claims, "another secret, as long as the true", "HS256"),
        "unsigned": jwt.encode(claims, "", "none"),
        "expired": jwt.encode({**claims, "exp": now - timedelta(seconds=1)}, secret, "HS256"),
        "no session": jwt.encode({**claims, "sid": "0" * 32}, secret, "HS256"),
        "no claim": jwt.encode({"iat": now, "exp": now + timedelta(days=1)}, secret, "HS256"),
        "junk": "a.b.c",
        "long": "x" * 5000,
    }[kind]
    assert await sessions.viewer(token) is None


async def test_an_ended_session_is_rejected_at_once(ana: Viewer, published: list[events.Event]) -> None:
    token = await sessions.start(ana.id, "")
    other = await sessions.viewer(token)
    assert other is not None
    await sessions.end(other)
    assert await sessions.viewer(token) is None
    assert published == [SessionEnded(other.session_id, ana.id)]


async def test_an_expired_row_is_rejected_before_mongodb_removes_it(ana: Viewer) -> None:
    token = await sessions.start(ana.id, "")
    await db.sessions.update_many({}, {"$set": {"expires": datetime.now(UTC)}})
    assert await sessions.viewer(token) is None


async def test_a_person_ends_their_own_sessions_and_nobody_elses(ana: Viewer) -> None:
    ben = await join("ben")
    await sessions.end_other(ben, ana.session_id)
    assert len(await session_cards.mine(ana)) == 1
    await sessions.start(ana.id, "Safari/1 iPhone")
    cards = await session_cards.mine(ana)
    assert [card.here for card in cards] == [True, False]
    assert cards[1].device == "Safari on iPhone"
    await sessions.end_others(ana)
    assert [card.here for card in await session_cards.mine(ana)] == [True]


async def test_a_token_older_than_a_day_is_renewed(ana: Viewer) -> None:
    fresh = await sessions.start(ana.id, "")
    assert sessions.renew(fresh) is None
    old = datetime.now(UTC) - timedelta(days=2)
    claims = {"sid": ana.session_id, "iat": old, "exp": old + sessions.LIFETIME}
    renewed = sessions.renew(jwt.encode(claims, settings().jwt_secret, "HS256"))
    assert renewed and await sessions.viewer(renewed) == ana


async def test_a_new_name_takes_effect_at_once(ana: Viewer) -> None:
    token = await sessions.start(ana.id, "")
    await sessions.viewer(token)
    await profiles.edit_profile(ana, "Ana", "ana.new", "", "")
    found = await sessions.viewer(token)
    assert found is not None and found.username == "ana.new"


@pytest.mark.parametrize(
    ("address", "network"),
    [
        ("203.0.113.77", "203.0.*.*"),
        ("::ffff:203.0.113.77", "203.0.*.*"),
        ("2001:db8:85a3::8a2e:370:7334", "2001:db8:*"),
        ("127.0.0.1", "this computer"),
        ("unknown", ""),
        ("", ""),
    ],
)
async def test_a_session_shows_when_and_roughly_where_it_began(
    ana: Viewer, address: str, network: str
) -> None:
    began = datetime.now(UTC) - timedelta(seconds=1)
    await sessions.start(ana.id, "Chrome/1 Windows", address)
    [other] = [card for card in await session_cards.mine(ana) if not card.here]
    assert other.network == network and datetime.fromisoformat(other.created) >= began
    # No more of the address is stored than is shown.
    rows = await db.sessions.find({"user": ana.oid}).to_list()
    assert not address or all(address not in str(row) for row in rows)


async def test_sessions_per_account_are_limited_and_the_latest_are_kept(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch, published: list[events.Event]
) -> None:
    monkeypatch.setattr(sessions, "MAX_SESSIONS", 3)
    other = await sessions.start((await join("ben")).id, "")
    tokens = [await sessions.start(ana.id, "") for _ in range(4)]
    assert [await sessions.viewer(token) is not None for token in tokens] == [False, True, True, True]
    assert await sessions.viewer(other) is not None
    ended = [event for event in published if isinstance(event, SessionEnded)]
    assert len(ended) == 2 and ended[0] == SessionEnded(ana.session_id, ana.id)


async def test_the_session_cache_is_bounded_and_keeps_the_latest(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sessions, "MAX_CACHED", 3)
    monkeypatch.setattr(sessions, "MAX_VERIFIED", 3)
    monkeypatch.setattr(sessions, "_cache", {})
    monkeypatch.setattr(sessions, "_verified", {})
    tokens = [await sessions.start(ana.id, "") for _ in range(6)]
    seen = [await sessions.viewer(token) for token in tokens]
    assert [one.session_id for one in seen[3:] if one] == list(sessions._cache)
    assert list(sessions._verified) == tokens[3:]
    assert await sessions.viewer(tokens[0]) == seen[0]


async def test_simultaneous_returns_are_recorded_in_one_write(ana: Viewer, commands: Commands) -> None:
    tokens = [await sessions.start(ana.id, "") for _ in range(8)]
    ago = datetime.now(UTC) - timedelta(hours=1)
    await db.sessions.update_many({}, {"$set": {"seen": ago, "expires": ago + sessions.LIFETIME}})
    sessions.forget_all()
    commands.sent.clear()
    assert all(await asyncio.gather(*map(sessions.viewer, tokens)))
    assert [name for name, _ in commands.sent] == ["find", "find", "update"]
    later = {"seen": {"$gt": ago}, "expires": {"$gt": ago + sessions.LIFETIME}}
    # The test's own session was not used.
    assert await db.sessions.count_documents(later) == len(tokens)


async def test_a_token_is_verified_once_and_trusted_no_longer_than_it_is_valid(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    verified: list[str] = []
    decode = jwt.decode

    def spy(token: str, *args: Any, **more: Any) -> Any:
        verified.append(token)
        return decode(token, *args, **more)

    monkeypatch.setattr(jwt, "decode", spy)
    now = datetime.now(UTC)
    claims = {"sid": ana.session_id, "iat": now, "exp": now + timedelta(days=1)}
    token = jwt.encode(claims, settings().jwt_secret, "HS256")
    assert await sessions.viewer(token) and await sessions.viewer(token)
    assert verified == [token]
    monkeypatch.setattr(sessions.time, "time", lambda: (now + timedelta(days=2)).timestamp())
    await sessions.viewer(token)
    assert verified == [token, token]
    await sessions.end(ana)
    assert await sessions.viewer(token) is None


async def test_this_device_is_listed_even_if_there_are_more_than_are_shown(ana: Viewer) -> None:
    for number in range(session_cards.MAX_SHOWN + 5):
        await sessions.start(ana.id, f"Firefox/{number}")
    shown = await session_cards.mine(ana)
    assert len(shown) == session_cards.MAX_SHOWN
    assert [card.here for card in shown] == [True] + [False] * (session_cards.MAX_SHOWN - 1)


async def test_simultaneous_returns_share_two_queries(
    ana: Viewer, ben: Viewer, cleo: Viewer, commands: Commands
) -> None:
    people = (ana, ben, cleo)
    tokens = [await sessions.start(person.id, "") for person in people]
    ended = await sessions.start(ben.id, "")
    await sessions.end(Viewer(ben.id, "ben", jwt.decode(ended, settings().jwt_secret, ["HS256"])["sid"]))
    sessions.forget_all()
    commands.sent.clear()
    found = await asyncio.gather(*(sessions.viewer(token) for token in (*tokens, ended)))
    assert [person.id if person else None for person in found] == [*(person.id for person in people), None]
    queries = [f"{name} {command[name]}" for name, command in commands.sent]
    assert queries == ["find sessions", "find users"]
    commands.sent.clear()
    shown = await asyncio.gather(*(profiles.own_profile(person) for person in people))
    assert [person.username for person in shown] == ["ana", "ben", "cleo"] and len(commands.sent) == 1
