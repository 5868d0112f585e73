"""Search: found as one types, opened by keys, remembered for oneself, and never what may not be seen."""

from __future__ import annotations

import re

from playwright.sync_api import Locator, Page, WebSocketRoute, expect

from instagram_clone.domain.core.viewer import Viewer
from instagram_clone.domain.discovery import recents, suggestions
from instagram_clone.domain.people import profiles
from instagram_clone.domain.people.relations import blocks, follows
from tests.conftest import share
from tests.flows.conftest import PHONE, Stage, eventually

LONG = "Donaudampfschifffahrtsgesellschaftskapitän" * 7


def opened(page: Page) -> Locator:
    """Open the panel with its key, once the page answers to keys."""
    expect(page.get_by_role("button", name="Search", exact=True)).to_be_enabled()
    expect(page.locator(".ic-app:not(.is-early)")).to_be_visible()
    page.keyboard.press("/")
    panel = page.get_by_role("dialog", name="Search")
    expect(field(panel)).to_be_focused()
    return panel


def field(where: Page | Locator) -> Locator:
    return where.get_by_role("searchbox", name="Search", exact=True)


def told(where: Page | Locator) -> Locator:
    """How many results there are, as a screen reader hears it."""
    return where.get_by_role("status").filter(has_text=re.compile("result"))


def results(where: Page | Locator) -> Locator:
    return where.get_by_role("listbox", name="Results").get_by_role("option")


