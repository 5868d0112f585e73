"""Lists of more posts than a page holds: they continue, and lead back to the newest."""

from __future__ import annotations

from bson import ObjectId
from playwright.sync_api import Page, expect

from instagram_clone.domain.core import db
from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.people.relations import follows
from instagram_clone.web.states.posts.timeline import MAX_POSTS
from tests.conftest import share
from tests.flows.conftest import DESKTOP, Stage, eventually

MANY = MAX_POSTS + 30
AT_TOP = "() => window.scrollY === 0"
ON_MAIN = "() => document.activeElement === document.querySelector('main')"


def fill(stage: Stage, author: Viewer) -> list[str]:
    """Give a person MANY posts of one photo; return their ids, newest first."""

    async def copy() -> list[str]:
        newest = await db.posts.find_one({"_id": ObjectId(await share(author))})
        assert newest is not None
        began = int(newest["_id"].generation_time.timestamp())
        older = [ObjectId(f"{began - number:08x}{0:016x}") for number in range(1, MANY)]
        await db.posts.insert_many([{**newest, "_id": one} for one in older])
        return [str(newest["_id"]), *map(str, older)]

    return stage.do(copy)


def scroll_to_end(page: Page) -> None:
    """Scroll until the list no longer loads more by itself."""
    older = page.get_by_role("button", name="Show older posts")

    def is_at_end() -> bool:
        page.evaluate("() => window.scrollTo(0, document.documentElement.scrollHeight)")
        return older.is_visible()

    assert eventually(page, is_at_end)


def test_a_visitor_can_scroll_to_the_oldest_of_hundreds_of_photos(stage: Stage) -> None:
    ids = fill(stage, stage.join("ana"))
    page = stage.open_tab(None, "/ana")
    tiles = page.get_by_role("main").get_by_role("link", name="Photo, ")
    newest = page.get_by_role("button", name="Show the newest posts")
    scroll_to_end(page)
    expect(tiles).to_have_count(MAX_POSTS)
    expect(newest).to_have_count(0)
    page.get_by_role("button", name="Show older posts").click()
    expect(tiles.first).to_have_attribute("href", f"/p/{ids[MAX_POSTS]}")
    page.wait_for_function(AT_TOP)
    page.wait_for_function(ON_MAIN)
    tiles.last.scroll_into_view_if_needed()
    expect(tiles).to_have_count(MANY - MAX_POSTS)
    expect(tiles.last).to_have_attribute("href", f"/p/{ids[-1]}")
    expect(page.get_by_role("button", name="Show older posts")).to_have_count(0)
    page.reload()
    expect(tiles.first).to_have_attribute("href", f"/p/{ids[MAX_POSTS]}")
    expect(tiles).to_have_count(MANY - MAX_POSTS)
    newest.click()
    expect(tiles.first).to_have_attribute("href", f"/p/{ids[0]}")
    expect(newest).to_have_count(0)
    page.wait_for_function(AT_TOP)


def test_home_continues_past_the_limit_and_new_posts_wait_above_older_ones(stage: Stage) -> None:
    ana, ben, cleo = (stage.join(name) for name in ("ana", "ben", "cleo"))
    ids, new = fill(stage, ana), stage.do(share, cleo)
    stage.do(follows.follow, ben, ana.id)
    page = stage.open_tab(ben, viewport=DESKTOP)
    first = page.get_by_role("article").first
    newest = page.get_by_role("button", name="Show the newest posts")
    scroll_to_end(page)
    page.get_by_role("button", name="Show older posts").click()
    expect(first).to_have_attribute("data-post", ids[MAX_POSTS])
    page.wait_for_function(AT_TOP)
    expect(newest).to_be_visible()
    suggested = page.get_by_role("complementary", name="Suggestions")
    suggested.get_by_role("button", name="Follow cleo").click()
    pill = page.get_by_role("button", name="1 new post")
    expect(pill).to_be_visible()
    expect(first).to_have_attribute("data-post", ids[MAX_POSTS])
    pill.click()
    expect(first).to_have_attribute("data-post", new)
    expect(newest).to_have_count(0)
