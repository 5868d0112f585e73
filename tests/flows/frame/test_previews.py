"""The head of a shared page after scripts have taken over: nothing twice, and nothing untrue."""

from __future__ import annotations

import re
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, expect

from tests.conftest import share
from tests.flows.conftest import Stage, eventually

COUNTS = """() => Object.fromEntries(["title", "meta[property='og:title']", "meta[property='og:image']",
    "meta[name=description]", "link[rel=canonical]", "meta[name=robots]"].map(
    one => [one, document.head.querySelectorAll(one).length]))"""


def counts(page: Page) -> list[int]:
    return list(page.evaluate(COUNTS).values())


@pytest.mark.parametrize("kind", ["profile", "post"])
def test_scripts_duplicate_none_of_the_servers_tags(stage: Stage, kind: str) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(None, "/ana" if kind == "profile" else f"/p/{post_id}")
    expect(page.get_by_role("main")).to_contain_text("ana")
    expect(page).to_have_title("ana · Instaclone")
    assert eventually(page, lambda: counts(page) == [1, 1, 1, 1, 1, 0])
    expect(page.locator("link[rel=canonical]")).to_have_attribute("href", page.url)


@pytest.mark.parametrize("kind", ["profile", "post"])
def test_the_html_names_every_script_that_the_page_needs(stage: Stage, kind: str) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.context().new_page()
    requested: list[str] = []
    page.on("request", lambda one: requested.append(one.url) if one.resource_type == "script" else None)
    sent = page.goto("/ana" if kind == "profile" else f"/p/{post_id}")
    expect(page.get_by_role("main")).to_contain_text("ana")
    assert sent is not None and len(requested) > 5
    assert [url for url in requested if f'href="{urlsplit(url).path}"' not in sent.text()] == []


def test_navigation_removes_the_preview_tags_of_the_first_page(stage: Stage) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "See @ben.b")
    stage.join("ben.b")
    page = stage.open_tab(None, f"/p/{post_id}")
    page.get_by_role("link", name="@ben.b").click()
    expect(page).to_have_title("ben.b · Instaclone")
    assert eventually(page, lambda: counts(page) == [1, 0, 0, 0, 0, 0])


def test_the_pages_of_visitors_say_what_they_are(stage: Stage) -> None:
    ana = stage.join("ana")
    stage.do(share, ana, "A wall")
    page = stage.open_tab(None, "/login")
    description = page.locator("meta[name=description]")
    expect(description).to_have_attribute("content", re.compile("^Log in to Instaclone"))
    page.get_by_role("link", name="Create an account").click()
    expect(page).to_have_title("Create an account · Instaclone")
    expect(description).to_have_attribute("content", re.compile("^Share photos with people you know"))
    page.goto("/ana")
    expect(description).to_have_attribute("content", re.compile("^1 post"))
    page.get_by_role("link", name="Log in", exact=True).first.click()
    expect(page).to_have_title("Log in · Instaclone")
    expect(description).to_have_attribute("content", re.compile("^Log in to Instaclone"))
    assert eventually(page, lambda: counts(page)[1:] == [0, 0, 1, 0, 0])


def test_a_missing_page_says_so_and_an_existing_one_has_its_title(stage: Stage) -> None:
    page = stage.open_tab(None, "/nobody")
    expect(page.get_by_role("link", name="Go home")).to_be_visible()
    expect(page).to_have_title("Page not found · Instaclone")
    assert eventually(page, lambda: counts(page) == [1, 0, 0, 0, 0, 1])
    page = stage.open_tab(stage.join("ana"), "/ana")
    expect(page).to_have_title("ana · Instaclone")
    page.get_by_role("link", name="Home").click()
    expect(page).to_have_title("Instaclone")


TITLES = "() => [...document.head.querySelectorAll('title')].map(one => one.text)"


@pytest.mark.parametrize("kind", ["profile", "post"])
def test_a_page_has_one_title_whatever_page_came_before(stage: Stage, kind: str) -> None:
    ana = stage.join("ana")
    post_id = stage.do(share, ana, "A wall")
    page = stage.open_tab(ana, "/ana" if kind == "profile" else f"/p/{post_id}")
    expect(page).to_have_title("ana · Instaclone")
    for _ in range(2):
        page.get_by_role("navigation").get_by_role("link", name="Home").click()
        expect(page).to_have_title("Instaclone")
        assert eventually(page, lambda: page.evaluate(TITLES) == ["Instaclone"])
        page.go_back()
        expect(page).to_have_title("ana · Instaclone")
        assert eventually(page, lambda: page.evaluate(TITLES) == ["ana · Instaclone"])
