"""Search: which people and posts are found, in which order, and by whom."""

from __future__ import annotations

import dataclasses
from datetime import UTC, datetime, timedelta

import pytest
from bson import ObjectId

from instagram_clone.domain.core import db, events, rate_limits
from instagram_clone.domain.core.errors import NotFound, TooMany
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import circles, people_index, people_search, posts_index, search
from instagram_clone.domain.people import accounts, preferences, profiles
from instagram_clone.domain.people.relations import blocks, follows
from instagram_clone.domain.posts import posts
from tests.conftest import join, share
from tests.domain.conftest import Commands


@pytest.fixture(autouse=True)
def _clear_caches(monkeypatch: pytest.MonkeyPatch) -> None:
    events.clear_caches()
    monkeypatch.setattr(circles, "CACHE_SECONDS", 0)
    monkeypatch.setattr(accounts._summaries, "seconds", 0)


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


@pytest.mark.parametrize(
    ("name", "texts"),
    [
        ("Éloïse Çelik", ("eloise", "ÉLOÏSE", "e\u0301loise celik", "çel")),
        ("İpek Işık", ("ipek", "IPEK", "İPEK", "isik", "ışık", "IŞIK")),
        ("ｆｕｌｌ Ｗｉｄｔｈ", ("full", "FULL width", "ｆｕｌｌ", "ＷＩＤ")),
        ("Jürgen Groß", ("gross", "GROSS", "groß", "GROẞ", "jurgen")),
        ("Łukasz Ørsted", ("lukasz", "orsted", "łuk")),
        ("🦊 Freya 🌿", ("freya", "🦊 freya", "freya 🌿")),
        ("ﬁnn ℌolm", ("finn", "holm")),
    ],
)
async def test_accents_case_and_width_make_no_difference_either_way(
    ana: Viewer, ben: Viewer, name: str, texts: tuple[str, ...]
) -> None:
    found = await join("somebody", name)
    await share(ben, name)
    for text in texts:
        assert await names(ana, text) == [found.username], text
        assert await captions(ana, text) == [name], text