def test_somebody_is_found_and_opened_by_keys_alone(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben", "Ben Okoye")
    stage.join("benita")
    stage.do(share, ben, "A bend in the river")
    page = stage.open_tab(ana)
    address = page.url
    panel = opened(page)
    button = page.get_by_role("button", name="Search", exact=True)
    expect(button).to_have_attribute("aria-expanded", "true")
    expect(panel.get_by_role("heading", name="Recent")).to_be_visible()
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(3)
    expect(told(panel)).to_have_text("3 results")
    expect(panel.get_by_role("tab", name="Top")).to_have_attribute("aria-selected", "true")
    assert page.url == address
    at = panel.locator("[role=option][aria-selected=true]")
    expect(at).to_have_count(0)
    for _ in range(3):
        page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("A bend in the river")
    expect(field(panel)).to_have_attribute("aria-activedescendant", str(at.get_attribute("id")))
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    page.keyboard.press("ArrowUp")
    expect(at).to_have_count(0)
    page.keyboard.press("ArrowUp")
    expect(at).to_contain_text("A bend in the river")
    page.keyboard.press("Enter")
    expect(page.get_by_role("dialog", name="Post by ben")).to_be_visible()
    expect(panel).to_have_count(0)
    page.keyboard.press("Escape")
    expect(page.get_by_role("dialog")).to_have_count(0)
    panel = opened(page)
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(3)
    page.keyboard.press("ArrowDown")
    expect(at).to_contain_text("Ben Okoye")
    page.keyboard.press("Enter")
    expect(page).to_have_url(f"{stage.server.url}/ben")
    expect(page.get_by_role("main")).to_be_focused()
    panel = opened(page)
    expect(panel.get_by_role("link", name="ben")).to_be_visible()
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    expect(button).to_have_attribute("aria-expanded", "false")
    expect(page.get_by_role("main")).to_be_focused()


def test_the_panel_closes_with_escape_whatever_is_typed_and_with_a_click_elsewhere(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    panel = opened(page)
    page.keyboard.type("x")
    page.keyboard.press("Escape")
    expect(panel).to_have_count(0)
    button = page.get_by_role("button", name="Search", exact=True)
    expect(button).to_be_focused()
    button.click()
    expect(field(panel)).to_be_focused()
    expect(field(panel)).to_have_value("")
    button.click()
    expect(panel).to_have_count(0)
    button.click()
    expect(panel).to_be_visible()
    page.get_by_role("main").click(position={"x": 700, "y": 600})
    expect(panel).to_have_count(0)


def test_the_key_is_a_letter_in_fields_and_nothing_where_keys_are_off(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"), "/messages")
    search = page.get_by_role("searchbox", name="Search messages")
    search.fill("a")
    search.press("/")
    expect(search).to_have_value("a/")
    page.goto("/settings/appearance")
    switch = page.get_by_role("switch", name=re.compile("keys|shortcuts", re.IGNORECASE))
    switch.click()
    page.wait_for_function("() => localStorage.getItem('letter_keys') === 'off'")
    page.get_by_role("main").focus()
    page.keyboard.press("/")
    expect(page.get_by_role("dialog", name="Search")).to_have_count(0)


def test_nothing_found_says_what_was_looked_for(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    panel = opened(page)
    page.keyboard.type("zzqq")
    expect(panel.get_by_text("Nothing for zzqq. Check the spelling or try a tag.")).to_be_visible()
    expect(told(panel)).to_have_text("0 results")
    panel.get_by_role("button", name="Clear search").click()
    expect(field(panel)).to_be_focused()
    expect(field(panel)).to_have_value("")
    expect(panel.get_by_role("heading", name="Recent")).to_be_visible()


def test_tabs_narrow_what_is_found(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "ben was here")
    page = stage.open_tab(ana)
    panel = opened(page)
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(2)
    panel.get_by_role("tab", name="Top").focus()
    page.keyboard.press("ArrowRight")
    expect(panel.get_by_role("tab", name="People")).to_be_focused()
    expect(results(panel)).to_have_count(1)
    page.keyboard.press("End")
    expect(panel.get_by_role("tab", name="Posts")).to_have_attribute("aria-selected", "true")
    expect(results(panel)).to_have_count(1)
    expect(panel.get_by_role("option", name="Photo by ben: ben was here")).to_be_visible()


def test_posts_that_are_found_are_tiles_that_the_arrows_walk(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for number in range(5):
        stage.do(share, ben, f"tulip {number}", alt=f"In vase {number}")
    stage.do(share, ben, alt="One tulip")
    page = stage.open_tab(ana, "/search")
    field(page).fill("tulip")
    expect(results(page)).to_have_count(6)
    with stage.server.asleep():
        page.get_by_role("tab", name="Posts").click()
        expect(page.get_by_role("tabpanel").get_by_text("Loading posts")).to_be_attached()
    expect(told(page)).to_have_text("6 results")
    first = page.get_by_role("option", name="Photo by ben: One tulip")
    expect(page.get_by_role("option", name="Photo by ben: tulip 4, In vase 4")).to_be_visible()
    tiles = [box for one in results(page).all() if (box := one.bounding_box())]
    assert len({box["y"] for box in tiles[:3]}) == 1 and len({box["x"] for box in tiles[::3]}) == 1
    assert all(abs(box["width"] - box["height"]) < 1 for box in tiles)
    field(page).focus()
    chosen = page.locator("[role=option][aria-selected=true]")
    for key, name in (
        ("ArrowDown", "One tulip"),
        ("ArrowRight", "tulip 4"),
        ("ArrowDown", "tulip 1"),
        ("ArrowLeft", "tulip 2"),
        ("ArrowUp", "One tulip"),
    ):
        page.keyboard.press(key)
        expect(chosen).to_have_accessible_name(re.compile(f"^Photo by ben: {name}"))
    page.keyboard.press("ArrowLeft")
    expect(chosen).to_have_count(0)
    page.keyboard.press("End")
    page.keyboard.press("ArrowLeft")
    page.keyboard.type("s")
    expect(field(page)).to_have_value("tulisp")
    # With the next answer the keys are at none: it has to be there before they go on.
    expect(page.get_by_text("Nothing for tulisp")).to_be_visible()
    field(page).fill("tulip")
    expect(results(page)).to_have_count(6)
    page.keyboard.press("ArrowDown")
    expect(first).to_have_attribute("aria-selected", "true")
    page.keyboard.press("Enter")
    expect(page.get_by_role("article", name="Post by ben")).to_contain_text("Be the first to like this")
    page.go_back()
    expect(page.get_by_role("tab", name="Posts")).to_have_attribute("aria-selected", "true")
    expect(first).to_be_visible()
    field(page).fill("zzqq")
    expect(page.get_by_text("Nothing for zzqq")).to_be_visible()


def test_a_post_that_is_deleted_is_gone_from_open_results(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    for number in range(2):
        stage.do(share, ben, f"tulip {number}")
    page = stage.open_tab(ana, "/search")
    field(page).fill("tulip")
    expect(results(page)).to_have_count(2)
    his = stage.open_tab(ben, "/ben")
    his.get_by_role("main").get_by_role("link", name="Photo, ").first.click()
    dialog = his.get_by_role("dialog", name="Post by ben")
    dialog.get_by_role("button", name="More options for this post").click()
    his.get_by_role("menuitem", name="Delete").click()
    his.get_by_role("dialog", name="Delete post?").get_by_role("button", name="Delete").click()
    expect(results(page)).to_have_count(1)
    expect(told(page)).to_have_text("1 result")
    expect(results(page)).to_contain_text(["tulip 0"])


def test_more_is_shown_when_it_is_asked_for(stage: Stage) -> None:
    for number in range(25):
        stage.join(f"ben{number}")
    page = stage.open_tab(stage.join("ana"), "/search")
    page.keyboard.type("ben")
    page.get_by_role("tab", name="People").click()
    expect(results(page)).to_have_count(20)
    page.get_by_role("button", name="Show more").click()
    expect(results(page)).to_have_count(25)
    expect(page.get_by_role("button", name="Show more")).to_have_count(0)
    expect(told(page)).to_have_text("25 results")


def test_recent_searches_are_kept_for_oneself_and_taken_away_at_once(stage: Stage) -> None:
    ana, ben, _ = (stage.join(name) for name in ("ana", "ben", "cleo"))
    page = stage.open_tab(ana)
    for name in ("ben", "cleo"):
        panel = opened(page)
        page.keyboard.type(name)
        results(panel).filter(has_text=name).click()
        expect(page).to_have_url(f"{stage.server.url}/{name}")
    panel = opened(page)
    page.keyboard.type("river light")
    page.keyboard.press("Enter")
    # Another tab reads them once, when its panel opens.
    assert eventually(page, lambda: len(stage.do(recents.recent, ana)) == 3)
    page.keyboard.press("Escape")
    other = page.context.new_page()
    other.goto("/")
    panel = opened(other)
    removes = taking(panel)
    expect(removes).to_have_count(3)
    panel.get_by_role("button", name="river light", exact=True).click()
    expect(field(panel)).to_have_value("river light")
    expect(panel.get_by_text("Nothing for river light")).to_be_visible()
    panel.get_by_role("button", name="Clear search").click()
    with stage.server.asleep():
        panel.get_by_role("button", name="Remove cleo from recent searches").click()
        expect(removes).to_have_count(2)
        expect(panel.get_by_role("button", name="Remove ben from recent searches")).to_be_focused()
    assert eventually(page, lambda: len(stage.do(recents.recent, ana)) == 2)
    other.reload()
    panel = opened(other)
    expect(removes).to_have_count(2)
    panel.get_by_role("button", name="Clear all").click()
    expect(removes).to_have_count(0)
    expect(panel.get_by_role("button", name="Clear all")).to_have_count(0)
    his = stage.open_tab(ben)
    expect(opened(his).get_by_text("for you alone")).to_be_visible()


def test_what_is_searched_for_in_one_tab_shows_in_the_others_while_they_are_open(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    page = stage.open_tab(ana)
    others = opened(page), stage.open_tab(ana, "/search", viewport=PHONE)
    his = stage.open_tab(ben, "/search")
    expect(his.get_by_text("for you alone")).to_be_visible()
    acting = page.context.new_page()
    acting.goto("/search")
    for other in others:
        expect(other.get_by_text("for you alone")).to_be_visible()
    for text in ("tulips", "river light"):
        field(acting).fill(text)
        field(acting).press("Enter")
        for other in others:
            expect(other.get_by_role("button", name=text, exact=True)).to_be_visible()
    field(acting).fill("ben")
    results(acting).click()
    for other in others:
        expect(other.get_by_role("listitem").first).to_contain_text("ben")
        expect(taking(other)).to_have_count(3)
    acting.goto("/search")
    acting.get_by_role("button", name="Remove tulips from recent searches").click()
    for other in (*others, acting):
        expect(taking(other)).to_have_count(2)
        expect(other.get_by_role("button", name="tulips", exact=True)).to_have_count(0)
    others[0].get_by_role("button", name="Clear all").click()
    for other in (*others, acting):
        expect(other.get_by_text("for you alone")).to_be_visible()
    expect(his.get_by_text("for you alone")).to_be_visible()


def taking(where: Page | Locator) -> Locator:
    """The buttons that take recent searches away."""
    return where.get_by_role("button", name=re.compile("^Remove .* from recent searches$"))


def test_on_phones_the_search_is_a_page_that_is_found_as_it_was_left(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "ben was here")
    page = stage.open_tab(ana, "/explore", viewport=PHONE, has_touch=True)
    page.get_by_role("link", name="Search", exact=True).tap()
    expect(page).to_have_url(f"{stage.server.url}/search")
    expect(page.get_by_role("heading", name="Search")).to_be_visible()
    expect(field(page)).to_be_focused()
    page.keyboard.type("ben")
    expect(results(page)).to_have_count(2)
    page.get_by_role("tab", name="People").tap()
    results(page).tap()
    expect(page).to_have_url(f"{stage.server.url}/ben")
    page.go_back()
    expect(field(page)).to_have_value("ben")
    expect(results(page)).to_have_count(1)
    page.get_by_role("tab", name="Posts").tap()
    results(page).tap()
    expect(page.get_by_role("article", name="Post by ben")).to_be_visible()
    page.go_back()
    page.get_by_role("button", name="Close").tap()
    expect(page).to_have_url(f"{stage.server.url}/explore")
    page.get_by_role("link", name="Search", exact=True).tap()
    expect(field(page)).to_have_value("")


def test_who_comes_by_the_address_finds_the_field_at_any_width(stage: Stage) -> None:
    stage.join("ben")
    page = stage.open_tab(stage.join("ana"), "/search")
    expect(field(page)).to_have_count(1)
    expect(field(page)).to_be_focused()
    page.keyboard.type("ben")
    expect(results(page)).to_have_count(1)
    page.get_by_role("main").focus()
    page.keyboard.press("/")
    expect(field(page)).to_be_focused()
    page.get_by_role("main").focus()
    page.get_by_role("button", name="Search", exact=True).click()
    expect(field(page)).to_be_focused()
    visitor = stage.open_tab(None, "/search")
    expect(visitor).to_have_url(re.compile("/login"))


def test_an_answer_that_comes_late_is_not_shown(stage: Stage) -> None:
    for name in ("ben", "bella", "bruno"):
        stage.join(name)
    context, held = stage.context(), []

    def carry(socket: WebSocketRoute) -> None:
        server = socket.connect_to_server()

        def answer(message: str | bytes) -> None:
            # The answer to the first letter takes longer than that to all of the name.
            if isinstance(message, str) and '"text":"b"' in message.replace(" ", ""):
                held.append(lambda: socket.send(message))
            else:
                socket.send(message)

        server.on_message(answer)

    context.route_web_socket("**/_event/**", carry)
    stage.sign_in(context, stage.join("ana"))
    page = context.new_page()
    page.goto("/")
    panel = opened(page)
    page.keyboard.type("b")
    assert eventually(page, lambda: bool(held))
    page.keyboard.type("en")
    expect(results(panel)).to_have_count(1)
    for send in held:
        send()
    page.keyboard.press("ArrowDown")
    expect(panel.locator("[aria-selected=true][role=option]")).to_contain_text("ben")
    expect(results(panel)).to_have_count(1)
    expect(told(panel)).to_have_text("1 result")


def test_old_results_stay_while_the_server_is_away_and_so_does_what_is_typed(stage: Stage) -> None:
    stage.join("ben")
    page = stage.open_tab(stage.join("ana"))
    panel = opened(page)
    page.keyboard.type("be")
    expect(results(panel)).to_have_count(1)
    with stage.server.asleep():
        page.keyboard.type("nn")
        expect(field(panel)).to_have_value("benn")
        expect(panel.locator("[aria-busy=true]")).to_be_visible()
        expect(results(panel)).to_have_count(1)
    expect(panel.get_by_text("Nothing for benn")).to_be_visible()
    page.keyboard.press("Backspace")
    expect(results(panel)).to_have_count(1)


def test_a_letter_that_is_still_composed_is_not_looked_for(stage: Stage) -> None:
    page = stage.open_tab(stage.join("ana"))
    sent: list[str] = []
    panel = opened(page)
    session = page.context.new_cdp_session(page)
    session.send("Network.enable")
    session.on("Network.webSocketFrameSent", lambda event: sent.append(event["response"]["payloadData"]))
    session.send("Input.imeSetComposition", {"text": "にほ", "selectionStart": 2, "selectionEnd": 2})
    expect(field(panel)).to_have_value("にほ")
    page.wait_for_timeout(600)
    assert not [frame for frame in sent if "search_state.search" in frame]
    session.send("Input.insertText", {"text": "日本"})
    expect(panel.get_by_text("Nothing for 日本")).to_be_visible()


def test_who_is_blocked_is_gone_from_open_results(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "ben was here")
    page = stage.open_tab(ana)
    panel = opened(page)
    page.keyboard.type("ben")
    expect(results(panel)).to_have_count(2)
    block(stage, ben, ana)
    expect(results(panel)).to_have_count(0)
    expect(panel.get_by_text("Nothing for ben")).to_be_visible()


def test_who_is_blocked_leaves_open_recent_searches_and_comes_back(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(recents.remember, ana, person_id=ben.id)
    panel = opened(stage.open_tab(ana))
    expect(panel.get_by_role("link", name="ben")).to_be_visible()
    block(stage, ben, ana)
    expect(panel.get_by_text("for you alone")).to_be_visible()
    his = stage.open_tab(ben, "/settings/blocked")
    his.get_by_role("button", name="Unblock ana").click()
    expect(panel.get_by_role("link", name="ben")).to_be_visible()


def block(stage: Stage, who: Viewer, whom: Viewer) -> None:
    """Have somebody block somebody from a tab of theirs, so that open tabs hear of it."""
    page = stage.open_tab(who, f"/{whom.username}")
    page.get_by_role("button", name="More options").click()
    page.get_by_role("menuitem", name=re.compile("^Block")).click()
    page.get_by_role("dialog").get_by_role("button", name="Block").click()
    expect(page.get_by_role("dialog")).to_have_count(0)
    assert eventually(page, lambda: bool(stage.do(blocks.mine, who)))


def test_names_of_any_length_and_direction_stay_in_their_rows(stage: Stage) -> None:
    ana, ben, omar = stage.join("ana"), stage.join("ben"), stage.join("ben.omar")
    stage.do(profiles.edit_profile, ben, "🌿" * 20, "ben", "", "")
    stage.do(profiles.edit_profile, omar, "عمر بن الخطاب", "ben.omar", "", "")
    stage.do(share, ben, f"ben {LONG}")
    page = stage.open_tab(ana, viewport=PHONE)
    page.goto("/search")
    page.keyboard.type("ben")
    expect(results(page)).to_have_count(3)
    page.keyboard.type(LONG[:150])
    expect(page.get_by_text("Nothing for")).to_be_visible()
    for _ in range(2):
        wide = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"
        assert page.evaluate(wide) == 0
        field(page).fill("ben")
        expect(results(page)).to_have_count(3)
    for row in results(page).all():
        box = row.bounding_box()
        assert box is not None
        assert (box["width"], box["height"]) == (390, 60)


def test_a_post_found_anywhere_opens(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben")
    stage.do(share, ben, "lighthouse")
    page = stage.open_tab(ana, "/messages")
    panel = opened(page)
    page.keyboard.type("lighthouse")
    results(panel).first.click()
    expect(page.get_by_role("article", name="Post by ben")).to_be_visible()


def test_who_is_dismissed_is_suggested_no_more(stage: Stage) -> None:
    ana = stage.join("ana")
    for name in ("ben", "cleo"):
        stage.join(name)
    page = stage.open_tab(ana)
    expect(page.get_by_role("button", name="Dismiss ben")).to_be_visible()
    with stage.server.asleep():
        page.get_by_role("button", name="Dismiss ben").click()
        expect(page.get_by_role("button", name="Follow ben")).to_have_count(0)
        expect(page.get_by_role("button", name="Dismiss cleo")).to_be_focused()
    expect(page.get_by_role("button", name="Follow cleo")).to_be_visible()
    assert eventually(page, lambda: [one.username for one in stage.do(suggestions.people, ana)] == ["cleo"])
    page.reload()
    expect(page.get_by_role("button", name="Follow cleo")).to_be_visible()
    expect(page.get_by_role("button", name="Follow ben")).to_have_count(0)


def test_the_dialogs_find_people_as_the_search_does(stage: Stage) -> None:
    ana, ben = stage.join("ana"), stage.join("ben", "Benedikt Ólafsson")
    post = stage.do(share, ben, "A wall")
    stage.do(follows.follow, ana, ben.id)
    stage.join("dora", "Ólafur Stranger")
    page = stage.open_tab(ana, f"/p/{post}")
    page.get_by_role("button", name="Share", exact=True).click()
    dialog = page.get_by_role("dialog", name="Share post")
    dialog.get_by_role("searchbox", name="Search people").fill("stranger")
    expect(dialog.get_by_role("checkbox", name="dora")).to_be_visible()
    expect(dialog.get_by_role("checkbox", name="ben")).to_have_count(0)
    dialog.get_by_role("searchbox", name="Search people").fill("zzqq")
    expect(dialog.get_by_text("Nobody by that name.")).to_be_visible()
    page.goto("/messages")
    page.get_by_role("button", name="New message").first.click()
    dialog = page.get_by_role("dialog", name="New message")
    dialog.get_by_role("searchbox", name="Search people").fill("ólafur")
    expect(dialog.get_by_role("checkbox", name="dora")).to_be_visible()
