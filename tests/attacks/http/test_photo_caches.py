"""Photos in caches along the way: no shared cache serves what has been withdrawn."""

from __future__ import annotations

from collections.abc import AsyncIterator, Callable
from typing import Any

import httpx
import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.media import drafts, media
from instagram_clone.domain.messaging import conversations, messages
from instagram_clone.domain.people import preferences
from instagram_clone.domain.people.relations import follows
from instagram_clone.domain.posts import post_cards
from instagram_clone.web.states.people.account import SettingsState
from instagram_clone.web.states.posts.timeline import TimelineState
from tests.attacks.conftest import Field
from tests.attacks.test_visibility import QUIET_PAGE, act
from tests.conftest import file_of, picture, share
from tests.server import PATIENCE_SECONDS

YEAR = 365 * 24 * 3600


def directives(response: httpx.Response) -> dict[str, str]:
    """Return what a response lets caches do with it."""
    parts = (part.strip().partition("=") for part in response.headers["cache-control"].split(","))
    return {name: value for name, _, value in parts}


class SharedCache:
    """A shared cache by RFC 9111, which revalidates stale responses before serving them."""

    def __init__(self, origin: str) -> None:
        self._client = httpx.AsyncClient(base_url=origin, timeout=PATIENCE_SECONDS)
        self._stored: dict[str, httpx.Response] = {}
        self.requests = 0

    async def get(self, path: str, cookie: str = "") -> httpx.Response:
        stored = self._stored.get(path)
        if stored is not None and self._fresh_seconds(stored) > 0:
            return stored
        headers = {"Cookie": cookie} if cookie else {}
        if stored is not None:
            headers["If-None-Match"] = stored.headers["etag"]
        self.requests += 1
        response = await self._client.get(path, headers=headers)
        if response.status_code == 304 and stored is not None:
            return stored
        self._stored.pop(path, None)
        rules = directives(response) if response.status_code == 200 else {"no-store": ""}
        if not {"private", "no-store"} & rules.keys():
            self._stored[path] = response
        return response

    def holds(self, path: str) -> bool:
        return path in self._stored

    def _fresh_seconds(self, stored: httpx.Response) -> int:
        rules = directives(stored)
        return int(rules.get("s-maxage", rules.get("max-age", "0")))

    async def close(self) -> None:
        await self._client.aclose()


@pytest.fixture
async def cache(field: Field) -> AsyncIterator[SharedCache]:
    made = SharedCache(field.server.url)
    yield made
    await made.close()


async def photo_of(post_id: str) -> str:
    return f"/media/{(await post_cards.show(None, post_id)).photo.id}/256"


# How ana's photo is withdrawn from ben, and whether from everybody.
WITHDRAWN: dict[str, tuple[type, str, Callable[[Viewer, str], dict[str, Any]], bool]] = {
    "goes private": (SettingsState, "set_private", lambda ben, post: {"private": True}, True),
    "blocks": (SettingsState, "block", lambda ben, post: {"user_id": ben.id}, False),
    "deletes": (TimelineState, "delete", lambda ben, post: {"post_id": post}, True),
}


@pytest.mark.parametrize("how", WITHDRAWN)
async def test_shared_caches_do_not_serve_withdrawn_photos(
    field: Field, cache: SharedCache, how: str
) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    post = await share(ana)
    path, bens_cookie = await photo_of(post), await field.cookie(ben)
    for cookie in ("", bens_cookie, ""):
        assert (await cache.get(path, cookie)).status_code == 200
    assert cache.holds(path) and cache.requests == 3
    state, handler, payload, from_all = WITHDRAWN[how]
    await act(await field.tab(ana, path=QUIET_PAGE), state, handler, payload(ben, post))
    assert (await cache.get(path, bens_cookie)).status_code == 404
    assert (await cache.get(path)).status_code == (404 if from_all else 200)


async def test_shared_caches_do_not_store_restricted_photos(field: Field, cache: SharedCache) -> None:
    ana, ben = await field.join("ana"), await field.join("ben")
    await follows.follow(ben, ana.id)
    post = await share(ana)
    path, bens_cookie = await photo_of(post), await field.cookie(ben)
    await preferences.set_private(ana, True)
    chat = await conversations.start(ben, [ana.id])
    sent = await drafts.store(ben, file_of(picture(60, 80)), media.MESSAGE)
    await messages.send(ben, chat, "k", photo=sent.id)
    draft = await drafts.store(ben, file_of(picture()))
    for one in (path, f"/media/{sent.id}/60", f"/media/{draft.id}/{drafts.PREVIEW}"):
        response = await cache.get(one, bens_cookie)
        assert response.status_code == 200 and "private" in directives(response), one
        assert "public" not in directives(response) and not cache.holds(one)
        assert (await cache.get(one)).status_code == 404


async def test_browsers_cache_photos(field: Field) -> None:
    ana = await field.join("ana")
    path = await photo_of(await share(ana))
    async with field.http(headers={}) as browser:
        for cookie in ("", await field.cookie(ana)):
            rules = directives(await browser.get(path, headers={"Cookie": cookie}))
            assert int(rules["max-age"]) == YEAR and "immutable" in rules