async def test_a_letter_of_the_second_word_finds_the_few_among_many_with_one_name(
    ana: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(people_index, "SCANNED", 3)
    # The person to find is the last one that a scan would reach.
    found = await join("first", "Maria Wolf")
    for number in range(5):
        await follows.follow(ana, (await join(f"maria{number}", "Maria Magdalena Garcia")).id)
    stranger = await join("stranger")
    for text in ("maria w", "maria wo", "w maria", "maria wolf", "mar wol"):
        assert await names(stranger, text) == [found.username], text
    for text in ("maria m", "maria ma", "maria maria", "mar mari"):
        assert (await names(stranger, text))[:3] == ["maria4", "maria3", "maria2"], text


async def test_people_rank_by_followed_then_followed_by_friends_then_follower_count(
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
    for name in ("gus", "hal"):
        one = await join(name)
        await follows.follow(ana, one.id)
        await follows.follow(one, friends.id)
    [_, of_four, *_] = (await search.people(ana, "ma")).people
    assert of_four.note.endswith(" and 3 you follow")


async def test_a_typing_error_is_tolerated_from_five_letters_on(ana: Viewer) -> None:
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


async def test_hidden_posts_and_people_are_neither_found_nor_counted(ana: Viewer, ben: Viewer) -> None:
    cleo = await join("cleo")
    for one in (ben, cleo):
        await share(one, "tulips")
    page = await search.posts(ana, "tulips", 1)
    assert [one.author for one in page.posts] == ["cleo"] and page.cursor
    assert [one.author for one in (await search.posts(ana, "tulips", 1, page.cursor)).posts] == ["ben"]
    await preferences.set_private(ben, True)
    page = await search.posts(ana, "tulips", 1)
    assert [one.author for one in page.posts] == ["cleo"] and not page.cursor
    assert await names(ana, "ben") == ["ben"]
    await blocks.block(ben, ana.id)
    assert await names(ana, "ben") == [] and await names(ben, "ana") == []
    await blocks.unblock(ben, ana.id)
    assert await names(ana, "ben") == ["ben"]


async def test_search_reflects_deletions_and_edits(ana: Viewer, ben: Viewer) -> None:
    post_id = await share(ben, "tulips")
    assert await captions(ana, "tulips") == ["tulips"]
    await posts.delete(ben, post_id)
    assert await captions(ana, "tulips") == []
    await profiles.edit_profile(ben, "Walter", "wally", "", "")
    assert await names(ana, "ben") == [] and await names(ana, "walt") == ["wally"]


@pytest.mark.parametrize("limit", [1, 2, 3])
async def test_pages_have_everyone_once_in_the_same_order(ana: Viewer, limit: int) -> None:
    people = [await join(f"max{number}", f"Max {'Hansson' * (number % 2)}") for number in range(9)]
    exact, friend, friends, star = people[:4]
    await join("maks.hanssom")
    await profiles.edit_profile(exact, "Somebody", "max", "", "")
    for one, other in ((ana, friend), (friend, friends), (friends, star), (people[5], star)):
        await follows.follow(one, other.id)
    await blocks.block(people[6], ana.id)
    for text in ("max", "hansson", "max h"):
        whole = (await search.people(ana, text, 50)).people
        assert len({one.id for one in whole}) == len(whole) > 3
        found, cursor = [], None
        while cursor != "":
            page = await search.people(ana, text, limit, cursor)
            assert len(page.people) == limit or page.cursor == ""
            found += page.people
            cursor = page.cursor
        assert found == whole
    assert [one.username for one in (await search.people(ana, "max", 4)).people] == [
        *("max", "max1", "max2", "max3"),
    ]


async def test_blocked_people_leave_no_gap_and_no_further_page(ana: Viewer) -> None:
    people = [await join(f"max{number}") for number in range(4)]
    assert (await search.people(ana, "max", 3)).cursor
    for by, other in ((people[1], ana), (ana, people[2])):
        await blocks.block(by, other.id)
    page = await search.people(ana, "max", 2)
    assert [one.username for one in page.people] == ["max3", "max0"] and page.cursor == ""
    await blocks.block(people[3], ana.id)
    assert await names(ana, "max") == ["max0"] and await names(ana, "max3") == []


async def test_the_last_extra_read_counts_too(ana: Viewer, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(people_search, "_ROUNDS", 1)
    people = [await join(f"max{number}") for number in range(12)]
    for one in people[2:]:
        await blocks.block(one, ana.id)
    # The first read finds only people who have blocked her: those who came last.
    page = await search.people(ana, "max", 1)
    assert [one.username for one in page.people] == ["max1"] and page.cursor


async def test_a_followee_behind_a_block_is_not_named(ana: Viewer, ben: Viewer) -> None:
    cleo, star = await join("cleo"), await join("star")
    for friend in (ben, cleo):
        await follows.follow(ana, friend.id)
    await follows.follow(ben, star.id)
    [found] = (await search.people(ana, "star")).people
    assert found.note == "Followed by ben"
    await blocks.block(ben, ana.id)
    [found] = (await search.people(ana, "star")).people
    assert found.note == "1 follower"


async def test_posts_with_an_audience_are_found_only_by_it(ana: Viewer, ben: Viewer) -> None:
    cleo = await join("cleo")
    await follows.follow(cleo, ben.id)
    post_id = await share(ben, "tulips")
    row = {"_id": db.oid(post_id)}
    now = datetime.now(UTC)
    for narrowed, seen in (
        ({"audience": "everyone"}, {"ana", "ben", "cleo"}),
        ({"audience": "followers"}, {"ben", "cleo"}),
        ({"audience": "only_me"}, {"ben"}),
        ({"expires_at": now + timedelta(hours=1)}, {"ana", "ben", "cleo"}),
        ({"expires_at": now - timedelta(hours=1)}, {"ben"}),
        ({"archived_at": now}, {"ben"}),
    ):
        fields = dict.fromkeys(("audience", "expires_at", "archived_at"), "")
        await db.posts.update_one(row, {"$unset": fields})
        await db.posts.update_one(row, {"$set": narrowed})
        found = {one.username for one in (ana, ben, cleo) if await captions(one, "tulips")}
        assert found == seen, narrowed
    await db.posts.update_one(row, {"$unset": {"archived_at": ""}})
    await preferences.set_private(ben, True)
    assert await captions(ana, "tulips") == [] and await captions(cleo, "tulips") == ["tulips"]


async def test_pages_of_posts_have_each_once_and_hidden_posts_leave_no_gap(
    ana: Viewer, ben: Viewer
) -> None:
    cleo = await join("cleo")
    for number in range(12):
        await share(ben if number % 3 else cleo, f"tulips {number}")
    await preferences.set_private(ben, True)
    found, cursor = [], None
    while cursor != "":
        page = await search.posts(ana, "tulips", 3, cursor)
        found += [one.caption for one in page.posts]
        assert len(page.posts) == 3 or page.cursor == ""
        cursor = page.cursor
    assert found == [f"tulips {number}" for number in (9, 6, 3, 0)]


@pytest.mark.parametrize("hidden_by", ["being private", "a block"])
async def test_a_hidden_author_with_many_posts_does_not_crowd_out_other_peoples(
    ana: Viewer, ben: Viewer, hidden_by: str
) -> None:
    cleo = await join("cleo")
    await share(cleo, "tulips in the fog")
    post = await db.posts.find_one({"_id": db.oid(await share(ben, "tulips in the fog"))})
    row = await db.posts_index.find_one({"_id": post["_id"]}) if post else None
    assert post and row
    # More than are scanned at a time.
    many = [ObjectId() for _ in range(posts_index.SCANNED + 100)]
    await db.posts.insert_many([{**post, "_id": one, "key": str(one)} for one in many])
    await db.posts_index.insert_many([{**row, "_id": one} for one in many])
    if hidden_by == "a block":
        await blocks.block(ben, ana.id)
    else:
        await preferences.set_private(ben, True)
    for text in ("tulips", "tulips fog"):
        page = await search.posts(ana, text, 5)
        assert [one.author for one in page.posts] == ["cleo"] and page.cursor == "", text


async def test_scripts_without_spaces_are_found_by_any_part(ana: Viewer, ben: Viewer) -> None:
    await join("hanako", "田中愛子")
    await share(ben, "京都の朝、ﾗｰﾒﾝ")
    for text in ("田", "田中", "愛子", "田中愛子", "中愛"):
        assert await names(ana, text) == ["hanako"], text
    for text in ("京", "京都", "都の朝", "ラーメン"):
        assert await captions(ana, text) == ["京都の朝、ﾗｰﾒﾝ"], text
    assert await names(ana, "中田") == [] and await captions(ana, "都京") == []


@pytest.mark.parametrize(
    "text",
    [
        *("$", "$where", ".*", "^b", "b\\", "(", "[a-", "*", "=ben", "{}", "' or 1=1", "\x00", "\u202e"),
        *("\ud800", "\U0010ffff", "👩\u200d👩\u200d👧", "x" * 5000, "京" * 300, "ben" + " ben" * 60),
    ],
)
async def test_no_search_text_or_cursor_does_any_harm(ana: Viewer, ben: Viewer, text: str) -> None:
    await share(ben, "tulips")
    found = await search.everything(ana, text)
    assert found.posts == [] and {one.username for one in found.people} <= {"ben"}
    for function in (search.people, search.posts):
        await function(ana, text)
        for cursor in ("$", "x" * 1000, "9", "3", "é", "3zz", "3ff", f"3{'f' * 1000}"):
            with pytest.raises(NotFound):
                await function(ana, "ben", 5, cursor)


async def test_searches_are_rate_limited_with_the_time_to_wait(
    ana: Viewer, ben: Viewer, monkeypatch: pytest.MonkeyPatch
) -> None:
    limit = rate_limits.LIMITS["search"]
    monkeypatch.setitem(rate_limits.LIMITS, "search", dataclasses.replace(limit, max=3))
    for function in (search.everything, search.people, search.posts):
        await function(ana, "ben")
    for function in (search.everything, search.people, search.posts):
        with pytest.raises(TooMany, match="Try again in"):
            await function(ana, "ben")
    assert (await search.everything(ben, "ana")).people


async def test_a_search_takes_a_few_commands_however_many_it_finds(commands: Commands) -> None:
    ana = await join("ana")
    for number in range(14):
        one = await join(f"max{number}", "Max Tulip")
        if number % 2:
            await follows.follow(ana, one.id)
        await share(one, "tulip")
    for text in ("max", "tulip", "max tul", "tulpi"):
        await search.everything(ana, text)
        commands.sent.clear()
        await search.everything(ana, text)
        assert len(commands.sent) <= 14, [name for name, _ in commands.sent]
