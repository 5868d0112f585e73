"""What the product is for, in Firefox and in WebKit, with a friend who uses Chromium."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import pytest
from playwright.sync_api import expect
from selenium.webdriver.common.action_chains import ActionChains
from selenium.webdriver.common.by import By
from selenium.webdriver.common.keys import Keys
from selenium.webdriver.remote.webdriver import WebDriver
from selenium.webdriver.remote.webelement import WebElement

from instagram_clone.domain import comments, sessions
from instagram_clone.domain.viewer import Viewer
from instagram_clone.web import cookies
from tests.conftest import PASSWORD, share
from tests.flows.conftest import Stage
from tests.flows.parts import Part
from tests.flows.test_messages import chat_of, friends, log, shown, stored, write
from tests.flows.test_walking import photograph
from tests.socks import Connection, connection
from tests.webdriver import BROWSERS


@dataclass(frozen=True)
class Other:
    """A browser that is not Chromium, and its connection to the world."""

    stage: Stage
    driver: WebDriver
    connection: Connection

    def open(self, path: str, viewer: Viewer | None = None) -> Part:
        """Open a page, as somebody."""
        if viewer is not None:
            # A cookie can be given to a page of the site only.
            self.driver.get(f"{self.stage.server.url}/ping")
            token = self.stage.do(sessions.start, viewer.id, "Firefox/1 Linux")
            self.driver.add_cookie({"name": cookies.NAME, "value": token, "httpOnly": True})
        self.driver.get(self.stage.server.url + path)
        return Part(self.driver)

    def scroll_to(self, element: WebElement) -> None:
        self.driver.execute_script("arguments[0].scrollIntoView({ block: 'center' })", element)

    def sides(self, element: WebElement) -> tuple[float, float]:
        """The top and the bottom of an element, in the window."""
        box = self.driver.execute_script("return arguments[0].getBoundingClientRect()", element)
        return box["top"], box["bottom"]

    def scrolled(self) -> float:
        return self.driver.execute_script("return window.scrollY")

    def press(self, *keys: str) -> None:
        """Press keys, wherever the focus is."""
        ActionChains(self.driver).send_keys(*keys).perform()

    def focused(self) -> tuple[str, str]:
        """What has the focus, and how that is shown."""
        element = self.driver.switch_to.active_element
        return element.accessible_name, element.value_of_css_property("outline-style")

    def address(self) -> str:
        return self.driver.current_url.removeprefix(self.stage.server.url)


@pytest.fixture(params=BROWSERS)
def other(request: pytest.FixtureRequest, stage: Stage) -> Iterator[Other]:
    with connection() as line, BROWSERS[request.param](line) as driver:
        yield Other(stage, driver, line)


def test_a_newcomer_posts_follows_and_hears_of_a_like_and_a_comment(other: Other, stage: Stage) -> None:
    ben = stage.join("ben")
    page = other.open("/signup")
    form = page.part("form", "Create an account")
    form.part("textbox", "Email").fill("ana@example.com")
    form.part("textbox", "Full name").fill("Ana")
    form.part("textbox", "Username").fill("ana")
    form.shows("ana is available")
    form.part("textbox", "Password").fill(PASSWORD)
    form.part("button", "Create account").click()
    page.shows("Welcome, Ana")

    page.part("navigation", "Primary").part("button", "Create").click()
    dialog = page.part("dialog", "Create new post")
    dialog.part("button", "Select photos").is_there()
    dialog.choose(photograph())
    dialog.part("button", "Next").click()
    dialog.part("textbox", "Caption").fill("Roofs and sky")
    dialog.part("button", "Share").click()
    page.part("status", "Announcements").shows("Post shared")
    dialog.is_gone()
    mine = page.part("article", "Post by ana")
    mine.shows("Roofs and sky")
    mine.shows("Be the first to like this")

    his = stage.open_tab(ben, "/ana")
    his.get_by_role("link", name="Photo, 0 likes, 0 comments").click()
    theirs = his.get_by_role("dialog", name="Post by ana")
    theirs.get_by_role("button", name="Like", exact=True).click()
    mine.part("button", "1 like").is_there()
    theirs.get_by_role("textbox", name="Add a comment").fill("Where is this?")
    theirs.get_by_role("textbox", name="Add a comment").press("Enter")
    mine.part("link", "View 1 comment").is_there()

    page = other.open("/ben")
    page.part("button", "Follow ben").click()
    page.part("button", "Following ben").is_there()
    page.part("link", "1 follower").is_there()
    his.goto("/ben")
    expect(his.get_by_role("link", name="1 follower")).to_be_visible()


@pytest.mark.parametrize(
    ("path", "opener"),
    [("/", "View 1 comment"), ("/ben", "Photo, 0 likes, 1 comment")],
    ids=["home", "profile"],
)
def test_a_post_opens_over_its_page_and_back_closes_it(
    other: Other, stage: Stage, path: str, opener: str
) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post_id = stage.do(share, ben, "The oldest")
    stage.do(comments.add, ben, post_id, "Where is this?", "key")
    for _ in range(4):
        stage.do(share, ben)
    his = stage.open_tab(ben, f"/p/{post_id}")
    page = other.open(path, ana)
    link = page.part("link", opener)
    element = link.is_there()
    other.scroll_to(element)
    scrolled = other.scrolled()
    assert scrolled > 0
    link.click()
    dialog = page.part("dialog", "Post by ben")
    dialog.part("list", "Comments").shows("Where is this?")
    assert other.address() == f"{path}?p={post_id}"
    dialog.part("textbox", "Add a comment").fill("By the sea" + Keys.ENTER)
    expect(his.get_by_role("list", name="Comments")).to_contain_text("By the sea")
    other.driver.back()
    dialog.is_gone()
    assert other.address() == path
    # Not a page like it: the very one that was left, where it was left.
    assert element.is_displayed()
    assert other.scrolled() == scrolled


def test_a_message_written_without_a_connection_is_sent_once_it_is_back(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    chat = chat_of(stage, ana, ben)
    his = stage.open_tab(ben, f"/messages/{chat}")
    page = other.open(f"/messages/{chat}", ana)
    field, mine = page.part("textbox", "Message"), page.part("log", "Messages with ben")
    field.fill("Before" + Keys.ENTER)
    expect(log(his)).to_contain_text("Before")
    mine.lacks("Sending")

    other.connection.cut()
    field.fill("Meanwhile" + Keys.ENTER)
    mine.shows("Meanwhile")
    mine.shows("Sending")
    page.part("status", "Connection").shows("Reconnecting…")
    write(his, "Are you there?")
    expect(log(his).get_by_text("Sent", exact=True)).to_be_visible()
    # Only one of them got through.
    assert stored(stage, ana, chat) == ["Before", "Are you there?"]

    other.connection.restore()
    mine.lacks("Sending")
    mine.shows("Are you there?")
    expect(log(his)).to_contain_text("Meanwhile")
    page.part("status", "Connection").lacks("Reconnecting…")
    # One more, so that a second copy of the first would have come before it.
    field.fill("After" + Keys.ENTER)
    expect(log(his)).to_contain_text("After")
    assert shown(his) == stored(stage, ana, chat) == ["Before", "Are you there?", "Meanwhile", "After"]


def test_escape_empties_a_search_and_then_leaves_its_dialog(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    stage.do(share, ben)
    page = other.open("/", ana)
    page.part("button", "Share").click()
    dialog = page.part("dialog", "Share post")
    search = dialog.part("searchbox", "Search people")
    search.fill("nobody")
    dialog.shows("Nobody by that name.")
    other.press(Keys.ESCAPE)
    dialog.lacks("Nobody by that name.")
    other.press(Keys.ESCAPE)
    dialog.is_gone()
    assert other.focused()[0] == "Share"


def test_keys_show_where_they_lead_after_a_click_too(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    stage.do(share, ben)
    page = other.open("/", ana)
    page.part("button", "More options for this post").click()
    page.part("menu", "Post options").part("menuitem", "Copy link").is_there()
    assert other.focused() == ("Copy link", "none")
    other.press(Keys.ARROW_DOWN)
    assert other.focused() == ("Go to post", "solid")
    other.press(Keys.ESCAPE)
    page.part("article", "Post by ben").part("button", "Like").click()
    other.press("j")
    assert other.focused() == ("Post by ben", "solid")


def test_a_field_grows_with_what_is_written_in_it(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    stage.do(share, ben)
    page = other.open("/", ana)
    field = page.part("article", "Post by ben").part("textbox", "Add a comment")
    line = field.is_there().size["height"]
    for lines in (2, 3, 4, 4):
        field.fill("One more" + Keys.SHIFT + Keys.ENTER + Keys.NULL)
        assert field.is_there().size["height"] == lines * line


def test_on_a_phone_what_has_the_focus_is_not_under_the_bars(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    for _ in range(4):
        stage.do(share, ben)
    other.driver.set_window_rect(0, 0, 500, 844)
    page = other.open("/", ana)
    over = page.part("banner", "").is_there()
    under = page.part("navigation", "Primary").is_there()
    page.part("article", "Post by ben").is_there()
    walked = []
    for _ in range(30):
        other.press(Keys.TAB)
        element = other.driver.switch_to.active_element
        if element.find_elements(By.XPATH, "ancestor::article"):
            top, bottom = other.sides(element)
            assert other.sides(over)[1] <= top and bottom <= other.sides(under)[0], element.accessible_name
            walked.append(element.accessible_name)
    assert walked.count("Share") > 2


def test_a_page_somebody_comes_back_to_is_live(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post_id = stage.do(share, ben)
    page = other.open("/", ana)
    theirs = page.part("article", "Post by ben")
    theirs.shows("Be the first to like this")
    # The browser may have kept the page as it was, without its socket.
    other.driver.get("data:text/html,Elsewhere")
    page.shows("Elsewhere")
    his = stage.open_tab(ben, f"/p/{post_id}")
    his.get_by_role("button", name="Like", exact=True).click()
    expect(his.get_by_role("button", name="1 like", exact=True)).to_be_visible()
    other.driver.back()
    theirs.part("button", "1 like").is_there()
    his.get_by_role("button", name="Unlike").click()
    theirs.shows("Be the first to like this")


def test_a_posts_link_is_copied(other: Other, stage: Stage) -> None:
    ana, ben = friends(stage, "ana", "ben")
    post_id = stage.do(share, ben)
    page = other.open("/", ana)
    page.part("button", "More options for this post").click()
    page.part("menuitem", "Copy link").click()
    page.part("status", "Announcements").shows("Link copied")
    field = page.part("textbox", "Add a comment")
    field.fill(Keys.CONTROL + "v" + Keys.NULL)
    assert field.is_there().get_property("value") == f"{stage.server.url}/p/{post_id}"
