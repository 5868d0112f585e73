"""Search: who and what is found, in which order, and by whom."""

from __future__ import annotations

import pytest

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, search
from instagram_clone.domain.people import accounts
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import posts
from tests.conftest import join, share

pytestmark = pytest.mark.anyio


@pytest.fixture(autouse=True)
def _nothing_is_remembered(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(circles._known, "seconds", 0)
    monkeypatch.setattr(accounts._known, "seconds", 0)


async def names(viewer: Viewer, text: str) -> list[str]:
    return [one.username for one in (await search.people(viewer, text)).people]


async def captions(viewer: Viewer, text: str) -> list[str]:
    return [one.caption for one in (await search.posts(viewer, text)).posts]


async def test_people_are_found_by_name_and_username_from_the_first_letter(ana: Viewer) -> None:
    await join("juno.reyes", "Zoë Müller")
    for text in (
        "j",
        "ju",
        "juno.reyes",
        "@juno",
        "reyes",
        "junoreyes",
        "z",
        "ZOE",
        "zoë m",
        "muller",
        "ｚｏｅ",
    ):
        assert await names(ana, text) == ["juno.reyes"], text
    for text in ("uno", "oe", "reyes x", "", "   ", "@", ".", "🦊"):
        assert await names(ana, text) == [], text


async def test_whom_one_follows_comes_first_then_whom_they_follow_then_whom_many_follow(
    ana: Viewer, ben: Viewer
) -> None:
    friend, friends, star, nobody = [await join(f"max{one}") for one in ("a", "b", "c", "d")]
    cleo, dan = await join("cleo"), await join("dan")
    for fan in (cleo, dan, friend, friends):
        await follows.follow(fan, star.id)
    await follows.follow(ana, friend.id)
    await follows.unfollow(friend, star.id)
    await follows.follow(ana, ben.id)
    for one in (friend, ben):
        await follows.follow(one, friends.id)
    found = (await search.people(ana, "ma")).people
    assert [(one.username, one.note) for one in found] == [
        ("maxa", "Following"),
        ("maxb", found[1].note),
        ("maxc", "3 followers"),
        ("maxd", "New to Instaclone"),
    ]
    assert found[1].note in ("Followed by ben and 1 you follow", "Followed by maxa and 1 you follow")
    assert [one.followed for one in found] == [True, False, False, False]
    assert (await names(ana, "maxd"))[0] == "maxd"
    assert nobody.id == found[3].id


async def test_a_typing_error_is_forgiven_from_five_letters_on(ana: Viewer) -> None:
    await join("juno.reyes", "Marianne Kowalska")
    for text in ("marxianne", "maranne", "marienne", "mraianne", "mariamn", "junp.reyes", "reyse"):
        assert await names(ana, text) == ["juno.reyes"], text
    for text in ("mrxia", "jxno", "mxri", "marxienne"):
        assert await names(ana, text) == [], text


async def test_posts_are_found_by_caption_and_alt_text(ana: Viewer, ben: Viewer) -> None:
    await share(ben, "Sunset over Lisbón", alt="A red tram")
    await share(ben, "Sunrise over Porto")
    for text in ("sunset", "suns", "lisbon", "tram", "red tram", "over sunset", "SUNSET lis"):
        assert await captions(ana, text) == ["Sunset over Lisbón"], text
    assert await captions(ana, "over") == ["Sunrise over Porto", "Sunset over Lisbón"]
    for text in ("unset", "sunset porto", "lisb sunset", "🌇"):
        assert await captions(ana, text) == [], text


async def test_what_may_not_be_seen_is_neither_found_nor_counted(ana: Viewer, ben: Viewer) -> None:
    cleo = await join("cleo")
    for one in (ben, cleo):
        await share(one, "tulips")
    page = await search.posts(ana, "tulips", 1)
    assert [one.author for one in page.posts] == ["cleo"] and page.cursor
    assert [one.author for one in (await search.posts(ana, "tulips", 1, page.cursor)).posts] == ["ben"]
    await accounts.set_private(ben, True)
    page = await search.posts(ana, "tulips", 1)
    assert [one.author for one in page.posts] == ["cleo"] and not page.cursor
    assert await names(ana, "ben") == ["ben"]
    await blocks.block(ben, ana.id)
    assert await names(ana, "ben") == [] and await names(ben, "ana") == []
    await blocks.unblock(ben, ana.id)
    assert await names(ana, "ben") == ["ben"]


async def test_what_is_gone_or_changed_is_found_as_it_is(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ben, "tulips")
    assert await captions(ana, "tulips") == ["tulips"]
    await posts.delete(ben, post_id)
    assert await captions(ana, "tulips") == []
    await accounts.edit_profile(ben, "Walter", "wally", "", "")
    assert await names(ana, "ben") == [] and await names(ana, "walt") == ["wally"]
